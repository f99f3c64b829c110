"""The kinds of value a setting can hold, each refusing what only looks right."""

import re
import zoneinfo
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from pipelines.configuration.globs import tag_pattern

COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - a table reads better than 249 quoted words
)


def _day(value: object) -> object:
    if isinstance(value, date) or (
        isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    ):
        return value
    raise ValueError("must be a date such as 2025-01-31")


def listed(value: object) -> object:
    """Take a text for a list of one."""
    return [value] if isinstance(value, str) else value


def _country(value: object) -> object:
    if not isinstance(value, str):
        return value
    code = value.upper()
    if code and code not in COUNTRIES:
        hint = " (the United Kingdom is GB)" if code == "UK" else ""
        raise ValueError(f"must be a two-letter country code of ISO 3166 such as DE{hint}")
    return code


def _time_zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = {name.lower(): name for name in sorted(zoneinfo.available_timezones())}
        city = value.lower().replace(" ", "_").rsplit("/", 1)[-1]
        close = [known[near] for near in get_close_matches(value.lower(), known, n=1)]
        close = close or [name for name in known.values() if name.lower().endswith(f"/{city}")]
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"must be an IANA time zone such as Europe/Berlin{hint}") from None
    return value


def _single_line(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise ValueError("must be one line of text without blanks around it")
    return value


def _team_name(value: str) -> str:
    if not re.fullmatch(r"@[^@/\s]+(?:/[^@/\s]+)+", value):
        raise ValueError("must be a team as CODEOWNERS has it: @acme/payments")
    return value


def _tag_globs(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        re.compile(tag_pattern(value))
    except re.error as error:
        raise ValueError("must be globs such as v* or api/v[0-9]*") from error
    return value


def _bare(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", value.get_secret_value()):
        raise ValueError("must be a token: one line of ASCII without blanks")
    return value


def _hours(value: object) -> object:
    """Read 09:00-17:00; midnight at the end is the end of the day."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", value)
    first, last = (value[:5], value[-5:]) if found else ("1", "0")
    if first >= last or last > "24:00":
        raise ValueError("must be two times of one day such as 09:00-17:00")
    return value


def _glob(value: str) -> str:
    if value.startswith("!"):
        raise ValueError("must not start with '!': list what belongs, not what does not")
    return value


Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_single_line)]
Glob = Annotated[Text, AfterValidator(_glob)]
Globs = Annotated[
    tuple[Glob, ...],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]
Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]
TeamNames = Annotated[
    tuple[Annotated[Text, AfterValidator(_team_name)], ...],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]
# What is sent in a header: a line break would make an error that shows it.
Secret = Annotated[SecretStr, AfterValidator(_bare)]
SecretText = Annotated[SecretStr, Field(min_length=1)]
TagGlobs = Annotated[Globs, AfterValidator(_tag_globs)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Hours = Annotated[str, BeforeValidator(_hours)]
Country = Annotated[str, BeforeValidator(_country)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100)]

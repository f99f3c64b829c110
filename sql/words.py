"""How numbers, times and findings are said, on pages and in reports alike."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

NOTHING = "\N{EN DASH}"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# What stays as it is in an address: all that it is made of but brackets.
ADDRESS = "-._~:/?#@!$&'*+,;=%"
ISO_DAY = re.compile(r"(?<= )(\d{4})-(\d\d)-(\d\d)(?=[ ,;.]|$)")
SMALL = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

TOO_FEW = "too few to tell anything by"
HIDDEN = "pickup and review are hidden: fewer than 3 authors"

Role = Literal["", "strong", "slow", "stall"]


class Part(NamedTuple):
    """A run of words in a sentence, and the weight it carries."""

    text: str
    role: Role = ""


Sentence = tuple[Part, ...]


def text(sentence: Sentence) -> str:
    """Say a sentence without any marking."""
    return "".join(part.text for part in sentence)


def markdown(sentence: Sentence) -> str:
    """Say a sentence in Markdown, its weighted words bold."""
    return "".join(
        f"**{escape_markdown(part.text)}**" if part.role else escape_markdown(part.text)
        for part in sentence
    )


def html(sentence: Sentence) -> str:
    """Say a sentence in HTML, its weighted words in ``<b>`` with the role as class."""
    return "".join(
        f'<b class="{part.role}">{_unbroken(part.text)}</b>' if part.role else _unbroken(part.text)
        for part in sentence
    )


def escape_html(value: object) -> str:
    """Make any text safe inside HTML, on one line.

    A blank line would end an HTML block where the text goes through Markdown.
    """
    return escape(_one_line(value), quote=True)


def escape_markdown(value: object) -> str:
    """Make any text safe inside Markdown, on one line."""
    line = _one_line(value).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{sign}" if sign in "\\`*_[]|>#~$" else sign for sign in line)


def address(url: str | None) -> str:
    """Return a web address that is safe in HTML and Markdown, empty if it is none."""
    try:
        parts = urlsplit((url or "").strip())
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    # An address with a name or password in it would carry them into pages and mail.
    if not is_web or parts.username is not None or parts.password is not None:
        return ""
    return quote(parts.geturl(), safe=ADDRESS)


def capital(words: str) -> str:
    """Begin with a capital, leaving the rest as it is."""
    return words[:1].upper() + words[1:]


def shortened(words: str, most: int) -> str:
    """Cut a long name, saying that it was cut."""
    return words if len(words) <= most else f"{words[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def duration_parts(hours: float | None) -> tuple[str, str]:
    """Split a duration into its number and its unit: minutes by fives, hours, then days."""
    if hours is None:
        return NOTHING, ""
    fives = 5 * round(hours * 12)
    if fives < 5:
        return "under 5", "min"
    if fives < 60:
        return str(fives), "min"
    if hours < 47.95:
        return _short(hours), "h"
    days = _short(hours / 24)
    return days, "days"


def duration(hours: float | None) -> str:
    """Say how long: ``40 min``, ``1.4 h``, ``16 h``, ``2.1 days``."""
    return " ".join(duration_parts(hours)).strip()


def rate_parts(share: float | None) -> tuple[str, str]:
    """Split a share of one into its percentage and the sign."""
    if share is None:
        return NOTHING, ""
    return ("0" if share == 0 else _short(100 * share)), "%"


def rate(share: float | None) -> str:
    """Say a share of one in percent: ``8.8 %``, ``12 %``."""
    return " ".join(rate_parts(share)).strip()


def in_hundred(share: float) -> str:
    """Say a share of one in prose: ``7 in 100``."""
    if 0 < share < 0.005:
        return "fewer than 1 in 100"
    return f"{round(100 * share)} in 100"


def duration_range(low: float | None, high: float | None) -> str:
    """Say a range of durations: ``40 min to 1.3 h``; an open end is ``from``."""
    if low is None and high is None:
        return NOTHING
    if high is None:
        return f"from {duration(low)}"
    return _range(duration(low), duration(high)) if low is not None else f"up to {duration(high)}"


def rate_range(low: float | None, high: float | None) -> str:
    """Say a range of shares in whole percent, the sign once: ``8 to 15 %``."""
    if low is None or high is None:
        return NOTHING
    return f"{round(100 * low)} to {round(100 * high)} %"


def count_range(low: float | None, high: float | None) -> str:
    """Say a range of counts: ``7 to 20``, or ``7`` where both ends are that."""
    if low is None or high is None:
        return NOTHING
    return _range(str(round(low)), str(round(high)))


def _range(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Say a count with its noun: ``1 change``, ``3 changes``."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def times(count: int) -> str:
    """Say how often: ``once``, ``twice``, ``18 times``."""
    return {0: "not once", 1: "once", 2: "twice"}.get(count, f"{count} times")


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does: ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def few(names: Sequence[str], most: int = 5) -> str:
    """Name a few, and say how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def small(count: int) -> str:
    """Write a count up to ten as a word."""
    return SMALL[count] if 0 <= count < len(SMALL) else str(count)


def moment(at: datetime | None, zone: str = "UTC", now: datetime | None = None) -> str:
    """Say a time in a zone: ``Fri 20 Nov, 18:04``; with its year where that is not now's."""
    if at is None:
        return NOTHING
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    local = aware.astimezone(ZoneInfo(zone))
    is_past = now is not None and local.year != now.astimezone(ZoneInfo(zone)).year
    year = f" {local.year}" if is_past else ""
    return f"{short_day(local.date())}{year}, {local:%H:%M}"


def short_day(on: date) -> str:
    """Say a day without its year: ``Fri 20 Nov``."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1][:3]}"


def day(on: date) -> str:
    """Say a day in full: ``20 November 2026``."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def with_days(text: str) -> str:
    """Say the days that a text names in full: ``first known on 20 November 2026``."""

    def full(found: re.Match[str]) -> str:
        try:
            return day(date(*map(int, found.groups())))
        except ValueError:
            # It only looks like one.
            return found[0]

    return ISO_DAY.sub(full, text)


def week(starts_on: date) -> str:
    """Say a week by its number and days: ``Week 47, 16 to 22 November 2026``."""
    last = starts_on + timedelta(days=6)
    start = str(starts_on.day)
    if starts_on.month != last.month:
        start += f" {MONTHS[starts_on.month - 1]}"
    if starts_on.year != last.year:
        start += f" {starts_on.year}"
    return f"Week {starts_on.isocalendar().week}, {start} to {day(last)}"


def iso_week(on: date) -> str:
    """Name the week of a day as addresses do: ``2026-W47``."""
    year, number, _ = on.isocalendar()
    return f"{year}-W{number:02d}"


def monday(week: str) -> date:
    """Return the first day of a week that is named ``2026-W47``."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def against_usual(count: int, low: float | None, high: float | None) -> str:
    """Say a count's place against its usual range, to follow ``last week``."""
    if low is None or high is None:
        return ", with too little history to say what is usual"
    usual = count_range(low, high)
    if count < round(low):
        return f", below its usual {usual}"
    if count > round(high):
        return f", above its usual {usual}"
    return f", within its usual {usual}"


def shipped(
    who: str, count: int, low: float | None, high: float | None, *, is_git_only: bool = False
) -> Sentence:
    """Open a page: who shipped how often last week, against what is usual.

    On plain git the tags are releases, so it says released.
    """
    said = happened(who, count, is_git_only=is_git_only)
    return (*said, Part(f"{against_usual(count, low, high)}."))


def happened(who: str, count: int, *, is_git_only: bool = False) -> Sentence:
    """Say who shipped how often last week, without an end."""
    verb = "released" if is_git_only else "shipped"
    if count == 0:
        return (Part(f"{who} "), Part(f"{verb} nothing", "strong"), Part(" last week"))
    return (Part(f"{who} {verb} "), Part(times(count), "strong"), Part(" last week"))


def _unbroken(words: str) -> str:
    """Keep a number and its unit on one line of the page."""
    return re.sub(r"(?<=\d) (?=(?:h|min|days|%))", "&nbsp;", escape_html(words))


def _one_line(value: object) -> str:
    return re.sub(r"\s+", " ", str(value))


def _short(number: float) -> str:
    """Keep one decimal below ten, none above."""
    return f"{number:.1f}" if round(number, 1) < 10 else f"{number:.0f}"

"""What payloads of flags have in common, whatever tool they come from: those of neutral tables."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from connectors.events.cleaning import link
from connectors.pagers.payloads import told, words
from connectors.records import Record

WORDS: Final = ("remove", "removal", "expires", "expiry", "delete", "clean up", "cleanup", "sunset")
"""What is said before the day on which a flag is to be gone."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way of choosing who gets a flag.

    ``share`` is what everybody's chance is: 0 where only ``fields`` of a context choose, null
    where nobody knows.
    """

    share: float | None
    fields: tuple[str, ...] = ()


EVERYBODY: Final = Strategy(1.0)


def flag(
    name: str, *, key: str, at: datetime | None, url: str | None = None, **more: Any
) -> Record:
    """Return the record of a flag; lists become text with semicolons between."""
    lists = {
        field: ";".join(words(more.pop(field)))
        for field in ("tags", "applications")
        if field in more
    }
    fields = more.pop("fields", None)
    payload = told(
        flag_id=name,
        flag_key=key,
        created_at=at,
        **{field: text(value) for field, value in more.items()},
        **lists,
        url=link(url) if url else None,
    )
    if fields is not None:
        # A tool without any field to choose by says so, too.
        payload["fields"] = ";".join(words(fields))
    return Record("flags", name, payload, "", at)


def state(name: str, environment: str, *, is_enabled: bool, **more: Any) -> Record:
    """Return the record of what a flag does in one environment."""
    shown = {field: text(value) for field, value in more.items()}
    payload = told(flag_id=name, environment=environment, is_enabled=text(is_enabled), **shown)
    return Record("flag_states", f"{name}@{environment}", payload)


def reach(strategies: Sequence[Strategy]) -> dict[str, Any]:
    """Return the share and the fields of all strategies together; without any it is everybody."""
    shares = [one.share for one in strategies] or [1.0]
    known = [share for share in shares if share is not None]
    fields = words(field for one in strategies for field in one.fields)
    payload = {"rollout_share": text(max(known)) if known else None, "fields": ";".join(fields)}
    return {key: value for key, value in payload.items() if value is not None}


def removal(
    tags: Iterable[str], description: str | None, said: Sequence[str] = WORDS
) -> dict[str, str]:
    """Return the day by which a flag is to be gone and where that is said; empty where nowhere."""
    choices = "|".join(re.escape(word) for word in said)
    pattern = re.compile(
        rf"\b(?:{choices})(?:[ _-]?(?:by|on|after|at|date))?\W{{0,3}}(\d{{4}}-\d\d-\d\d)\b",
        re.IGNORECASE,
    )
    for how, text in [*(("tag", tag) for tag in tags), ("description", description or "")]:
        for found in pattern.finditer(text):
            if is_day(found[1]):
                return {"removal_on": found[1], "removal_how": how}
    return {}


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def text(value: Any) -> Any:
    """Return a value as neutral tables hold it: true, false and numbers as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) else value

"""Reads what senders posted, field by field; what is not as promised is told by its name."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.events.cleaning import clean

# Deeper than any sender nests, and far from what recursion stands.
DEEPEST = 64
LONGEST_ID = 500
LONGEST_NAME = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Besides RFC 3339, GitLab's "2021-04-29 21:50:00 +0200" and "2016-08-12 15:23:28 UTC".
TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))? ?"
    r"([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)",
    re.ASCII,
)


class Untranslatable(ValueError):
    """A posted body is not what its sender promises; ``field`` says where."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = clean(field)[:LONGEST_NAME]
        self.reason = clean(reason)[:LONGEST_NAME]
        super().__init__(f"{self.field}: {self.reason}")


@dataclass(frozen=True, slots=True)
class Part:
    """One object of a body; ``path`` is where it stands, for errors. Null is as good as absent."""

    found: Mapping[str, Any]
    path: str = ""

    def __bool__(self) -> bool:
        return bool(self.found)

    def field(self, name: str) -> str:
        """Return the full name of a field."""
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str) -> str | None:
        """Return a text, or a whole number as one; null where it is blank or absent."""
        value = self.found.get(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
            return str(value)
        if not isinstance(value, str):
            raise Untranslatable(self.field(name), "must be a text")
        return value.strip() or None

    def loose(self, name: str) -> str | None:
        """Return a text where there is one, whatever else may stand there."""
        value = self.found.get(name)
        return value.strip() or None if isinstance(value, str) else None

    def required(self, name: str) -> str:
        """Return a text that must be there, of no more than the length of an id."""
        value = self.text(name)
        if value is None:
            raise Untranslatable(self.field(name), "is missing")
        if len(value) > LONGEST_ID:
            raise Untranslatable(self.field(name), f"is longer than {LONGEST_ID} characters")
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number, also one written as text."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"\d{1,18}", value, re.ASCII):
            raise Untranslatable(self.field(name), "must be a whole number")
        return int(value)

    def flag(self, name: str) -> bool | None:
        """Return true or false."""
        value = self.found.get(name)
        if value is not None and not isinstance(value, bool):
            raise Untranslatable(self.field(name), "must be true or false")
        return value

    def part(self, name: str) -> "Part":
        """Return an object inside; an empty one where there is none."""
        value = self.found.get(name)
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise Untranslatable(self.field(name), "must be an object")
        return Part(value, self.field(name))

    def needed(self, name: str) -> "Part":
        """Return an object that must be there."""
        if self.found.get(name) is None:
            raise Untranslatable(self.field(name), "is missing")
        return self.part(name)

    def items(self, name: str) -> Sequence[Any]:
        """Return a list; an empty one where there is none."""
        value = self.found.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise Untranslatable(self.field(name), "must be a list")
        return value

    def parts(self, name: str) -> "list[Part]":
        """Return the objects of a list."""
        return [part(item, f"{self.field(name)}[{n}]") for n, item in enumerate(self.items(name))]

    def texts(self, name: str, key: str = "name") -> tuple[str, ...]:
        """Return the texts of a list, or what its objects call ``key``."""
        told = (item.get(key) if isinstance(item, Mapping) else item for item in self.items(name))
        return tuple(word for word in told if isinstance(word, str) and word.strip())

    def moment(self, name: str) -> datetime | None:
        """Return a time that is written with its offset, in UTC."""
        value = self.text(name)
        return moment(value, self.field(name)) if value else None

    def epoch(self, name: str, per_second: int = 1) -> datetime | None:
        """Return a time written as a count since 1970, or as ``moment`` reads it."""
        value = self.found.get(name)
        if isinstance(value, str) and not re.fullmatch(r"-?\d+(\.\d+)?", value.strip(), re.ASCII):
            return self.moment(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise Untranslatable(self.field(name), "must be a time")
        try:
            seconds = float(value) / per_second
            if not math.isfinite(seconds):
                raise OverflowError
            return EPOCH + timedelta(microseconds=round(seconds * 1_000_000))
        except (OverflowError, ValueError) as error:
            raise Untranslatable(self.field(name), "is no time") from error


def part(value: Any, path: str = "") -> Part:
    """Return an object to read; raises Untranslatable for anything else."""
    if not isinstance(value, Mapping):
        raise Untranslatable(path or "body", "must be an object")
    return Part(value, path)


def whole(body: Any) -> Part:
    """Return a body to read, once it is known to be an object of sane depth."""
    shallow(body)
    return part(body)


def shallow(body: Any) -> None:
    """Raise Untranslatable where a body is nested too deep to be walked or written."""
    level = [body]
    for _ in range(DEEPEST):
        level = [child for value in level for child in children(value)]
        if not level:
            return
    raise Untranslatable("body", f"is nested deeper than {DEEPEST} levels")


def children(value: Any) -> Iterator[Any]:
    """Yield the objects and lists right inside a value."""
    inside = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, Mapping | list):
        yield from (child for child in inside if isinstance(child, Mapping | list))


def moment(value: str, field: str) -> datetime:
    """Return the time that a text says, in UTC; raises Untranslatable without an offset."""
    matched = TIME.fullmatch(value.strip())
    if not matched:
        raise Untranslatable(field, "must be a time with an offset, such as 2026-11-23T10:40:00Z")
    day, clock, fraction, offset = matched.groups()
    zone = "+00:00" if offset[0] in "ZzUG" else offset
    digits = f".{(fraction or '0')[:6]:0<6}" if clock.count(":") == 2 else ""
    try:
        return datetime.fromisoformat(f"{day}T{clock}{digits}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Untranslatable(field, "is no time") from error


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Return a header, however it is spelt; null where it is blank or absent."""
    value = headers.get(name)
    if value is None:
        wanted = name.lower()
        value = next((text for key, text in headers.items() if key.lower() == wanted), None)
    return value.strip() or None if value else None

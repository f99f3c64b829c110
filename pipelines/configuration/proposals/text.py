"""Lines of a proposed configuration: each with its reason beside it, whatever names hold."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipelines.configuration.yaml_text import quoted
from sql import words

FEW = 5
COLUMN = 44
LONGEST = 300


def entry(depth: int, key: str, value: str | None, reason: str, written: str = "") -> str:
    """Write one key; ``written`` is a value that is YAML already."""
    return beside(f"{'  ' * depth}{key}: {text(value) if value else written}", reason)


def beside(yaml: str, reason: str) -> str:
    """Put the reason beside a line."""
    return f"{yaml:<{COLUMN}}  # {short(reason)}" if reason else yaml


def text(value: str) -> str:
    """Write a name so that the configuration reads it back as it is."""
    return quoted(safe(value).replace("${", "$${"))


def texts(values: Iterable[str]) -> str:
    """Write several names as a list on one line."""
    return f"[{', '.join(text(value) for value in values)}]"


def safe(value: str) -> str:
    """Replace what would break a line or command a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in value)


def short(value: str) -> str:
    """Make words from outside fit for a comment."""
    said = safe(" ".join(value.split()))
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}..."


def few(names: Sequence[str], most: int = FEW) -> str:
    """Name a few of names from outside, and say how many more there are."""
    return words.few([short(name) for name in names], most)


def counted(count: int, singular: str, plural: str = "") -> str:
    """Say how many there are."""
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


def commented(lines: Iterable[str], depth: int = 1) -> Iterator[str]:
    """Comment lines out so that taking the ``# `` away gives them back."""
    start = "  " * depth
    for one in lines:
        yield f"{start}# {one[len(start) :]}" if one.strip() else one


def fits(kind: Any, value: object) -> bool:
    """Tell whether the configuration would take a value for a setting of this type."""
    try:
        _adapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)

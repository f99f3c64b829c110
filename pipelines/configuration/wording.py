"""Pydantic's errors in words: what is wrong, and what would be right."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pipelines.configuration.credentials import is_secret
from pipelines.configuration.description import at, expected, keys
from pipelines.configuration.environment import CREDENTIALS, Path

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LONGEST = 60


def worded(error: "ErrorDetails", raw: object) -> tuple[Path, str]:
    """Give the path as people know it and the message; ``raw`` holds values without secrets."""
    given = error["loc"]
    path = at(given)[1]
    match error["type"]:
        case "missing":
            return path, f"is missing, must be {expected(given)}"
        case "extra_forbidden":
            return path, _unknown(str(given[-1]), keys(given[:-1]))
        case "union_tag_not_found":
            return (*path, "kind"), f"is missing, must be one of {_kinds(given)}"
        case "union_tag_invalid":
            kind = (*path, "kind")
            return kind, f"is {shown(_found(raw, kind))}, must be one of {_kinds(given)}"
        case "value_error":
            right = str(error["ctx"]["error"])
        case "too_short" | "string_too_short":
            right = "must not be empty"
        case "string_too_long" | "too_long":
            right = f"must have at most {error['ctx']['max_length']} characters"
        case _:
            right = f"must be {expected(given)}"
    if path[-1:] == ("[key]",):
        return path[:-1], f"has this key, which {right}"
    if is_secret(path):
        return path, f"is not what it should be, {right}"
    return path, f"is {shown(_found(raw, path))}, {right}{_quotes(error['type'], raw, path)}"


def is_own(error: "ErrorDetails", raw: object) -> bool:
    """Tell a problem from its echo: a list is not too short for what is wrong with its items."""
    return error["type"] != "too_short" or not _found(raw, at(error["loc"])[1])


def shown(value: object) -> str:
    """Show a value shortly, and never the credentials in a URL."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "empty"
    if isinstance(value, bool):
        return str(value).lower()
    text = CREDENTIALS.sub("***@", repr(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _quotes(kind: str, raw: object, path: Path) -> str:
    return quoted(kind, _found(raw, path))


def quoted(kind: str, value: object) -> str:
    """Advise quotes around a number where text is wanted."""
    is_bare = kind == "string_type" and isinstance(value, int | float)
    return f": put it in quotes, '{shown(value)}'" if is_bare else ""


def _unknown(key: str, known: list[str]) -> str:
    close = get_close_matches(key.lower().replace("-", "_"), known, n=1, cutoff=0.7)
    hint = f"did you mean {close[0]!r}?" if close else f"known here are {', '.join(known)}"
    return f"is not a known key; {hint}"


def _kinds(path: Path) -> str:
    return ", ".join(at(path)[0]["discriminator"]["mapping"])


def _found(raw: Any, path: Path) -> object:
    for step in path:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            # A short form, such as a team's name for a list of one.
            return raw if not isinstance(raw, dict | list) else None
    return raw

"""What a changed migration file does: the operations that are new in it."""

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.migrations import alembic, django, efcore, liquibase, rails
from pipelines.migrations.scripts import script
from pipelines.migrations.told import Migration, since
from sql.statements import UNREAD

VERSION = 1
"""Raised whenever the same file is told otherwise."""
MOST_OPERATIONS = 200
READERS: Mapping[str, Callable[[str], Migration | None]] = {
    "alembic": alembic.migration,
    "django": django.migration,
    "rails": rails.migration,
    "efcore": efcore.migration,
}


def read(tool: str, path: str, before: bytes | None, after: bytes | None) -> dict[str, Any] | None:
    """Return what a migration does that it did not before; null where the file is none.

    One that is gone does nothing; one that could not be read is told as unread.
    """
    if after is None:
        return {"operations": UNREAD}
    found = migration(tool, path, after)
    if found is None:
        return None
    known = migration(tool, path, before) if before is not None else None
    new = tuple(since(found.operations, known.operations if known else ()))
    told: dict[str, Any] = {"operations": " ".join(new[:MOST_OPERATIONS])}
    if found.has_down is not None:
        told["has_down"] = found.has_down
    if found.pair is not None:
        told |= {"pair": found.pair, "is_down": found.is_down}
    return told


def migration(tool: str, path: str, content: bytes) -> Migration | None:
    """Return what a file does; whatever it holds, it is no error."""
    text = content.decode("utf-8-sig", "replace")
    if "\0" in text:
        return Migration((UNREAD,))
    try:
        if path.endswith(".sql"):
            return script(path, text)
        if tool == "liquibase":
            return liquibase.migration(path, text)
        if tool in READERS:
            return READERS[tool](text)
        if tool == "configured":
            return guessed(path, text)
    except (RecursionError, ValueError):
        # A file that no parser was made for; what it does is not known.
        return Migration((UNREAD,))
    return Migration((UNREAD,))


def guessed(path: str, text: str) -> Migration | None:
    """Return what a file does of which only the configuration says that it is a migration."""
    ending = path.rpartition(".")[2]
    if ending in ("xml", "yaml", "yml", "json"):
        return liquibase.migration(path, text) or Migration((UNREAD,))
    named = {"py": ("alembic", "django"), "rb": ("rails",), "cs": ("efcore",)}.get(ending, ())
    found = (READERS[name](text) for name in named)
    return next((one for one in found if one is not None), Migration((UNREAD,)))

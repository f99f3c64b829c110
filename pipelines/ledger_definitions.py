"""The book of definitions: an entry whenever a run begins with other ones than the last."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines import ledger, settings
from pipelines.configuration import Configuration
from pipelines.landing import Landing
from pipelines.ledger import Entry
from pipelines.project import Project

ENTITY = "definitions"
Key = tuple[str, str]
"""A metric, and the service with rules of its own; empty for the organisation."""


def in_force(configuration: Configuration) -> dict[Key, Entry]:
    """Return the definition of each metric, and of each service where it is another one."""
    made: dict[Key, Entry] = {}
    for name, rules in settings.ruled(configuration):
        for metric in settings.DEFINED_BY:
            _, _, definition, text = settings.definition(name, rules, metric)
            whole = made.get((metric, ""))
            if whole is None or whole["definition"] != definition:
                made[metric, name] = {"definition": definition, "settings": json.loads(text)}
    return made


def note(project: Project, run: settings.Run, now: datetime) -> int:
    """Land what changed since the last run; return how many definitions that is.

    A run that looks back to what was known then is over with itself: nothing is in force by it.
    """
    if run.has_known_at:
        return 0
    wanted, since = in_force(project.configuration), run.known_at.astimezone(UTC).isoformat()
    return ledger.enter(project, ENTITY, "", lambda known: changes(known, wanted, since), now)


def changes(
    known: Sequence[Entry], wanted: Mapping[Key, Entry], since: str
) -> Iterator[tuple[str, Entry]]:
    """Yield the entries that bring what is known to what is wanted, with their ids."""
    latest = last(known)
    for metric, service in sorted({**latest, **wanted}):
        new = wanted.get((metric, service), {"definition": None, "settings": None})
        old = latest.get((metric, service), {"definition": None})
        if old["definition"] != new["definition"]:
            of = {"metric": metric, "service": service, "since": since}
            yield f"{metric}/{service}", {**new, **of}


def last(known: Sequence[Entry]) -> dict[Key, Entry]:
    """Return the latest entry of each definition."""
    return {(entry["metric"], entry["service"]): entry for entry in known}


def history(landing: Landing) -> list[Entry]:
    """Return every entry in the order of writing, each with the one in whose place it came."""
    found: list[Entry] = []
    latest: dict[Key, Entry] = {}
    for entry in ledger.entries(landing, ENTITY):
        key = entry["metric"], entry["service"]
        found.append({**entry, "replaced": latest.get(key)})
        latest[key] = entry
    return found


def moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the settings that differ, each with what it was and what it is."""
    return {
        name: (old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }

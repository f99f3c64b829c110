"""What payloads of incidents have in common, whatever tool they come from."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from connectors.events.cleaning import link
from connectors.hosts.references import masked, once, references, titled
from connectors.hosts.walking import parsed, stamp

MAINTENANCE: Final = re.compile(r"(?:(?:planned|scheduled)[ _-]?)?maintenance", re.IGNORECASE)
OPENED, ACKNOWLEDGED, RESOLVED = "opened", "acknowledged", "resolved"


@dataclass(frozen=True, slots=True)
class Course:
    """What became of an incident: first acknowledged, last resolved, how often reopened."""

    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    reopened_count: int = 0


def course(states: Iterable[tuple[datetime, str]]) -> Course:
    """Return the course that changes of state make, in whatever order they come."""
    acknowledged: datetime | None = None
    resolved: datetime | None = None
    reopened = 0
    # What happened in one second ends in the state that is furthest.
    order = (OPENED, ACKNOWLEDGED, RESOLVED)
    for at, state in sorted(set(states), key=lambda one: (one[0], order.index(one[1]))):
        if state == RESOLVED:
            resolved = resolved or at
            continue
        reopened += resolved is not None
        resolved = None
        if state == ACKNOWLEDGED:
            acknowledged = acknowledged or at
    return Course(acknowledged, resolved, reopened)


def incident(
    *,
    title: str | None,
    body: str | None = None,
    course: Course,
    services: Iterable[Any] = (),
    service_ids: Iterable[Any] = (),
    labels: Iterable[Any] = (),
    components: Iterable[Any] = (),
    url: Any = None,
    is_maintenance: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Return the payload of an incident; keys without a value are left out."""
    tags = words(labels)
    is_planned = is_maintenance or any(MAINTENANCE.fullmatch(tag) for tag in tags)
    return told(
        **more,
        title=titled(title),
        services=";".join(words(services)),
        service_ids=";".join(words(service_ids)),
        labels=";".join(tags),
        components=";".join(words(components)),
        acknowledged_at=course.acknowledged_at,
        resolved_at=course.resolved_at,
        reopened_count=course.reopened_count,
        is_maintenance=is_planned or None,
        mentions=" ".join(references(title, body).mentions),
        url=link(url) if isinstance(url, str) else None,
    )


def told(**payload: Any) -> dict[str, Any]:
    """Return a payload without what has no value; times as text."""
    texts = {
        key: stamp(value) if isinstance(value, datetime) else value
        for key, value in payload.items()
    }
    return {key: value for key, value in texts.items() if value not in (None, "")}


def words(values: Iterable[Any]) -> tuple[str, ...]:
    """Return names, each once, without what parts them in a list and without addresses."""
    texts = (masked(str(value)) for value in values if value not in (None, ""))
    return once(text.replace(";", ",") for text in texts if text)


def text(value: Any) -> str | None:
    """Return a text or a number as one line without addresses; null for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return masked(str(value))


def time(value: Any) -> datetime | None:
    """Return the time that a text or a count of milliseconds says."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > 10**11 else value
        return datetime.fromtimestamp(seconds, UTC)
    if not isinstance(value, str):
        return None
    try:
        found = parsed(value.strip())
    except ValueError:
        return None
    # Grafana's and Go's word for no time at all.
    return found if found and found.year > 1 else None


def named(value: Any, key: str = "name") -> str | None:
    """Return what an object is called."""
    return text(value.get(key)) if isinstance(value, Mapping) else None

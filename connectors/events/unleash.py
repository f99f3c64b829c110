"""Unleash's webhooks, and its event log, whose entries have the same shape."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Delivery, Event, delivery
from connectors.events.reading import Part, whole

FORMAT = "unleash"
STATES = {
    "feature-created": "created",
    "feature-environment-enabled": "enabled",
    "feature-environment-disabled": "disabled",
    "feature-archived": "archived",
    "feature-deleted": "archived",
}


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what happened to flags; other news of Unleash is kept as unknown."""
    found = whole(body)
    entries = found.parts("events") if "events" in found.found else [found]
    return [entry(delivery(FORMAT, each, host, received_at)) for each in entries]


def entry(come: Delivery) -> Event:
    """Return what one entry of the log tells.

    Its id counts within one server alone, so it is no delivery id.
    """
    told = come.body
    type, at, flag = told.required("type"), told.moment("createdAt"), told.text("featureName")
    if not flag or not type.startswith("feature-"):
        return come.unknown(type, at)
    project = told.text("project") or "default"
    known = {
        "subject_id": f"unleash/{project}/{flag}",
        "state": STATES.get(type, "updated"),
        "name": flag,
        "environment": told.text("environment"),
        "author": told.loose("createdBy"),
        "labels": rollout(told),
    }
    return come.event(type, "flag", at, **known)


def rollout(told: Part) -> tuple[str, ...]:
    """Return the share of users that a changed strategy reaches, as a label."""
    data = told.found.get("data")
    set_to = data.get("parameters") if isinstance(data, Mapping) else None
    share = set_to.get("rollout") if isinstance(set_to, Mapping) else None
    is_told = isinstance(share, str | int) and not isinstance(share, bool)
    return (f"rollout={Part({'share': share}).text('share')}",) if is_told else ()

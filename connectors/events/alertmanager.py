"""Alertmanager's webhooks, version 4: each alert of a group is an incident."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Delivery, Event, delivery, fingerprint, told
from connectors.events.reading import Part, Untranslatable, whole

FORMAT = "alertmanager"
STATES = {"firing": "opened", "resolved": "resolved"}


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return one event an alert; a group that is told again tells the same events."""
    found = whole(body)
    if found.text("version") not in {None, "4"}:
        raise Untranslatable("version", "must be 4")
    if found.found.get("alerts") is None:
        raise Untranslatable("alerts", "is missing")
    come = [delivery(FORMAT, alert, host, received_at) for alert in found.parts("alerts")]
    return [incident(each) for each in come]


def incident(come: Delivery) -> Event:
    """Return what one alert tells."""
    alert = come.body
    labels, status = alert.part("labels"), alert.required("status")
    if status not in STATES:
        raise Untranslatable(alert.field("status"), "must be firing or resolved")
    started_at = moment(alert, "startsAt")
    if started_at is None:
        raise Untranslatable(alert.field("startsAt"), "is missing")
    # While it fires the end is year 1, or when Prometheus would give it up: no end either way.
    ended_at = (moment(alert, "endsAt") or come.received_at) if status == "resolved" else None
    name = alert.text("fingerprint") or fingerprint(labels.found)[:16]
    summary = alert.part("annotations").loose("summary")
    known: dict[str, Any] = {
        "subject_id": f"alertmanager/{name}/{started_at.isoformat().replace('+00:00', 'Z')}",
        "state": STATES[status],
        "service": labels.text("service") or labels.text("job"),
        "environment": labels.text("environment") or labels.text("env"),
        "version": labels.text("version"),
        "name": labels.text("alertname"),
        "severity": labels.text("severity"),
        "labels": tuple(f"{key}={labels.text(key)}" for key in sorted(labels.found)),
        "started_at": started_at,
        "resolved_at": ended_at,
        "url": alert.text("generatorURL"),
        **told(summary or labels.text("alertname"), None),
    }
    return come.event(f"alert.{status}", "incident", ended_at or started_at, **known)


def moment(alert: Part, name: str) -> datetime | None:
    """Return a time; Go's zero, which is year 1, is none."""
    found = alert.moment(name)
    return found if found and found.year > 1 else None

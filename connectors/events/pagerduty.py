"""PagerDuty's webhooks, version 3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Event, delivery, told
from connectors.events.reading import Part, whole

FORMAT = "pagerduty"
STATES = {
    "incident.triggered": "opened",
    "incident.acknowledged": "acknowledged",
    "incident.resolved": "resolved",
    "incident.reopened": "reopened",
}


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what one delivery tells; what is no incident is kept as unknown."""
    event = whole(body).needed("event")
    type, at = event.required("event_type"), event.moment("occurred_at")
    come = delivery(FORMAT, event, host, received_at, event.required("id"))
    data = event.part("data")
    # Notes, responders and status updates are about an incident without being one.
    about = data if data.text("type") in {None, "incident"} else data.part("incident")
    if not type.startswith("incident.") or not about.text("id"):
        return [come.unknown(type, at)]
    state = STATES.get(type, "updated")
    known = incident(about) | {"state": state}
    if state in {"acknowledged", "resolved"}:
        known[f"{state}_at"] = at or come.received_at
    return [come.event(type, "incident", at, **known)]


def incident(about: Part) -> dict[str, Any]:
    """Return what holds of an incident in any state."""
    service, created_at = about.part("service"), about.moment("created_at")
    number = about.number("number")
    labels = [("service", service), ("escalation_policy", about.part("escalation_policy"))]
    labels += [("team", team) for team in about.parts("teams")]
    return {
        "subject_id": about.required("id"),
        "service": service.text("summary"),
        "number": number,
        "urgency": about.text("urgency"),
        "priority": about.part("priority").text("summary"),
        "opened_at": created_at,
        "started_at": created_at,
        "labels": tuple(f"{name}:{it.text('id')}" for name, it in labels if it.text("id")),
        "url": about.text("html_url"),
        **told(about.text("title") or about.text("summary"), None),
    }

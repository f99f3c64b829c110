"""Opsgenie's webhooks of alerts and incidents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Event, delivery, told
from connectors.events.reading import Part, whole

FORMAT = "opsgenie"
STATES = {
    "create": "opened",
    "acknowledge": "acknowledged",
    "close": "resolved",
    "resolve": "resolved",
    "reopen": "reopened",
    "delete": "removed",
}
MILLISECONDS, NANOSECONDS = 10**3, 10**9


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what one action did to an alert or an incident; actions of one's own are updates."""
    found = whole(body)
    action = found.required("action")
    come = delivery(FORMAT, found, host, received_at)
    about = found.part("alert") or found.part("incident")
    if not about:
        return [come.unknown(action)]
    created_at = about.epoch("createdAt", MILLISECONDS)
    at = about.epoch("updatedAt", NANOSECONDS) or created_at or come.received_at
    state = STATES.get(action.lower(), "updated")
    known = incident(about) | {"state": state, "opened_at": created_at, "started_at": created_at}
    known["kind"] = "alert" if found.part("alert") else "incident"
    if state in {"acknowledged", "resolved"}:
        known[f"{state}_at"] = at
    return [come.event(action, "incident", at, **known)]


def incident(about: Part) -> dict[str, Any]:
    """Return what holds of an alert or an incident in any state."""
    ids = (name for name in ("alertId", "incidentId") if about.text(name))
    tags, team = about.texts("tags"), about.text("team")
    labels = [*tags, *([f"team:{team}"] if team else [])]
    labels += [f"service:{name}" for name in about.texts("impactedServices")]
    return {
        "subject_id": about.required(next(ids, "id")),
        "service": service(about, tags),
        "number": number(about.text("tinyId")),
        "priority": about.text("priority"),
        "labels": tuple(labels),
        **told(about.text("message"), None),
    }


def service(about: Part, tags: tuple[str, ...]) -> str | None:
    """Return the service that an alert names in its details or tags, else its entity."""
    details = about.found.get("details")
    told = Part(details if isinstance(details, Mapping) else {}).loose("service")
    tagged = (tag[8:].strip() for tag in tags if tag.lower().startswith(("service:", "service=")))
    return told or next(tagged, None) or about.loose("entity")


def number(text: str | None) -> int | None:
    """Return the short number of an alert."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None

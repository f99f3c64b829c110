"""Flagger's webhooks: how a canary advances."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Event, delivery
from connectors.events.purl import sha
from connectors.events.reading import whole

FORMAT = "flagger"
PHASES = {
    "initializing": "updated",
    "initialized": "updated",
    "waiting": "paused",
    "waitingpromotion": "paused",
    "progressing": "progressing",
    "promoting": "progressing",
    "finalising": "progressing",
    "succeeded": "promoted",
    "failed": "aborted",
    "terminating": "updated",
    "terminated": "updated",
}
# A message tells of the step, the phase often still of the one before.
MESSAGES = (
    ("new revision detected", "started"),
    ("starting canary analysis", "started"),
    ("promotion completed", "promoted"),
    ("rolling back", "aborted"),
    ("canary failed", "aborted"),
    ("halt", "paused"),
)


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return the step that one event hook tells."""
    found = whole(body)
    name, phase = found.required("name"), found.required("phase")
    namespace, told = found.text("namespace"), found.part("metadata")
    come = delivery(FORMAT, found, host, received_at)
    message = (told.loose("eventMessage") or "").lower()
    said = (state for start, state in MESSAGES if message.startswith(start))
    known: dict[str, Any] = {
        "subject_id": "/".join(["flagger", namespace or "", name, found.text("checksum") or ""]),
        "state": next(said, PHASES.get(phase.lower(), "updated")),
        "service": name,
        "environment": told.loose("environment") or namespace,
        "sha": sha(told.loose("sha")),
        "version": told.loose("version"),
        "strategy": "canary",
        "labels": tuple(f"phase={word}" for word in (phase,)),
        "severity": told.loose("eventType"),
    }
    return [come.event(f"canary.{phase}", "rollout", told.epoch("timestamp", 1000), **known)]

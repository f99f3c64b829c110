"""Flagger's webhooks: how a canary advances."""

import re
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
    # Told before the new checksum is known: it would open the rollout before once more.
    ("new revision detected", "updated"),
    ("starting canary analysis", "started"),
    ("promotion completed", "promoted"),
    ("rolling back", "aborted"),
    ("canary failed", "aborted"),
    ("halt", "paused"),
)


WEIGHT = re.compile(r"canary weight (\d{1,3})\b")
# Halt checkout.shop advancement success rate 69.17% < 99%
HELD = re.compile(r"halt \S+ advancement ([\w -]{1,80}?) [\d.]+\S* [<>] ")
METRICS = {"success rate": "request-success-rate", "request duration": "request-duration"}


def verdict(message: str) -> str | None:
    """Return what the analysis as a whole has come to; nothing where a person decided."""
    if message.startswith("promotion completed"):
        return "successful"
    is_limit = message.startswith("rolling back") and "failed checks threshold" in message
    return "failed" if is_limit else None


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return the step that one event hook tells."""
    found = whole(body)
    name, phase = found.required("name"), found.required("phase")
    namespace, told = found.text("namespace"), found.part("metadata")
    come = delivery(FORMAT, found, host, received_at)
    message = (told.loose("eventMessage") or "").lower()
    weight, judged = WEIGHT.search(message), HELD.match(message)
    said = (state for start, state in MESSAGES if message.startswith(start))
    known: dict[str, Any] = {
        "subject_id": "/".join(["flagger", namespace or "", name, found.text("checksum") or ""]),
        "state": next(said, PHASES.get(phase.lower(), "updated")),
        "service": name,
        "environment": told.loose("environment") or namespace,
        "sha": sha(told.loose("sha")),
        "version": told.loose("version"),
        "strategy": "canary",
        "weight": min(int(weight[1]) / 100, 1.0) if weight else None,
        "is_hand_paused": phase.lower() in {"waiting", "waitingpromotion"} or None,
        "metric": METRICS.get(judged[1], judged[1]) if judged else None,
        "verdict": "held" if judged else verdict(message),
        "labels": tuple(f"phase={word}" for word in (phase,)),
        "severity": told.loose("eventType"),
    }
    return [come.event(f"canary.{phase}", "rollout", told.epoch("timestamp", 1000), **known)]

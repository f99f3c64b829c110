"""What a posted body tells, in the one vocabulary of all senders."""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.events.cleaning import clean, key, link, login, raw
from connectors.events.reading import Part, Untranslatable
from connectors.hosts.references import references
from connectors.mentions import unmentioned
from connectors.records import Record

__all__ = ["Delivery", "Event", "Untranslatable", "delivery", "fingerprint", "told"]

ENTITY = "events"
MOST_LABELS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one subject.

    ``type`` is the sender's own word; ``state`` what the subject turned to. ``at`` is the event's
    time, or when it was received where the sender tells none.
    """

    record_id: str
    format: str
    type: str
    delivery_id: str | None = None
    subject: str
    subject_id: str | None = None
    state: str | None = None
    at: datetime
    kind: str | None = None
    service: str | None = None
    environment: str | None = None
    tier: str | None = None
    repository: str | None = None
    sha: str | None = None
    version: str | None = None
    branch: str | None = None
    base_branch: str | None = None
    number: int | None = None
    name: str | None = None
    path: str | None = None
    author: str | None = None
    reviewer: str | None = None
    is_bot: bool | None = None
    is_draft: bool | None = None
    is_pre_release: bool | None = None
    trigger: str | None = None
    strategy: str | None = None
    rolls_back_to: str | None = None
    artifact_digest: str | None = None
    stable_version: str | None = None
    weight: float | None = None
    has_weights: bool | None = None
    max_weight: float | None = None
    pause_count: int | None = None
    is_hand_paused: bool | None = None
    is_fast_promoted: bool | None = None
    has_traffic_mirror: bool | None = None
    is_rollback: bool | None = None
    warm_seconds: int | None = None
    metric: str | None = None
    verdict: str | None = None
    deployment_id: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    opened_at: datetime | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    title: str | None = None
    severity: str | None = None
    urgency: str | None = None
    priority: str | None = None
    labels: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    reverts: tuple[str, ...] = ()
    reverts_numbers: tuple[str, ...] = ()
    url: str | None = None
    raw: str | None = None

    def record(self) -> Record:
        """Return the event as it lands: flat, clean, without what is not known."""
        names = (each.name for each in fields(self) if each.name != "record_id")
        payload = {name: written(name, getattr(self, name)) for name in names}
        return Record(
            entity=ENTITY,
            record_id=key(self.record_id),
            payload={name: value for name, value in payload.items() if value not in (None, "")},
            scope=clean(self.repository or ""),
            updated_at=self.at,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One posted body: who sent it, when it came, and by which id the sender knows it."""

    format: str
    body: Part
    host: str
    received_at: datetime
    id: str | None = None

    def event(self, type: str, subject: str, at: datetime | None = None, **known: Any) -> Event:
        """Return the one event that the delivery tells."""
        # As it lands, since what a token may speak for is asked of the event.
        known["service"] = clean(known.get("service") or "") or None
        return Event(
            record_id=self.id or fingerprint(self.body.found),
            format=self.format,
            type=type,
            delivery_id=self.id,
            subject=subject,
            at=at or self.received_at,
            **known,
        )

    def unknown(self, type: str, at: datetime | None = None, **known: Any) -> Event:
        """Return an event that is kept for what it is, without being understood."""
        return self.event(type, "unknown", at, raw=raw(self.body.found), **known)


def delivery(
    format: str, body: Part, host: str, received_at: datetime | None, id: str | None = None
) -> Delivery:
    """Return what came, now unless ``received_at`` says when."""
    return Delivery(format, body, host, received_at or datetime.now(UTC), id)


def fingerprint(body: Any) -> str:
    """Return 32 hexadecimal digits that are the same for the same body, in any order of keys."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()[:32]


def told(title: str | None, body: str | None) -> dict[str, Any]:
    """Return the title and what title and body refer to; the body ends here."""
    found = references(title, body)
    return {
        "title": title,
        "mentions": found.mentions,
        "reverts": found.reverts,
        "reverts_numbers": found.reverts_numbers,
    }


def written(name: str, value: Any) -> Any:
    """Return a field as the payload holds it."""
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat(
            timespec="microseconds" if value.microsecond else "seconds"
        )
        return text.replace("+00:00", "Z")
    if isinstance(value, tuple):
        joint, inside, outside = (";", ";", ",") if name == "labels" else (" ", " ", "_")
        words = (clean(word).replace(inside, outside) for word in value[:MOST_LABELS])
        return joint.join(dict.fromkeys(word for word in words if word))
    if not isinstance(value, str):
        return value
    if name == "raw":
        return value
    if name in {"author", "reviewer"}:
        return login(value)
    if name == "url":
        return link(value)
    if name == "title":
        return unmentioned(clean(value))
    return key(value) if name in {"subject_id", "delivery_id", "deployment_id"} else clean(value)

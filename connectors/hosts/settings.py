"""Settings of a host that stand on the way to production: when which of them changed.

They are looked at once a day. Of secrets and variables names and times are kept, never values.
The cursor of a scope is a mapping: ``looked_at``, and by kind what the host said last (``etags``),
and what was seen where it tells no times (``seen``): a change is then of the day it was seen on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from connectors.hosts.api import Repository
from connectors.hosts.walking import parsed, stamp
from connectors.records import Batch, Record

ENTITY = "settings"
EVERY = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a setting; ``action`` is made, changed or bypassed, ``sha`` what went past."""

    kind: str
    name: str
    at: datetime
    action: str
    sha: str | None = None
    is_sampled: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a kind of settings found; ``why`` says why they can't be seen.

    ``seen`` says by name what settings without times are like.
    """

    kind: str
    changes: Sequence[Change] = ()
    why: str = ""
    etag: str | None = None
    seen: Mapping[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Settings:
    """Looks at the settings of repositories; each kind that can't be seen is told of once."""

    say: Callable[[str], None] = field(repr=False)
    told: set[str] = field(default_factory=set)

    def looks(self, repository: Repository, etags: Mapping[str, str]) -> Sequence[Look]:
        """Return what the host says of each kind; ``etags`` are those of the look before."""
        raise NotImplementedError

    def batches(
        self, repository: Repository, scope: str, cursor: Mapping[str, Any]
    ) -> Iterator[Batch]:
        """Yield what a day's look at a repository finds; one that is archived is left alone."""
        if not repository.is_archived:
            yield from batches(scope, cursor, partial(self.looks, repository))

    def hidden(self, kind: str, text: str) -> None:
        """Say that a kind can't be seen, if nobody said so yet."""
        if kind not in self.told:
            self.told.add(kind)
            self.say(text)


def dated(kind: str, name: str, created_at: str | None, updated_at: str | None) -> list[Change]:
    """Return the changes that a setting's two times tell of."""
    made, changed = parsed(created_at), parsed(updated_at)
    found = [Change(kind, name, made, "made")] if made else []
    if changed and changed != made:
        found.append(Change(kind, name, changed, "changed"))
    return found


def batches(
    scope: str,
    cursor: Mapping[str, Any],
    look: Callable[[Mapping[str, str]], Sequence[Look]],
    now: datetime | None = None,
) -> Iterator[Batch]:
    """Yield what a day's look finds; nothing before a day is over."""
    now = now or datetime.now(UTC)
    looked_at = parsed(cursor.get("looked_at"))
    if looked_at is not None and now - looked_at < EVERY:
        return
    found = look(cursor.get("etags") or {})
    etags = {one.kind: one.etag for one in found if one.etag}
    before = cursor.get("seen") or {}
    changes = [
        change
        for one in found
        for change in (*one.changes, *differing(one, before.get(one.kind), now))
    ]
    records = [*map(record, changes), *map(sight, found)]
    seen = {**before, **{one.kind: dict(one.seen) for one in found if one.seen is not None}}
    yield Batch(ENTITY, scope, records, {"looked_at": stamp(now), "etags": etags, "seen": seen})


def differing(look: Look, before: Mapping[str, str] | None, now: datetime) -> list[Change]:
    """Return what differs from the look before; the first one has nothing to differ from."""
    if look.seen is None or before is None:
        return []
    return [
        Change(look.kind, name, now, "changed" if name in before else "made", is_sampled=True)
        for name, like in look.seen.items()
        if before.get(name) != like
    ]


def record(change: Change) -> Record:
    """Return the record of a change, which no later one replaces."""
    told = {
        "kind": change.kind,
        "name": change.name,
        "action": change.action,
        "changed_at": stamp(change.at),
        "sha": change.sha,
        "is_sampled": True if change.is_sampled else None,
    }
    payload = {key: value for key, value in told.items() if value is not None}
    name = "/".join(filter(None, (change.kind, change.name, change.sha)))
    return Record(ENTITY, f"{name}@{payload['changed_at']}", payload, updated_at=change.at)


def sight(look: Look) -> Record:
    """Return the record that tells whether a kind of settings can be seen."""
    payload = {"kind": look.kind, "action": "hidden" if look.why else "seen"}
    return Record(ENTITY, look.kind, payload)

"""Settings of a host that stand on the way to production: when which of them changed.

They are looked at when something happened in the repository since the look before, so that a
refresh that finds nothing new costs no call. Of secrets and variables names and times are kept,
never values.
The cursor of a scope is a mapping: ``active_at`` of the repository at the last look, by path
what the host said then (``etags``), and by kind what was there (``seen``). What the host tells no
time of is what differs between two looks: it happened between them, and has the time of the later.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.errors import SourceError
from connectors.hosts.api import Access, Repository
from connectors.hosts.walking import parsed, stamp
from connectors.records import Batch, Record

ENTITY = "settings"
WORDS = {
    "environment": "environments",
    "secret": "secrets",
    "variable": "CI variables",
    "environment_secret": "secrets of environments",
    "environment_variable": "CI variables of environments",
    "organisation_secret": "secrets of the organisation",
    "organisation_variable": "CI variables of the organisation",
    "ruleset": "rules of branches",
    "protected_environment": "protected environments",
    "bypass": "pushes past rules",
    "protection": "protection of branches",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a setting; ``action`` is made, changed, removed or bypassed.

    ``sha`` is what went past a rule. A sampled change happened between ``unchanged_at`` and ``at``.
    """

    kind: str
    name: str
    at: datetime
    action: str
    sha: str | None = None
    is_sampled: bool = False
    unchanged_at: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a kind of settings found; ``why`` says why they can't be seen.

    ``right`` is what it takes to see them; ``seen`` says by name what they are like, nothing where
    their times tell of changes; it is null where nothing was to be seen.
    """

    kind: str
    right: str
    changes: Sequence[Change] = ()
    why: str = ""
    etags: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Settings:
    """Looks at the settings of repositories; each kind that can't be seen is told of once."""

    say: Callable[[str], None] = field(repr=False)
    told: set[str] = field(default_factory=set)

    def looks(self, repository: Repository, before: Mapping[str, Any]) -> Sequence[Look]:
        """Return what the host says of each kind; ``before`` is the cursor of the look before."""
        raise NotImplementedError

    def batches(
        self, repository: Repository, scope: str, cursor: Mapping[str, Any]
    ) -> Iterator[Batch]:
        """Yield what a look finds, where something happened in the repository since the last."""
        active_at = stamp(repository.active_at) if repository.active_at else None
        is_unused = repository.is_archived or repository.default_branch is None
        is_quiet = "active_at" in cursor and cursor["active_at"] == active_at
        if not is_unused and not is_quiet:
            found = self.looks(repository, cursor)
            for look in found:
                if look.why and look.kind not in self.told:
                    self.told.add(look.kind)
                    self.say(f"{WORDS[look.kind]}: {missing(look)}")
            yield batch(scope, cursor, found, active_at)

    def access(self, repository: Repository) -> Iterator[Access]:
        """Yield which kinds of settings can be seen, and what those that can't be would take."""
        try:
            found = self.looks(repository, {})
        except SourceError as error:
            yield Access(f"settings of {repository.full_name}", str(error), "mend")
            return
        for look in found:
            subject = f"{WORDS[look.kind]} of {repository.full_name}"
            if look.why:
                yield Access(subject, missing(look), "look")
            else:
                yield Access(subject, f"can be read, by {look.right}")


def missing(look: Look) -> str:
    """Say what lacks for a kind of settings, and what follows from it."""
    return (
        f"not seen; give the token {look.right}, or leave it: then nothing is told of "
        f"{WORDS[look.kind]}, and nothing else lacks ({look.why})"
    )


def dated(kind: str, name: str, created_at: str | None, updated_at: str | None) -> list[Change]:
    """Return the changes that a setting's two times tell of."""
    made, changed = parsed(created_at), parsed(updated_at)
    found = [Change(kind, name, made, "made")] if made else []
    if changed and changed != made:
        found.append(Change(kind, name, changed, "changed"))
    return found


def like(setting: Any) -> str:
    """Return what a setting is like, short enough for a cursor; nothing where it is nothing."""
    return sha256(json.dumps(setting, sort_keys=True).encode()).hexdigest()[:16] if setting else ""


def batch(
    scope: str, cursor: Mapping[str, Any], found: Sequence[Look], active_at: str | None
) -> Batch:
    """Return what a look found, with the cursor that it earns."""
    now = datetime.now(UTC)
    etags = {path: etag for one in found for path, etag in one.etags.items()}
    before = cursor.get("seen") or {}
    changes = [
        change
        for one in found
        for change in (
            *one.changes,
            *differing(one, before.get(one.kind), cursor.get("active_at"), now),
        )
    ]
    records = [*map(record, changes), *map(sight, found)]
    seen = {**before, **{one.kind: dict(one.seen) for one in found if one.seen is not None}}
    return Batch(ENTITY, scope, records, {"active_at": active_at, "etags": etags, "seen": seen})


def differing(
    look: Look, before: Mapping[str, str] | None, after: str | None, now: datetime
) -> list[Change]:
    """Return what differs from the look before; the first one has nothing to differ from.

    The look before came ``after`` the push that it was made for, and so did what differs.
    """
    if look.seen is None or before is None:
        return []
    told = {change.name for change in look.changes}
    differs = {
        name: "changed" if name in before else "made"
        for name, what in look.seen.items()
        if what and before.get(name) != what and (name in before or name not in told)
    }
    differs |= dict.fromkeys(before.keys() - look.seen.keys(), "removed")
    return [
        Change(look.kind, name, now, action, is_sampled=True, unchanged_at=after)
        for name, action in sorted(differs.items())
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
        "unchanged_at": change.unchanged_at,
    }
    payload = {key: value for key, value in told.items() if value is not None}
    name = "/".join(filter(None, (change.kind, change.name, change.sha)))
    return Record(ENTITY, f"{name}@{payload['changed_at']}", payload, updated_at=change.at)


def sight(look: Look) -> Record:
    """Return the record that tells whether a kind of settings can be seen."""
    payload = {"kind": look.kind, "action": "hidden" if look.why else "seen"}
    return Record(ENTITY, look.kind, payload)

"""Lands what a GitLab tells, as the landing zone would: the latest of each record, and cursors."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors import Batch, Failure, SourceError
from connectors.gitlab import GitLab, connect
from connectors.hosts.api import ENTITIES
from connectors.hosts.source import CodeHost
from tests.hosts.gitlab_server import TOKEN, FakeGitLab


class Killed(Exception):
    """The process ended here."""


@dataclass
class Landed:
    """The latest payload by (entity, scope, record), and the cursors by entity and scope."""

    records: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    versions: int = 0

    def take(self, batch: Batch) -> None:
        """Land a batch with its cursor, in one go; both have been text in between."""
        for record in batch.rows:
            key = (record.entity, batch.scope, record.record_id)
            payload = json.loads(json.dumps(dict(record.payload)))
            if record.is_deleted:
                self.records.pop(key, None)
            elif self.records.get(key) != payload:
                self.records[key] = payload
                self.versions += 1
        if batch.cursor is not None:
            cursor = json.loads(json.dumps(batch.cursor))
            self.cursors.setdefault(batch.entity, {})[batch.scope] = cursor

    def of(self, entity: str, scope: str = "acme/shop") -> dict[str, dict[str, Any]]:
        """Return the payloads of one entity and scope."""
        return {key[2]: told for key, told in self.records.items() if key[:2] == (entity, scope)}


def api(gitlab: FakeGitLab, **told: Any) -> GitLab:
    """Return a client of the fake that never really waits."""
    told = {"url": gitlab.url, "token": TOKEN, "repositories": ("acme/shop",), **told}
    return connect(**{"since": None, "sleep": lambda seconds: None, **told})


def collect(
    gitlab: FakeGitLab,
    landed: Landed | None = None,
    *,
    entities: tuple[str, ...] = ("repositories", *ENTITIES),
    until: Callable[[], bool] = lambda: False,
    **told: Any,
) -> Landed:
    """Collect all but code; Killed is raised as soon as ``until`` says so, after a batch."""
    landed = landed or Landed()
    landed.failures = []
    host = CodeHost(api(gitlab, **told), Path("nowhere"), landed.cursors.get("repositories", {}))
    with suppress(Killed):
        for told_now in batches(host, landed, entities):
            if isinstance(told_now, Failure):
                landed.failures.append(told_now)
            else:
                landed.take(told_now)
                if until():
                    raise Killed
    return landed


def batches(host: CodeHost, landed: Landed, entities: tuple[str, ...]) -> Iterator[Batch | Failure]:
    """Yield what a host tells of all entities; an error of the whole is a failure without scope."""
    for entity in entities:
        try:
            yield from host.collect(entity, landed.cursors.get(entity, {}))
        except SourceError as error:
            yield Failure(entity, "", error)

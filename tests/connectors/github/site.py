"""A GitHub with what was landed of it so far; each refresh is a new connector, as in life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors import Failure, github
from connectors.hosts.api import ENTITIES, Repository
from connectors.hosts.source import CodeHost
from tests.hosts.github_server import FakeGitHub

FLOOR = datetime(2024, 1, 1, tzinfo=UTC)
Payload = dict[str, Any]


@dataclass
class Site:
    """What a project holds of one GitHub: records and cursors by entity and scope."""

    github: FakeGitHub
    settings: dict[str, Any] = field(default_factory=dict)
    records: dict[str, dict[tuple[str, str], Payload]] = field(default_factory=dict)
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    api: github.GitHub | None = None

    def connect(self, **settings: Any) -> github.GitHub:
        """Make what reads the host."""
        known: dict[str, Any] = {
            "url": self.github.url,
            "token": None if "app" in {**self.settings, **settings} else self.github.token,
            "repositories": ["acme/*"],
            "since": FLOOR,
            "reserve": 0.0,
            "incident_labels": [],
            "incident_types": [],
            "runs": [],
            "say": self.said.append,
            "sleep": self.github.sleep,
            "clock": lambda: self.github.now.timestamp(),
        }
        self.api = github.connect(**{**known, **self.settings, **settings})
        return self.api

    def refresh(
        self,
        *entities: str,
        stop: Callable[[int], bool] = lambda count: False,
        **settings: Any,
    ) -> "Site":
        """Collect what is new; ``stop`` is asked after each batch whether it is killed now."""
        known: Mapping[str, Any] = self.cursors.get("repositories", {})
        since = {"since": FLOOR, **self.settings, **settings}["since"]
        host = CodeHost(self.connect(**settings), Path("clones"), known, since=since)
        self.failures.clear()
        count = 0
        for entity in ("repositories", *(entities or ENTITIES)):
            for batch in host.collect(entity, dict(self.cursors.get(entity, {}))):
                if isinstance(batch, Failure):
                    self.failures.append(batch)
                    continue
                landed = self.records.setdefault(entity, {})
                landed |= {(batch.scope, one.record_id): dict(one.payload) for one in batch.rows}
                self.cursors.setdefault(entity, {})[batch.scope] = batch.cursor
                count += entity != "repositories"
                if stop(count):
                    return self
        return self

    def of(self, entity: str, scope: str = "acme/shop") -> dict[str, Payload]:
        """Return what was landed of a scope, by record id."""
        found = self.records.get(entity, {})
        return {id: payload for (at, id), payload in found.items() if at == scope}

    def the(self, entity: str, scope: str = "acme/shop") -> Payload:
        """Return the one record of a scope."""
        (payload,) = self.of(entity, scope).values()
        return payload

    def errors(self) -> list[str]:
        """Return what failed, in the words that people see."""
        return [f"{one.scope}: {one.error}" for one in self.failures]


def listed(api: github.GitHub) -> list[Repository]:
    """Return the repositories that were listed, without what was seen in them."""
    return [replace(one, newest={}) for one in api.repositories() if isinstance(one, Repository)]

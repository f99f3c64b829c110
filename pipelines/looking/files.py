"""Reads changed migrations and manifests for the connectors of repositories."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.looking import Rule
from pipelines import migrations
from pipelines.configuration import Configuration
from pipelines.looking import manifests
from pipelines.looking.rules import path_rules


@dataclass(frozen=True, slots=True)
class Files:
    """Looks for the files that ``rules`` name, as far back as ``days``."""

    rules: tuple[Rule, ...]
    days: int

    @property
    def version(self) -> str:
        """A hash of all that decides what is told."""
        text = repr((self.rules, self.days, migrations.VERSION, manifests.VERSION))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def read(
        self, rule: Rule, path: str, before: bytes | None, after: bytes | None
    ) -> Mapping[str, Any] | None:
        """Return what a changed file tells; null where it is code."""
        if rule.topic == "migration":
            return migrations.read(rule.tool, path, before, after)
        return manifests.read(rule.tool, path, before, after)


def looking(configuration: Configuration) -> Files | None:
    """Return what the configuration lets look for, null where it lets nothing."""
    told = configuration.architecture
    return Files(tuple(path_rules(configuration)), told.history_days) if told.from_git else None

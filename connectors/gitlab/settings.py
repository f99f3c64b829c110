"""Rules of branches and CI variables of a project, by one query: never what a variable holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.gitlab.client import Client
from connectors.hosts import settings
from connectors.hosts.api import Repository
from connectors.hosts.settings import Look, dated
from connectors.records import Batch

SETTINGS: Final = """
query Settings($path: ID!) {
  project(fullPath: $path) {
    id
    branchRules { nodes { name createdAt updatedAt } }
    ciVariables { nodes { key environmentScope protected masked } }
  }
}
"""
NEEDED: Final = "it takes the role Maintainer"


@dataclass(slots=True)
class Settings:
    """Looks at the settings of projects; each kind that can't be seen is told of once."""

    client: Client
    host: str
    say: Callable[[str], None] = field(repr=False)
    told: set[str] = field(default_factory=set)

    def batches(
        self, repository: Repository, scope: str, cursor: Mapping[str, Any]
    ) -> Iterator[Batch]:
        """Yield what a day's look at a project finds; one that is archived is left alone."""
        if repository.is_archived:
            return

        def look(_: Mapping[str, str]) -> list[Look]:
            what = f"settings of {repository.full_name}"
            found = self.client.project(repository, SETTINGS, what)
            return [
                self._told(repository, rules(found["branchRules"])),
                self._told(repository, variables(found["ciVariables"])),
            ]

        yield from settings.batches(scope, cursor, look)

    def _told(self, repository: Repository, look: Look) -> Look:
        if look.why and look.kind not in self.told:
            self.told.add(look.kind)
            self.say(
                f"{self.host}, {look.why} of {repository.full_name}: the token may not see them, "
                f"{NEEDED}; whether they change by review stays unknown"
            )
        return look


def rules(found: Mapping[str, Any] | None) -> Look:
    """Return the changes of the rules of branches, which GitLab tells the times of."""
    if found is None:
        return Look("ruleset", why="rules of branches")
    told = [
        change
        for row in found["nodes"]
        for change in dated("ruleset", str(row["name"]), row["createdAt"], row["updatedAt"])
    ]
    return Look("ruleset", told)


def variables(found: Mapping[str, Any] | None) -> Look:
    """Return what the variables are like, for GitLab tells no time of theirs."""
    if found is None:
        return Look("variable", why="CI variables")
    seen = {
        f"{row['key']} in {row['environmentScope'] or '*'}": (
            f"{bool(row['protected'])} {bool(row['masked'])}"
        )
        for row in found["nodes"]
    }
    return Look("variable", seen=seen)

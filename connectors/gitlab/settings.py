"""Rules of branches and CI variables of a project, by one query: never what a variable holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.gitlab.client import Client
from connectors.hosts import settings
from connectors.hosts.api import Repository
from connectors.hosts.settings import Look, dated

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
class Settings(settings.Settings):
    """Looks at the settings of projects."""

    client: Client
    host: str

    def looks(self, repository: Repository, etags: Mapping[str, str]) -> list[Look]:
        """Return what the host says of each kind, by one query without tags."""
        what = f"settings of {repository.full_name}"
        told = self.client.project(repository, SETTINGS, what)
        found = [rules(told["branchRules"]), variables(told["ciVariables"])]
        for look in found:
            if look.why:
                self.hidden(
                    look.kind,
                    f"{self.host}, {look.why} of {repository.full_name}: the token may not see "
                    f"them, {NEEDED}; whether they change by review stays unknown",
                )
        return found


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

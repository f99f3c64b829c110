"""Rules of branches and CI variables of a project, by one query: never what a variable holds."""

from collections.abc import Mapping, Sequence
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
NEEDED: Final = "the role Maintainer (with the scope read_api it writes nothing)"


@dataclass(slots=True)
class Settings(settings.Settings):
    """Looks at the settings of projects."""

    client: Client

    def looks(self, repository: Repository, before: Mapping[str, Any]) -> list[Look]:
        """Return what the host says of each kind, by one query without tags."""
        what = f"settings of {repository.full_name}"
        told = self.client.project(repository, SETTINGS, what)
        found = {"ruleset": told["branchRules"], "variable": told["ciVariables"]}
        return [
            Look(kind, NEEDED, why=f"GitLab shows the token no {what}")
            if listed is None
            else MADE[kind](listed["nodes"])
            for kind, listed in found.items()
        ]


def rules(rows: Sequence[Mapping[str, Any]]) -> Look:
    """Return the changes of the rules of branches, which GitLab tells the times of."""
    told = [
        change
        for row in rows
        for change in dated("ruleset", str(row["name"]), row["createdAt"], row["updatedAt"])
    ]
    return Look("ruleset", NEEDED, told)


def variables(rows: Sequence[Mapping[str, Any]]) -> Look:
    """Return what the variables are like, for GitLab tells no time of theirs."""
    seen = {
        f"{row['key']} in {row['environmentScope'] or '*'}": (
            f"{bool(row['protected'])} {bool(row['masked'])}"
        )
        for row in rows
    }
    return Look("variable", NEEDED, seen=seen)


MADE: Final = {"ruleset": rules, "variable": variables}

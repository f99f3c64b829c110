"""Rules of branches, CI variables and protected environments of a project: never a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab.client import Client
from connectors.gitlab.judging import Forbidden, Missing
from connectors.hosts import settings
from connectors.hosts.api import Repository
from connectors.hosts.settings import WORDS, Look, dated, like

SETTINGS: Final = """
query Settings($path: ID!, $rules: String, $variables: String) {
  project(fullPath: $path) {
    id
    branchRules(after: $rules) {
      pageInfo { hasNextPage endCursor }
      nodes {
        name createdAt updatedAt
        branchProtection {
          mergeAccessLevels { nodes { accessLevel } }
          pushAccessLevels { nodes { accessLevel } }
        }
      }
    }
    ciVariables(after: $variables) {
      pageInfo { hasNextPage endCursor }
      nodes { key environmentScope protected masked }
    }
  }
}
"""
CURSORS: Final = {"branchRules": "rules", "ciVariables": "variables"}
NEEDED: Final = "the role Maintainer (with the scope read_api it writes nothing)"
PAID: Final = "the role Maintainer, on GitLab Premium or Ultimate"
PROTECTED: Final = "protected_environment"
PAGE: Final = 100
Rows = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Settings(settings.Settings):
    """Looks at the settings of projects."""

    client: Client

    def looks(self, repository: Repository, before: Mapping[str, Any]) -> list[Look]:
        """Return what the host says of each kind, by a query and a list without tags."""
        what = f"settings of {repository.full_name}"
        told = self._listed(repository, what)
        found = [
            Look(kind, NEEDED, why=f"GitLab shows the token no {what}")
            if rows is None
            else MADE[kind](rows)
            for kind, rows in (("ruleset", told["branchRules"]), ("variable", told["ciVariables"]))
        ]
        return [*found, self._environments(repository)]

    def _listed(self, repository: Repository, what: str) -> dict[str, Rows | None]:
        """Return the rows of each connection to its end; null where the token is shown none."""
        found: dict[str, Any] = dict.fromkeys(CURSORS, ())
        cursors: dict[str, str | None] = {}
        known: list[Mapping[str, str | None]] = []
        while cursors not in known:
            known.append(cursors)
            told = self.client.project(repository, SETTINGS, what, **cursors)
            pages = {name: (told[name] or {}).get("pageInfo") or {} for name in CURSORS}
            for name in CURSORS:
                shown = told[name] and found[name] is not None
                found[name] = [*found[name], *told[name]["nodes"]] if shown else None
            if not any(page.get("hasNextPage") for page in pages.values()):
                return found
            # A list that has ended is asked for what follows its end, which is nothing.
            cursors = {
                cursor: pages[name].get("endCursor") or cursors.get(cursor)
                for name, cursor in CURSORS.items()
            }
        raise SourceUnavailable(
            f"GitLab, {what}: it goes in a circle. Refresh again, and tell the server's owner if "
            "it stays so"
        )

    def _environments(self, repository: Repository) -> Look:
        """Return what protected environments are like, for GitLab tells no time of theirs."""
        what = f"{WORDS[PROTECTED]} of {repository.full_name}"
        path = f"/projects/{repository.id}/protected_environments"
        seen: dict[str, str] = {}
        number = 1
        try:
            while True:
                reply = self.client.rows(path, what, per_page=PAGE, page=number)
                fresh = {str(row["name"]): like(access(row)) for row in reply.body}
                if fresh and fresh.keys() <= seen.keys():
                    raise SourceUnavailable(f"GitLab, {what}: it repeats a page")
                seen |= fresh
                if not reply.is_more:
                    return Look(PROTECTED, PAID, seen=seen)
                number += 1
        except (Missing, Forbidden):
            return Look(PROTECTED, PAID, why=f"GitLab shows the token no {what}")


def rules(rows: Rows) -> Look:
    """Return the changes of the rules of branches, and who may push and merge by them.

    GitLab tells the times of a rule, but not those of who may do what by it.
    """
    told = [
        change
        for row in rows
        for change in dated("ruleset", str(row["name"]), row["createdAt"], row["updatedAt"])
    ]
    seen = {str(row["name"]): like(row["branchProtection"]) for row in rows}
    return Look("ruleset", NEEDED, told, seen=seen)


def variables(rows: Rows) -> Look:
    """Return what the variables are like, for GitLab tells no time of theirs."""
    seen = {
        f"{row['key']} in {row['environmentScope'] or '*'}": (
            f"{bool(row['protected'])} {bool(row['masked'])}"
        )
        for row in rows
    }
    return Look("variable", NEEDED, seen=seen)


def access(row: Mapping[str, Any]) -> list[Any]:
    """Return who may deploy and who must approve, without what is new whenever it is written."""
    parts = [*(row.get("deploy_access_levels") or ()), *(row.get("approval_rules") or ())]
    kept = [
        {key: one.get(key) for key in ("access_level", "user_id", "group_id", "required_approvals")}
        for one in parts
    ]
    return [row.get("required_approval_count"), *sorted(kept, key=repr)]


MADE: Final = {"ruleset": rules, "variable": variables}

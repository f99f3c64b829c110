"""Which commits and requests a deployment carried, each way that other tools tell it."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from tests.peers.words.data import REVERT_BRANCHES, Data, by_end
from tests.reference.organisation import Row, is_one_of

HOTFIXES = {
    "hotfix_branches": ("hotfix/*", "hotfix-*"),
    "hotfix_titles": ("hotfix:*", "hotfix *", "hotfix(*", "[hotfix]*"),
    "hotfix_labels": ("hotfix",),
}


class Code(Data):
    """Deployments with the code that they brought."""

    @cached_property
    def commits(self) -> dict[str, dict[str, Row]]:
        """Commits by repository and sha."""
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.tables["commits"]:
            found[row["repository"]][row["sha"].lower()] = {
                "authored_at": row["authored_at"],
                "parents": (row["parents"] or "").lower().split(),
            }
        return dict(found)

    def reach(self, repository: str | None, sha: str | None) -> set[str]:
        """Return a commit and all its ancestors, nothing of a commit that is not known."""
        commits, found, waiting = self.commits.get(repository or "", {}), set(), [sha]
        while waiting:
            one = waiting.pop()
            if one in commits and one not in found:
                found.add(one)
                waiting += commits[one]["parents"]
        return found

    def since_previous(self, one: Row, order: Any = by_end) -> set[str]:
        """Return what ``git log previous..current`` lists; nothing without a previous one."""
        key = one["deployment_id"], order
        if key not in self.listed:
            self.listed[key] = self.log(one, order)
        return self.listed[key]

    @cached_property
    def listed(self) -> dict[Any, set[str]]:
        """What was asked for already."""
        return {}

    def log(self, one: Row, order: Any) -> set[str]:
        """Walk from a deployment and leave out what the previous one reaches."""
        before = self.previous(one, order)
        old = self.reach(before["repository"], before["sha"]) if before else set()
        return self.reach(one["repository"], one["sha"]) - old if old else set()

    def landed_with(self, repository: str | None, sha: str | None) -> set[str]:
        """Return the commits that a commit of the main line brought to it."""
        commits = self.commits.get(repository or "", {})
        if sha not in commits:
            return set()
        parents = {parent for one in commits.values() for parent in one["parents"]}
        line = max(
            (self.first_parents(commits, head) for head in set(commits) - parents),
            key=lambda line: (len(line), line[0]),
        )
        if sha not in line:
            return set()
        older = line[line.index(sha) + 1 :]
        return self.reach(repository, sha) - (self.reach(repository, older[0]) if older else set())

    @staticmethod
    def first_parents(commits: dict[str, Row], head: str) -> list[str]:
        """Return a commit and its first parents, the newest first."""
        line = []
        while head in commits:
            line.append(head)
            head = next(iter(commits[head]["parents"]), "")
        return line

    @cached_property
    def requests(self) -> list[Row]:
        """Pull requests, merged or open."""
        found = []
        for row in self.tables["changes"]:
            name = self.named(row["service"])
            repository = row["repository"] or (self.services[name] if name else None)
            sha = row["merge_sha"].lower() if row["merge_sha"] else None
            landed = self.landed_with(repository, sha)
            title, labels = row["title"] or "", (row["labels"] or "").lower().split(";")
            found.append(
                {
                    **{key: row[key] for key in ("change_id", "opened_at", "ready_at")},
                    **{key: row[key] for key in ("first_review_at", "approved_at", "merged_at")},
                    "first_commit_at": row["first_commit_at"]
                    or min(
                        (self.commits[repository or ""][one]["authored_at"] for one in landed),
                        default=None,
                    ),
                    "deployment_id": row["deployment_id"],
                    "branch": row["branch"],
                    "base_branch": row["base_branch"],
                    "merge_sha": sha,
                    "repository": repository,
                    "named": name,
                    "owners": self.owners(row["service"], repository),
                    "title": row["title"],
                    "at": row["merged_at"] or row["opened_at"],
                    "is_hotfix": self.is_hotfix(row, labels),
                    "is_revert": title.startswith('Revert "')
                    or is_one_of(row["branch"], REVERT_BRANCHES)
                    or "revert" in labels,
                }
            )
        return found

    def is_hotfix(self, row: Row, labels: list[str]) -> bool:
        """Tell whether branch, title or a label is one that the organisation calls a hotfix."""
        branches, titles, names = (
            tuple(self.organisation.rules.get(key, usual)) for key, usual in HOTFIXES.items()
        )
        return (
            is_one_of(row["branch"], branches)
            or is_one_of(row["title"], titles)
            or any(is_one_of(label, names) for label in labels if label)
        )

    @cached_property
    def merged(self) -> list[Row]:
        """Pull requests that are merged, as those are that name their deployment."""
        return [row for row in self.requests if row["merged_at"] or self.names_one(row)]

    def is_told(self, row: Row) -> bool:
        """Tell whether no graph of commits speaks of a request."""
        return row["repository"] not in self.commits or not row["merge_sha"]

    def names_one(self, row: Row) -> list[Row]:
        """Return the deployment that a request names, where no graph speaks of it."""
        named = [one for one in self.successes if one["deployment_id"] == row["deployment_id"]]
        return named if self.is_told(row) else []

    @cached_property
    def told(self) -> set[tuple[str, str]]:
        """Which deployment of each service carried each merged request that no graph speaks of."""
        found = set()
        for row in self.merged:
            if not self.is_told(row):
                continue
            is_known = row["repository"] in self.commits
            named = self.names_one(row)
            near = [one for one in self.successes if self.is_of(row, one)]
            for service in {one["service"] for one in near}:
                mine = [one for one in near if one["service"] == service]
                same = [one for one in mine if row["merge_sha"] and one["sha"] == row["merge_sha"]]
                later = [
                    one
                    for one in mine
                    if row["merged_at"] and not is_known and one["finished_at"] >= row["merged_at"]
                ]
                if row["merged_at"] and not named and (same or later):
                    first = min(same or later, key=by_end)
                    found.add((row["change_id"], first["deployment_id"]))
            found |= {(row["change_id"], one["deployment_id"]) for one in named}
        return found

    @staticmethod
    def is_of(request: Row, deployment: Row) -> bool:
        """Tell whether a request could be in a deployment: its service, else its repository."""
        if request["named"]:
            return bool(deployment["service"] == request["named"])
        if deployment["repository"]:
            return bool(deployment["repository"] == request["repository"])
        return bool(deployment["service"] in request["owners"])

    def carried(self, one: Row, order: Any = by_end) -> list[Row]:
        """Return the merged requests in a deployment since the previous one of its chain."""
        if not self.previous(one, order):
            return []
        shas = self.since_previous(one, order)
        return [row for row in self.merged if self.holds(one, shas, row)]

    def holds(self, one: Row, shas: set[str], request: Row) -> bool:
        """Tell whether a deployment of some commits holds a request."""
        if (request["change_id"], one["deployment_id"]) in self.told:
            return True
        return request["repository"] == one["repository"] and request["merge_sha"] in shas

    def new(self, one: Row) -> set[str]:
        """Return the commits that no earlier deployment of the chain carried."""
        found = self.reach(one["repository"], one["sha"])
        for earlier in self.chain(one):
            if by_end(earlier) < by_end(one):
                found -= self.reach(earlier["repository"], earlier["sha"])
        return found

    def commit_times(self, one: Row, shas: set[str]) -> list[Any]:
        """Return the author times of commits; a request without a graph stands for one."""
        known = self.commits.get(one["repository"] or "", {})
        alone = [
            row["first_commit_at"]
            for row in self.merged
            if (row["change_id"], one["deployment_id"]) in self.told and row["first_commit_at"]
        ]
        return [known[sha]["authored_at"] for sha in shas] + alone

"""Commits: which deployment carried each first, and how it came to the default branch."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from tests.reference.deployments import Deployments
from tests.reference.organisation import Row


class Commits(Deployments):
    """The commits of one organisation."""

    @cached_property
    def commits(self) -> dict[str, dict[str, Row]]:
        """Commits by repository and sha."""
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.table("commits"):
            found[row["repository"]][row["sha"]] = {
                **row,
                "sha": row["sha"],
                "author": row["author"],
                "paths": (row["paths"] or "").split(";"),
                "reverts": (row["reverts"] or "").split(),
                "subject": row["subject"] or "",
                "parents": (row["parents"] or "").split(),
                "committed_at": row["committed_at"] or row["authored_at"],
                "is_revert": bool(row["reverts"]) or (row["subject"] or "").startswith('Revert "'),
            }
        return found

    def reach(self, repository: str, sha: str) -> set[str]:
        """Return a known commit and all its known ancestors."""
        commits, found, waiting = self.commits[repository], set(), [sha]
        while waiting:
            one = waiting.pop()
            if one in commits and one not in found:
                found.add(one)
                waiting += commits[one]["parents"]
        return found

    @cached_property
    def carriers(self) -> dict[tuple[str, str, str, str], tuple[str, bool]]:
        """First deployment of each commit in each stream, and whether it is before history."""
        found: dict[tuple[str, str, str, str], tuple[str, bool]] = {}
        known: set[tuple[str, str, str]] = set()
        for row in self.successes:
            repository = row["repository"]
            if not row["sha"] or row["sha"] not in self.commits.get(repository, {}):
                continue
            stream = (row["service"], row["environment"], repository)
            for sha in self.reach(repository, row["sha"]):
                found.setdefault((*stream, sha), (row["deployment_id"], stream not in known))
            known.add(stream)
        return found

    @cached_property
    def landings(self) -> dict[tuple[str, str], str]:
        """The main-line commit that brought each commit to the default branch."""
        found = {}
        for repository, commits in self.commits.items():
            for sha in reversed(self.main_line(commits)):
                for one in self.reach(repository, sha):
                    found.setdefault((repository, one), sha)
        return found

    @staticmethod
    def main_line(commits: dict[str, Row]) -> list[str]:
        """Return the longest line of first parents that begins at a childless commit."""
        parents = {parent for one in commits.values() for parent in one["parents"]}
        lines = []
        for sha in set(commits) - parents:
            line = []
            while sha in commits:
                line.append(sha)
                sha = next(iter(commits[sha]["parents"]), "")
            lines.append(line)
        return max(lines, key=lambda line: (len(line), line[0]), default=[])

    def landed_with(self, repository: str | None, sha: str | None) -> list[Row]:
        """Return the commits that a main-line commit brought."""
        return [
            self.commits[place][one]
            for (place, one), landed_by in self.landings.items()
            if (place, landed_by) == (repository, sha)
        ]

    def authored_at(self, repository: str | None, sha: str | None) -> Any:
        """Return the author time of a commit, where it is known."""
        commit = self.commits.get(repository or "", {}).get(sha or "")
        return commit["authored_at"] if commit else None

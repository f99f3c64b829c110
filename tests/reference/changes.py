"""What changed, which deployment carried it first, and how long that took."""

from collections import defaultdict
from functools import cached_property
from typing import Any

from tests.reference.deployments import Deployments, by_end
from tests.reference.organisation import BOTS, Row, is_one_of

HOTFIX_BRANCHES = ("hotfix/*", "hotfix-*")
HOTFIX_TITLES = ("hotfix:*", "hotfix *", "hotfix(*", "[hotfix]*")
STAGES = ("opened_at", "first_review_at", "approved_at", "merged_at", "started_at", "finished_at")
NAMES = ("coding", "pickup", "review", "merge", "wait", "deployment")


class Changes(Deployments):
    """The changes of one organisation."""

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

    def owners(self, repository: str | None, paths: list[str]) -> list[str]:
        """Return the services of a repository, those with a folder only where it is touched."""
        return [
            name
            for name, service in self.services.items()
            if repository
            and self.repositories[name] == repository
            and (
                service.folder is None
                or any(path.startswith(f"{service.folder}/") for path in paths)
            )
        ]

    @cached_property
    def requests(self) -> list[Row]:
        """Pull requests, with what their commits add."""
        found = []
        for row in self.table("changes"):
            service = self.named(row["service"])
            repository = row["repository"] or (self.repositories[service] if service else None)
            sha = row["merge_sha"].lower() if row["merge_sha"] else None
            commits = self.landed_with(repository, sha)
            first = row["first_commit_at"] or min(
                (one["authored_at"] for one in commits), default=None
            )
            labels = tuple((row["labels"] or "").lower().split(";"))
            found.append(
                {
                    "change_id": row["change_id"],
                    "kind": "pull_request",
                    "repository": repository,
                    "first_commit_at": first,
                    **{name: row[name] for name in STAGES[:4]},
                    "merge_sha": sha,
                    "deployment_id": row["deployment_id"],
                    "is_bot": is_one_of(row["author"], BOTS),
                    "is_revert": (row["title"] or "").startswith('Revert "')
                    or any(one["is_revert"] for one in commits),
                    "reverts": [sha for one in commits for sha in one["reverts"]],
                    "is_hotfix": is_one_of(row["branch"], HOTFIX_BRANCHES)
                    or "hotfix" in labels
                    or is_one_of(row["title"], HOTFIX_TITLES),
                    "owners": ([service] if service else [])
                    if row["service"]
                    else self.owners(repository, [p for one in commits for p in one["paths"]]),
                }
            )
        return found

    @cached_property
    def loose_commits(self) -> list[Row]:
        """Commits that belong to no pull request and are changes of their own."""
        reviewed = {row["repository"] for row in self.requests}
        merged = {(row["repository"], row["merge_sha"]) for row in self.requests}
        deployed = {(repository, sha) for _, _, repository, sha in self.carriers}
        found = []
        for repository, commits in self.commits.items():
            for sha, one in commits.items():
                landed_by = self.landings.get((repository, sha))
                counts = landed_by or (repository not in reviewed and (repository, sha) in deployed)
                if len(one["parents"]) > 1 or not counts or (repository, landed_by) in merged:
                    continue
                found.append(
                    {
                        "change_id": sha,
                        "kind": "commit",
                        "repository": repository,
                        "first_commit_at": one["authored_at"],
                        **dict.fromkeys(STAGES[:3]),
                        "merged_at": commits[landed_by]["committed_at"] if landed_by else None,
                        "merge_sha": sha,
                        "deployment_id": None,
                        "is_bot": is_one_of(one["author"], BOTS),
                        "is_revert": one["is_revert"],
                        "reverts": one["reverts"],
                        "is_hotfix": is_one_of(one["subject"], HOTFIX_TITLES),
                        "owners": self.owners(repository, one["paths"]),
                    }
                )
        return found

    @cached_property
    def changes(self) -> list[Row]:
        """Changes, one per service that they touch."""
        return [
            {**row, "service": service}
            for row in [*self.requests, *self.loose_commits]
            for service in row["owners"]
        ]

    def first_deployment(self, change: Row) -> tuple[Row, str, bool] | None:
        """Return the first production deployment that carries a change, how, and if too old."""
        mine = [row for row in self.production.values() if row["service"] == change["service"]]
        commits = self.commits.get(change["repository"])
        if commits and change["merge_sha"]:
            found = []
            for (service, _, repository, sha), (one, is_old) in self.carriers.items():
                wanted = (change["service"], change["repository"], change["merge_sha"])
                if (service, repository, sha) == wanted and one in self.production:
                    found.append((self.production[one], is_old))
            first = min(found, key=lambda pair: by_end(pair[0]), default=None)
            return (first[0], "graph", first[1]) if first else None
        named = [row for row in mine if row["deployment_id"] == change["deployment_id"]]
        same = [row for row in mine if row["sha"] and row["sha"] == change["merge_sha"]]
        later = [
            row
            for row in mine
            if not commits and change["merged_at"] and row["finished_at"] >= change["merged_at"]
        ]
        for how, choice in (("explicit", named), ("merge_sha", same), ("time", later)):
            if choice:
                return min(choice, key=by_end), how, False
        return None

    @cached_property
    def deployment_changes(self) -> list[Row]:
        """Changes in their first production deployment, with lead time and stages."""
        found = []
        for change in self.changes:
            if not (first := self.first_deployment(change)):
                continue
            deployment, how, is_old = first
            began = change["first_commit_at"] or change["opened_at"]
            end = deployment["finished_at"]
            is_excluded = is_old or began is None or end < began
            stages = (
                dict.fromkeys(NAMES)
                if is_excluded
                else self.stages({**change, **{n: deployment[n] for n in STAGES[4:]}}, began)
            )
            found.append(
                {
                    "service": change["service"],
                    "change_id": change["change_id"],
                    "deployment_id": deployment["deployment_id"],
                    "how": how,
                    "is_before_history": is_old,
                    "is_bot": change["is_bot"],
                    "finished_on": self.organisation.day(end),
                    "is_excluded": is_excluded,
                    "lead": None if is_excluded else (end - began).total_seconds(),
                    "is_hotfix": change["is_hotfix"],
                    "reverts": change["reverts"],
                    "repository": change["repository"],
                    **stages,
                }
            )
        return found

    @staticmethod
    def stages(times: Row, began: Any) -> Row:
        """Return the seconds of each stage, null where its own boundary is unknown."""
        found: Row = {}
        last = began
        for stage, boundary in zip(NAMES, STAGES, strict=True):
            moment = times[boundary]
            if moment is None:
                found[stage] = None
                continue
            reached = min(max(moment, last), times["finished_at"])
            found[stage] = (reached - last).total_seconds()
            last = reached
        if times["first_commit_at"] is None:
            found["coding"] = None
        return found

    @cached_property
    def waits(self) -> list[Row]:
        """How long each merged change waited for production, or waits."""
        carried = {(row["service"], row["change_id"]): row for row in self.deployment_changes}
        has_bots = self.organisation.rule("bots_changes") == "in"
        found = []
        for change in self.changes:
            first = carried.get((change["service"], change["change_id"]))
            commits = self.commits.get(change["repository"])
            is_pending = (
                change["kind"] == "pull_request"
                and commits
                and change["merge_sha"]
                and change["merge_sha"] not in commits
            )
            is_out = (first and first["is_before_history"]) or (change["is_bot"] and not has_bots)
            if change["merged_at"] is None or is_pending or is_out:
                continue
            end = self.production[first["deployment_id"]]["finished_at"] if first else None
            length = (end or self.organisation.as_of) - change["merged_at"]
            found.append(
                {
                    "service": change["service"],
                    "merged_on": self.organisation.day(change["merged_at"]),
                    "seconds": max(length.total_seconds(), 0),
                    "is_over": end is not None,
                }
            )
        return found

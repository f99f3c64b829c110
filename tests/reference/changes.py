"""What changed, and whose change it is."""

from functools import cached_property

from tests.reference.commits import Commits
from tests.reference.organisation import BOTS, Row, is_one_of

MOMENTS = ("ready_at", "opened_at", "first_review_at", "approved_at", "merged_at")


class Changes(Commits):
    """The changes of one organisation."""

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
            found.append(
                {
                    "change_id": row["change_id"],
                    "kind": "pull_request",
                    "repository": repository,
                    "first_commit_at": first,
                    **{name: row[name] for name in MOMENTS},
                    "landed_authored_at": self.authored_at(repository, sha),
                    "merge_sha": sha,
                    "deployment_id": row["deployment_id"],
                    "author": row["author"],
                    "is_revert": (row["title"] or "").startswith('Revert "')
                    or any(one["is_revert"] for one in commits),
                    "reverts": [sha for one in commits for sha in one["reverts"]],
                    **{name: row[name] for name in ("branch", "labels", "title")},
                    "owners": ([service] if service else [])
                    if row["service"]
                    else self.owners(repository, [p for one in commits for p in one["paths"]]),
                }
            )
        return found

    @cached_property
    def counted_commits(self) -> list[Row]:
        """Commits that are changes of somebody, and whether they belong to no pull request."""
        reviewed = {row["repository"] for row in self.requests}
        merged = {(row["repository"], row["merge_sha"]) for row in self.requests}
        deployed = {(repository, sha) for _, _, repository, sha in self.carriers}
        found = []
        for repository, commits in self.commits.items():
            for sha, one in commits.items():
                landed_by = self.landings.get((repository, sha))
                counts = landed_by or (repository not in reviewed and (repository, sha) in deployed)
                if len(one["parents"]) > 1 or not counts:
                    continue
                found.append(
                    {
                        "is_loose": (repository, landed_by) not in merged,
                        "change_id": sha,
                        "kind": "commit",
                        "repository": repository,
                        "first_commit_at": one["authored_at"],
                        "landed_authored_at": one["authored_at"],
                        **dict.fromkeys((*MOMENTS[:4], "branch", "labels")),
                        "merged_at": commits[landed_by]["committed_at"] if landed_by else None,
                        "merge_sha": sha,
                        "deployment_id": None,
                        "author": one["author"],
                        "is_revert": one["is_revert"],
                        "reverts": one["reverts"],
                        "title": one["subject"],
                        "owners": self.owners(repository, one["paths"]),
                    }
                )
        return found

    @cached_property
    def changes(self) -> list[Row]:
        """Changes, one per service that they touch."""
        return [
            {
                **row,
                "service": service,
                "is_bot": is_one_of(row["author"], BOTS) if row["author"] else None,
                "author_team": self.team_of(row["author"]),
                "is_hotfix": self.is_hotfix(row, service),
            }
            for row in [*self.requests, *self.counted_commits]
            for service in row["owners"]
            if self.is_change(row, service)
        ]

    def is_change(self, row: Row, service: str) -> bool:
        """Tell whether a pull request or commit is a change of a service that it touches."""
        is_by_commit = self.rule("lead_time_of", service) == "commit"
        if row["kind"] == "pull_request":
            return not (is_by_commit and self.commits.get(row["repository"]))
        return row["is_loose"] or is_by_commit

    def team_of(self, author: str | None) -> str | None:
        """Return the first team that has an author as a member."""
        found = (name for name, globs in self.organisation.members if is_one_of(author, globs))
        return next(found, None)

    def is_hotfix(self, row: Row, service: str) -> bool:
        """Tell whether a change is a hotfix by branch, label or title."""
        labels = (row["labels"] or "").split(";")
        return (
            is_one_of(row["branch"], self.rule("hotfix_branches", service))
            or any(is_one_of(label, self.rule("hotfix_labels", service)) for label in labels)
            or is_one_of(row["title"], self.rule("hotfix_titles", service))
        )

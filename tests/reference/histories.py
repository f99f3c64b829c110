"""Random histories of repositories: commits, and the pull requests that brought them."""

from datetime import datetime, timedelta
from typing import Any

from tests.reference.dice import Dice, sha_of
from tests.reference.organisation import Row, Service

BASES = ("main", "main", "topic", None, "main", "hotfix/1", "release")


class Histories(Dice):
    """Makes commits and pull requests."""

    def history(self, repository: str) -> None:
        """Make a commit history by direct commits, squashes and merges, oldest first."""
        self.lines[repository] = line = []
        moment = self.as_of - timedelta(weeks=self.weeks)
        has_requests = self.chance(0.6)
        for _ in range(self.dice.randint(1, 18)):
            moment = self.after(moment + timedelta(hours=self.dice.choice((0, 0, 5, 20, 40))))
            tip = [line[-1]["sha"]] if line else []
            kind = self.dice.choice(("direct", "squash", "merge") if has_requests else ("direct",))
            if kind == "merge" and tip:
                side = tip
                commits = []
                for _ in range(self.dice.randint(1, 3)):
                    commits.append(self.commit(repository, side, moment))
                    side = [commits[-1]["sha"]]
                commits.append(self.commit(repository, [*tip, *side], moment))
                line += commits
            else:
                line.append(self.commit(repository, tip, moment))
            if kind != "direct":
                self.request(repository, line[-1])
        for _ in range(self.dice.choice((0, 0, 2))):
            parent = self.dice.choice(line)["sha"]
            line.insert(0, self.commit(repository, [parent], self.moment()))

    def commit(self, repository: str, parents: list[str], moment: datetime) -> Row:
        """Add one commit; sometimes authored long before, or after, or a revert."""
        known = self.lines[repository]
        reverted = self.dice.choice(known[-3:])["sha"] if known and self.chance(0.25) else None
        skew = timedelta(hours=self.dice.choice((0, 0, 1, 30, -1)))
        row = {
            "repository": repository,
            "sha": sha_of(self.name, repository, self.next_id()),
            "parents": " ".join(parents) or None,
            "authored_at": moment - skew,
            "committed_at": moment if skew else self.maybe(moment),
            "author": self.dice.choice(self.people),
            "subject": 'Revert "x"' if reverted else self.dice.choice(("Add x", "hotfix: y", None)),
            "reverts": reverted and reverted[: self.dice.choice((7, 12, 40))],
            "paths": self.dice.choice(("dir0/x", "dir1/x;dir2/y", "other", None)),
        }
        self.tables["commits"].append(row)
        return row

    def request(self, repository: str, landed: Row) -> None:
        """Add the pull request that a main-line commit landed."""
        merged_at = landed["committed_at"] or landed["authored_at"]
        steps = sorted(merged_at - timedelta(hours=self.dice.randint(0, 60)) for _ in range(4))
        if self.chance(0.15):
            self.dice.shuffle(steps)
        self.add_request(
            steps,
            repository=repository,
            merged_at=merged_at,
            merge_sha=landed["sha"] if self.chance(0.9) else sha_of("unknown", self.next_id()),
        )

    def loose_request(self, service: Service) -> None:
        """Add a pull request that knows little of any repository."""
        steps = sorted(self.moment() for _ in range(5))
        by_service = self.chance(0.6) or not service.repository
        shas = [row["sha"] for row in self.lines.get(service.repository or "", ())]
        self.add_request(
            steps[:4],
            service=self.called(service) if by_service else None,
            repository=self.maybe(service.repository) if by_service else service.repository,
            merged_at=self.maybe(steps[4], 0.85),
            merge_sha=self.maybe(self.dice.choice(shas) if shas else sha_of(self.next_id()), 0.4),
        )

    def add_request(self, steps: list[datetime], **known: Any) -> None:
        """Add a pull request with some of its fields."""
        names = ("first_commit_at", "opened_at", "first_review_at", "approved_at")
        times = {name: self.maybe(step) for name, step in zip(names, steps, strict=True)}
        times["ready_at"] = self.maybe(
            steps[1] + timedelta(hours=self.dice.choice((0, 1, -9))), 0.4
        )
        deployments = [row["deployment_id"] for row in self.tables["deployments"]]
        named = self.dice.choice(deployments) if deployments else None
        self.tables["changes"].append(
            {
                "change_id": self.next_id(),
                **times,
                **known,
                "deployment_id": self.maybe(named, 0.2),
                "author": self.dice.choice(self.people),
                "title": self.dice.choice(("Add x", "Hotfix: y", 'Revert "z"', None)),
                "branch": self.dice.choice(("hotfix/1", "topic", "topic", None)),
                # Only other tools ask for it.
                "base_branch": BASES[len(self.tables["changes"]) % len(BASES)],
                "labels": self.dice.choice(("a;HotFix", "a", None, None, None)),
            }
        )

"""The commit graph of one repository, grown merge by merge as its style of merging says."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1

from connectors.demo.things import Change, Rollout
from connectors.demo.working_time import DAY

FOUNDATIONS = ("Import from the old shop", "Add build and tests", "Add first deployment")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit as git would tell it."""

    repository: str
    sha: str
    parents: tuple[str, ...]
    authored_at: int
    committed_at: int
    author: str
    subject: str
    paths: tuple[str, ...] = ()
    reverts: str = ""


@dataclass(slots=True)
class Repository:
    """Grows a main branch and remembers its tip at every moment."""

    name: str
    style: str
    seed: int
    has_paths: bool = False
    commits: list[Commit] = field(default_factory=list)
    _moved_at: list[int] = field(default_factory=list)
    _tips: list[str] = field(default_factory=list)

    def found(self, begins_at: int) -> None:
        """Make the commits from before the history begins."""
        for count, subject in enumerate(FOUNDATIONS):
            moment = begins_at - (120 - count) * DAY
            parents = tuple(self._tips[-1:])
            self._move(moment, self._commit(parents, moment, moment, "dev-00", subject))

    def tip(self, moment: int) -> str:
        """Find the commit that the main branch pointed to."""
        return self._tips[bisect_right(self._moved_at, moment) - 1]

    def merge(self, change: Change) -> None:
        """Bring ``change`` to the main branch; merges come in the order of their times."""
        ways = {"squash": self._squash, "merge": self._join, "rebase": self._rebase}
        change.merge_sha = (ways[self.style] if change.is_request else self._push)(change)
        self._move(change.merged_at, change.merge_sha)

    def resolve(self, rollouts: Iterable[Rollout], has_dates: bool) -> None:
        """Give each rollout its sha and version, in order."""
        count_on: dict[str, int] = {}
        for rollout in rollouts:
            if rollout.again:
                rollout.sha, rollout.version = rollout.again.sha, rollout.again.version
                continue
            rollout.sha = self._sha_of(rollout)
            day = f"{datetime.fromtimestamp(rollout.finished_at, UTC):%Y.%m.%d}"
            count_on[day] = count_on.get(day, 0) + 1
            has_date = has_dates or rollout.is_without_sha
            rollout.version = f"{day}.{count_on[day]}" if has_date else rollout.sha[:7]

    def _sha_of(self, rollout: Rollout) -> str:
        if rollout.carries:
            rollout.carries.merge_sha = self._branch_off(rollout.carries)
            return rollout.carries.merge_sha
        if rollout.is_lost:
            return sha1(f"{self.seed}/{self.name}/lost".encode()).hexdigest()
        return self.tip(rollout.cut_at)

    def _branch_off(self, change: Change) -> str:
        grows_from = change.grows_from.sha if change.grows_from else self.tip(change.merged_at)
        moment = change.merged_at
        return self._commit((grows_from,), moment, moment, change.author, change.title, change)

    def _squash(self, change: Change) -> str:
        subject = f"{change.title} (!{change.number})"
        moment, parents = change.merged_at, (self._tips[-1],)
        return self._commit(parents, moment, moment, change.author, subject, change)

    def _push(self, change: Change) -> str:
        moment, parents = change.merged_at, (self._tips[-1],)
        return self._commit(parents, moment, moment, change.author, change.title, change)

    def _rebase(self, change: Change) -> str:
        parent = self._tips[-1]
        for authored_at, subject in _steps(change):
            parent = self._commit(
                (parent,), authored_at, change.merged_at, change.author, subject, change
            )
        return parent

    def _join(self, change: Change) -> str:
        parent = self.tip(change.first_commit_at)
        for written_at, subject in _steps(change):
            parent = self._commit((parent,), written_at, written_at, change.author, subject, change)
        subject = f"Merge branch '{change.branch}' (!{change.number})"
        moment, parents = change.merged_at, (self._tips[-1], parent)
        return self._commit(parents, moment, moment, change.author, subject)

    def _move(self, moment: int, sha: str) -> None:
        self._moved_at.append(moment)
        self._tips.append(sha)

    def _commit(
        self,
        parents: tuple[str, ...],
        authored_at: int,
        committed_at: int,
        author: str,
        subject: str,
        change: Change | None = None,
    ) -> str:
        number = len(self.commits)
        sha = sha1(f"{self.seed}/{self.name}/{number}".encode()).hexdigest()
        paths: tuple[str, ...] = ()
        reverts = change.reverts.merge_sha if change and change.reverts else ""
        if self.has_paths and change:
            folders = change.folders or (change.service,)
            paths = tuple(f"{folder}/src/part_{number % 23:02d}.py" for folder in folders)
        self.commits.append(
            Commit(
                self.name, sha, parents, authored_at, committed_at, author, subject, paths, reverts
            )
        )
        return sha


def _steps(change: Change) -> list[tuple[int, str]]:
    """List the commits of a branch, from the first to just before it was opened."""
    span = max(change.opened_at - change.first_commit_at, 0)
    return [
        (
            change.first_commit_at + span * step // change.commit_count,
            change.title if not step else f"{change.title}, step {step + 1}",
        )
        for step in range(change.commit_count)
    ]

"""Branches of the demo that nobody merged yet: two that go on for weeks, and short ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha1

from connectors.demo.changing import NOW
from connectors.demo.graph import Commit, Repository
from connectors.demo.rows import Row, text
from connectors.demo.working_time import DAY, HOUR, working_time

UNREAD = ("loyalty",)
"""Repositories of whose branches nothing is known."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch that left main so many days ago and went on until so many hours ago."""

    repository: str
    began_days_ago: int
    ended_hours_ago: int
    commit_count: int
    subject: str


BRANCHES = (
    Branch("invoicing", 96, 20, 41, "Rewrite tax tables"),
    Branch("stock", 34, 90, 12, "Move warehouse sync"),
    Branch("storefront", 3, 2, 3, "Try ranking weights"),
    Branch("checkout", 1, 1, 2, "Validate delivery window"),
)


def grown(branch: Branch, repository: Repository) -> list[Commit]:
    """Grow a branch from where main was; its commits come in even steps of working time."""
    work = working_time()
    first_at = NOW - branch.began_days_ago * DAY
    first, last = work.position(first_at), work.position(NOW - branch.ended_hours_ago * HOUR)
    parent = repository.tip(first_at)
    made = []
    for step in range(branch.commit_count):
        moment = work.moment(first + (last - first) * step // max(branch.commit_count - 1, 1))
        name = f"{repository.seed}/{repository.name}/branch/{branch.subject}/{step}"
        subject = branch.subject + (f", step {step + 1}" if step else "")
        commit = Commit(
            repository.name, sha1(name.encode()).hexdigest(), (parent,), moment, moment, "dev-00",
            subject, ("src/part_00.py",),
        )  # fmt: skip
        made.append(commit)
        parent = commit.sha
    return made


def branches(repositories: Iterable[Repository]) -> dict[str, list[list[Commit]]]:
    """Return the open branches of each repository whose branches are read."""
    return {
        one.name: [grown(each, one) for each in BRANCHES if each.repository == one.name]
        for one in repositories
        if one.name not in UNREAD
    }


def heads(repositories: Iterable[Repository]) -> Iterator[tuple[str, Row]]:
    """Yield where each main branch is now, with its repository."""
    for one in repositories:
        if one.name not in UNREAD:
            yield one.name, ("main", NOW, text({"sha": one.tip(NOW), "is_default": "true"}))


def tips(grew: dict[str, list[list[Commit]]]) -> Iterator[tuple[str, Row]]:
    """Yield the tip of each open branch, with its repository."""
    for repository, found in grew.items():
        for commits in found:
            sha, at = commits[-1].sha, commits[-1].committed_at
            yield repository, (sha, at, text({"sha": sha}))

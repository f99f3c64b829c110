"""What the simulation makes before it becomes records; all times are UTC seconds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Change:
    """A pull request, or a commit straight to the main branch; numbered and hashed later."""

    service: str
    author: str
    title: str
    branch: str
    first_commit_at: int
    opened_at: int
    merged_at: int
    first_review_at: int | None = None
    approved_at: int | None = None
    labels: tuple[str, ...] = ()
    base_branch: str = "main"
    commit_count: int = 1
    is_request: bool = True
    reverts: Change | None = None
    grows_from: Rollout | None = None
    folders: tuple[str, ...] = ()
    number: int = 0
    merge_sha: str = ""


@dataclass(slots=True, eq=False)
class Run:
    """One deployment to one environment."""

    environment: str
    started_at: int
    finished_at: int
    status: str = "success"


@dataclass(slots=True, eq=False)
class Rollout:
    """One version on its way; it carries what was on the main branch at ``cut_at``.

    ``again`` is the rollout whose version this one deploys once more, ``carries`` a change
    of a release branch. Kinds are planned, failed, rollback, hotfix, revert and redeployment.
    """

    service: str
    kind: str
    cut_at: int
    author: str
    runs: list[Run]
    again: Rollout | None = None
    carries: Change | None = None
    changes: list[Change] = field(default_factory=list)
    is_failure: bool = False
    is_lost: bool = False
    is_without_sha: bool = False
    number: int = 0
    sha: str = ""
    version: str = ""

    @property
    def finished_at(self) -> int:
        """Say when the first production environment had it, or staging where it went no further."""
        production = (run for run in self.runs if run.environment != "staging")
        return next(production, self.runs[-1]).finished_at

    @property
    def ended_at(self) -> int:
        """Say when the last environment had it."""
        return self.runs[-1].finished_at


@dataclass(slots=True, eq=False)
class Incident:
    """Trouble; ``{sha}`` and ``{version}`` in the title stand for the rollout's."""

    service: str | None
    title: str
    severity: str
    started_at: int
    acknowledged_at: int | None
    resolved_at: int | None
    rollout: Rollout | None = None
    is_explicit: bool = False


@dataclass(slots=True)
class History:
    """Everything that happened to one service."""

    changes: list[Change] = field(default_factory=list)
    rollouts: list[Rollout] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

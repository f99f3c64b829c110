"""What happens in a repository of the made-up GitHub: deployments, releases, runs, issues.

Every method happens at the moment that ``github.now`` says. Attributes have the names of
GitHub's GraphQL fields, in lower case with underscores.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tests.hosts.github_nodes import Thing
from tests.hosts.github_pulls import Event


@dataclass(eq=False)
class Status(Thing):
    """One state that a deployment took."""

    deployment: "Deployment"
    state: str
    creator: str
    prefix: ClassVar[str] = "DES"


@dataclass(eq=False)
class Deployment(Thing):
    """A deployment. Make one with ``repository.deploy``."""

    environment: str
    commit_oid: str
    ref_name: str | None
    task: str = "deploy"
    creator: str = "ada"
    description: str | None = None
    statuses: list[Status] = field(default_factory=list)
    original_environment: str = field(init=False)
    prefix: ClassVar[str] = "DE"

    def __post_init__(self):
        super().__post_init__()
        self.original_environment = self.environment

    def status(self, state: str, creator: str | None = None) -> Status:
        """Let it take a state: queued, in_progress, success, failure, error, inactive, ..."""
        self.statuses.append(Status(self.repository, self, state.upper(), creator or self.creator))
        self.touch()
        return self.statuses[-1]

    @property
    def state(self) -> str:
        """Return GitHub's summary."""
        latest = self.statuses[-1].state if self.statuses else "PENDING"
        return "ACTIVE" if latest == "SUCCESS" else latest


@dataclass(eq=False)
class Release(Thing):
    """A release. Make one with ``repository.release``; ``created_at`` is its commit's time."""

    tag_name: str
    name: str | None
    oid: str | None
    author: str
    is_draft: bool = False
    is_prerelease: bool = False
    published_at: datetime | None = None
    prefix: ClassVar[str] = "RE"

    def publish(self) -> None:
        """Publish a draft: the tag is made now."""
        self.repository.publish(self)

    def tagged(self) -> str | None:
        """Return the commit of its tag; a draft has none."""
        return self.repository.commit_tagged(self.tag_name)

    def delete(self) -> None:
        """Remove it; its tag stays."""
        self.repository.releases.remove(self)


@dataclass(eq=False)
class Job(Thing):
    """A job of a workflow run."""

    run: "Run"
    name: str
    status: str = "in_progress"
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    prefix: ClassVar[str] = "CR"


@dataclass(eq=False)
class Run(Thing):
    """A workflow run. Make one with ``repository.run``."""

    name: str
    path: str
    workflow_id: int
    head_sha: str
    head_branch: str
    event: str
    actor: str
    run_number: int
    status: str = "in_progress"
    conclusion: str | None = None
    run_attempt: int = 1
    run_started_at: datetime | None = None
    jobs: list[Job] = field(default_factory=list)
    prefix: ClassVar[str] = "WFR"

    def finish(self, conclusion: str = "success", at: str | datetime | None = None) -> None:
        """End all jobs that are running, and with them the run."""
        ended = self.repository.state.moment(at)
        for job in self.jobs:
            if job.status != "completed":
                job.status, job.conclusion, job.completed_at = "completed", conclusion, ended
        self.status, self.conclusion, self.updated_at = "completed", conclusion, ended

    def rerun(self) -> None:
        """Begin another attempt."""
        self.run_attempt += 1
        self.status, self.conclusion = "in_progress", None
        self.run_started_at = self.repository.state.now
        self.jobs = self.repository.jobs(self, [job.name for job in self.jobs])
        self.touch()


@dataclass(eq=False)
class Issue(Thing):
    """An issue. Make one with ``repository.issue``."""

    number: int
    title: str
    author: str | None
    body: str = ""
    labels: list[str] = field(default_factory=list)
    type: str | None = None
    closed_at: datetime | None = None
    state_reason: str | None = None
    events: list[Event] = field(default_factory=list)
    prefix: ClassVar[str] = "I"

    @property
    def state(self) -> str:
        """Return OPEN or CLOSED."""
        return "CLOSED" if self.closed_at else "OPEN"

    def assign(self, by: str | None = "bo") -> None:
        """Let somebody take it."""
        self.events.append(Event(self.repository, "AssignedEvent", by))
        self.touch()

    def close(self, reason: str = "completed") -> None:
        """Close it: completed, not_planned or duplicate."""
        self.closed_at, self.state_reason = self.repository.state.now, reason.upper()
        self.touch()

    def reopen(self) -> None:
        """Open it again."""
        self.closed_at, self.state_reason = None, "REOPENED"
        self.touch()

    def label(self, *names: str) -> None:
        """Set its labels."""
        self.labels = [*names]
        self.touch()

    def edit(self, *, title: str | None = None, body: str | None = None) -> None:
        """Change its words."""
        self.title, self.body = title or self.title, self.body if body is None else body
        self.touch()

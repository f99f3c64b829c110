"""Pull requests of the made-up GitHub, their reviews and their timelines."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tests.hosts.github_nodes import Thing


@dataclass(eq=False)
class Event(Thing):
    """Something in a pull request's timeline; ``kind`` is the GraphQL type."""

    kind: str
    actor: str | None = None
    pull: "Pull | None" = None
    commit_oid: str | None = None
    prefix: ClassVar[str] = "EV"


@dataclass(eq=False)
class Review(Thing):
    """A review: ``state`` is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING."""

    pull: "Pull"
    author: str | None
    state: str
    body: str = ""
    prefix: ClassVar[str] = "PRR"

    @property
    def submitted_at(self) -> datetime | None:
        """Return when it was submitted."""
        return None if self.state == "PENDING" else self.created_at


@dataclass(eq=False)
class Pull(Thing):
    """A pull request. Make one with ``repository.pull``."""

    number: int
    title: str
    author: str | None
    head_ref_name: str
    base_ref_name: str
    body: str = ""
    is_draft: bool = False
    is_cross_repository: bool = False
    labels: list[str] = field(default_factory=list)
    commit_oids: list[str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    merge_oid: str | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    enqueued_at: datetime | None = None
    merged_by: str | None = None
    prefix: ClassVar[str] = "PR"

    @property
    def state(self) -> str:
        """Return OPEN, MERGED or CLOSED."""
        return "MERGED" if self.merged_at else "CLOSED" if self.closed_at else "OPEN"

    def review(self, state: str = "approved", by: str | None = "bo") -> Review:
        """Review it: approved, changes_requested, commented, dismissed or pending."""
        self.reviews.append(Review(self.repository, self, by, state.upper()))
        self.touch()
        return self.reviews[-1]

    def ready(self, by: str | None = None) -> None:
        """Mark the draft as ready for review."""
        self.is_draft = False
        self.tell("ReadyForReviewEvent", by or self.author)

    def draft(self, by: str | None = None) -> None:
        """Make it a draft again."""
        self.is_draft = True
        self.tell("ConvertToDraftEvent", by or self.author)

    def push(self, *authored_ats: str, message: str | None = None) -> list[str]:
        """Add a commit authored at each moment (default: one, now); return the shas."""
        shas = self.repository.commit_to(
            self, authored_ats or (self.repository.state.now,), message
        )
        self.touch()
        return shas

    def force_push(self, *authored_ats: str) -> list[str]:
        """Replace the commits of the branch."""
        self.commit_oids.clear()
        self.tell("HeadRefForcePushedEvent", self.author)
        return self.push(*authored_ats)

    def edit(self, *, title: str | None = None, body: str | None = None) -> None:
        """Change its words."""
        self.title, self.body = title or self.title, self.body if body is None else body
        self.touch()

    def label(self, *names: str) -> None:
        """Set its labels."""
        self.labels = [*names]
        self.touch()

    def close(self, by: str | None = None) -> None:
        """Close it without merging."""
        self.closed_at = self.repository.state.now
        self.tell("ClosedEvent", by or self.author)

    def reopen(self, by: str | None = None) -> None:
        """Open it again."""
        self.closed_at = None
        self.tell("ReopenedEvent", by or self.author)

    def enqueue(self, by: str | None = "bo") -> None:
        """Put it into the merge queue; ``merge`` takes it out."""
        self.enqueued_at = self.repository.state.now
        self.tell("AddedToMergeQueueEvent", by)

    def merge(self, method: str = "merge", by: str | None = "bo") -> str:
        """Merge it: merge, squash or rebase; return the sha that arrived on the base."""
        return self.repository.merge(self, method, by)

    def tell(self, kind: str, actor: str | None, commit_oid: str | None = None) -> None:
        """Add to the timeline."""
        self.events.append(Event(self.repository, kind, actor, self, commit_oid))
        self.touch()

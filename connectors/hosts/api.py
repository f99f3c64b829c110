"""What a code host's API must offer, in the words that both hosts share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from connectors.hosts.survey import Survey
from connectors.records import Batch, Cursor, Failure

# Deployments first: numbers can be shown while the rest is read.
ENTITIES = ("deployments", "runs", "releases", "issues", "changes", "settings")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as the host lists it now.

    ``newest`` tells for each entity the latest time by which its pages are ordered, null where it
    has none, so that a repository without anything new costs no call; an entity that it leaves
    out is always asked. ``active_at`` is when somebody last pushed to it, or did more where the
    host tells.
    """

    id: str
    full_name: str
    url: str
    default_branch: str | None = None
    is_archived: bool = False
    is_fork: bool = False
    created_at: datetime | None = None
    active_at: datetime | None = None
    environments: tuple[str, ...] = ()
    newest: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that was looked at on behalf of doctor, in words that lead to the fix."""

    subject: str
    said: str
    level: Literal["ok", "look", "mend"] = "ok"


def samples(repositories: Iterable[Repository]) -> list[Repository]:
    """Return one repository of each owner, one that is in use if there is any."""
    found: dict[str, Repository] = {}
    for one in sorted(repositories, key=lambda one: one.is_archived):
        found.setdefault(one.full_name.partition("/")[0], one)
    return list(found.values())


class Api(Protocol):
    """Reads one host; safe to use from several threads."""

    @property
    def host(self) -> str:
        """The name of the host, as in addresses."""
        ...

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield every repository that the configured globs name, with what is newest in it.

        An owner or repository that can't be listed is a Failure, its name the scope; what is
        wrong with the host or the credentials is raised as SourceError.
        """
        ...

    def batches(
        self, entity: str, repository: Repository, scope: str, cursor: Cursor
    ) -> Iterator[Batch]:
        """Yield what one repository has of one of ENTITIES since ``cursor``."""
        ...

    def clone_url(self, repository: Repository) -> str:
        """Return the address that git reads it at, with credentials."""
        ...

    def survey(self, repository: Repository) -> Survey:
        """Look at what the repository really uses, for a first configuration."""
        ...

    def access(self) -> Iterator[Access]:
        """Yield what the credentials can and can not see, and the quota left."""
        ...

"""GitHub as a code host: what is read of each repository, and by which queries."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.github import changes, deployments, releases, runs
from connectors.github.access import access
from connectors.github.client import Client
from connectors.github.found import Seen
from connectors.github.issue_types import Types
from connectors.github.issues import Reading, Wanted, is_short
from connectors.github.listing import Listing
from connectors.github.settings import Settings
from connectors.github.surveying import survey
from connectors.hosts.api import Access, Repository
from connectors.hosts.survey import Survey
from connectors.hosts.walking import is_unchanged, stamp
from connectors.records import Batch, Cursor, Failure


@dataclass(slots=True)
class GitHub:
    """Reads one GitHub; safe to use from several threads."""

    host: str
    url: str
    client: Client = field(repr=False)
    patterns: Sequence[str]
    since: datetime | None
    wanted: Wanted
    run_globs: Sequence[str]
    say: Callable[[str], None] = field(repr=False)
    seen: dict[str, Seen] = field(default_factory=dict, init=False, repr=False)
    types: Types = field(init=False, repr=False)
    settings: Settings = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.types = Types(self.client, self._owner, bool(self.wanted.types))
        self.settings = Settings(self.client, say=self.say)

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield the configured repositories, with what is newest in each."""
        found = Listing(self.client, self.patterns, self.say)
        for one in found.repositories():
            if isinstance(one, Repository):
                self.seen[one.id] = found.seen[one.id]
            yield one

    def batches(
        self, entity: str, repository: Repository, scope: str, cursor: Cursor
    ) -> Iterator[Batch]:
        """Yield what a repository has of one entity since the cursor."""
        known: dict[str, Any] = dict(cursor) if isinstance(cursor, Mapping) else {}
        if not known and entity in repository.newest and repository.newest[entity] is None:
            return
        seen = self.seen.get(repository.id, Seen())
        client, since = self.client, self.since
        if entity == "settings":
            yield from self.settings.batches(repository, scope, known)
        elif entity == "changes":
            yield from changes.batches(client, repository, scope, known, since)
        elif entity == "deployments":
            yield from deployments.batches(client, repository, scope, known, since)
        elif entity == "releases" and (seen.releases or known or not seen.is_known):
            yield from releases.batches(client, repository, scope, known, since, seen.releases)
        elif entity == "runs" and self.run_globs:
            yield from runs.batches(client, repository, scope, known, since, self.run_globs)
        elif entity == "issues" and self._has_issues(known, seen):
            reading = Reading(
                client, repository, scope, self.wanted, self.types, since, seen.issues, known
            )
            yield from reading.batches()

    def clone_url(self, repository: Repository) -> str:
        """Return the address that git reads the repository at, with credentials."""
        parts = urlsplit(self.url)
        token = quote(self.client.token(repository.full_name.partition("/")[0]), safe="")
        return f"{parts.scheme}://x-access-token:{token}@{parts.netloc}/{repository.full_name}.git"

    def survey(self, repository: Repository) -> Survey:
        """Look at what the repository really uses."""
        return survey(self.client, repository, Types(self.client, self._owner))

    def access(self) -> Iterator[Access]:
        """Yield what the credentials can and can not see, and the quota left."""
        yield from access(self.client, self._owner, self.repositories, self.settings.access)

    def _has_issues(self, known: Mapping[str, Any], seen: Seen) -> bool:
        """Tell whether there may be incidents that are not read."""
        if not self.wanted or (seen.is_known and seen.issues is None and not known):
            return False
        if not seen.is_known or not is_unchanged(known, seen.issues):
            return True
        floor = stamp(self.since) if self.since else None
        lanes = known.get("lanes") or {}
        wanted = self.wanted.names()
        return any(name not in lanes or is_short(lanes[name], floor) for name in wanted)

    @property
    def _owner(self) -> str:
        return self.patterns[0].partition("/")[0]

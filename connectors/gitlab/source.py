"""One GitLab, in the words that code hosts share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from connectors.gitlab import access, surveying
from connectors.gitlab.changes import Changes
from connectors.gitlab.client import Client
from connectors.gitlab.deployments import Deployments, Tiers
from connectors.gitlab.issues import Issues
from connectors.gitlab.job_token import UNSEEN, job_repositories
from connectors.gitlab.judging import Forbidden
from connectors.gitlab.listing import Projects
from connectors.gitlab.paging import Listing, Made
from connectors.gitlab.releases import Releases
from connectors.gitlab.runs import Runs
from connectors.gitlab.settings import Settings
from connectors.hosts.api import Access, Repository
from connectors.hosts.survey import Survey
from connectors.hosts.walking import Walk, parsed
from connectors.records import Batch, Cursor, Failure, Record

PATHS = {
    "changes": "merge_requests",
    "deployments": "deployments",
    "runs": "pipelines",
    "issues": "issues",
}
FEATURES = {
    "changes": ("merge_requests_access_level",),
    "deployments": ("environments_access_level", "builds_access_level"),
    "runs": ("builds_access_level",),
    "releases": ("releases_access_level", "repository_access_level"),
    "issues": ("issues_access_level",),
}
UNSEEN_BY_JOBS = ("runs", "issues", "settings")


@dataclass(frozen=True, slots=True)
class GitLab:
    """Reads one GitLab; what is collected of issues and runs is what the settings name."""

    client: Client
    host: str
    names: tuple[str, ...]
    since: datetime | None
    labels: tuple[str, ...]
    types: tuple[str, ...]
    globs: tuple[str, ...]
    say: Callable[[str], None]
    told: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield every project that is named."""
        if self.client.job_token:
            self.say(f"{self.host}: {UNSEEN}")
            return job_repositories(self.client, self.names)
        return Projects(self.client, self.names).repositories()

    def batches(
        self, entity: str, repository: Repository, scope: str, cursor: Cursor
    ) -> Iterator[Batch]:
        """Yield what one project has of ``entity`` since ``cursor``."""
        is_unseen = bool(self.client.job_token) and entity in UNSEEN_BY_JOBS
        if is_unseen or (entity == "runs" and not self.globs):
            return
        if entity == "settings":
            yield from self._settings.batches(repository, scope, dict(cursor or {}))
            return
        try:
            yield from self._walked(entity, repository, scope, dict(cursor or {}))
        except Forbidden:
            if not self._is_off(entity, repository):
                raise

    def _walked(
        self, entity: str, repository: Repository, scope: str, cursor: dict[str, Any]
    ) -> Iterator[Batch]:
        rule = self._rule(entity)
        if cursor.get("rule", rule) != rule:
            # Other names are asked for than before: all is read again.
            cursor = {"known": cursor.get("known", [])}
        known = {int(one) for one in cursor.get("known", ())}
        if entity == "releases":
            page = Releases(self.client, repository).page
            walk = Walk(entity, scope, page, cursor, self.since, is_numbered=True)
        else:
            walk = self._listed(entity, repository, scope, cursor, known)
        for batch in walk.batches():
            kept = {"rule": rule} if rule else {}
            more = {"known": sorted(known)} if entity == "issues" else {}
            yield replace(batch, rows=told(batch), cursor={**batch.cursor, **kept, **more})

    def _listed(
        self,
        entity: str,
        repository: Repository,
        scope: str,
        cursor: Mapping[str, Any],
        known: set[int],
    ) -> Walk:
        """Return the walk over a listing that is ordered by when its objects changed."""
        path = f"/projects/{repository.id}/{PATHS[entity]}"
        what = f"{entity} of {repository.full_name}"
        query = {"scope": "all", "state": "all"} if entity in ("changes", "issues") else {}
        made = self._made(entity, repository, known)
        listing = Listing(self.client, path, repository.id, what, made, query=query)
        walk = Walk(entity, scope, listing.page, cursor, self.since)
        # The walk keeps the day that it went back to first.
        listing.floor = walk.floor
        listing.is_read = lambda at: is_read(walk.state, at)
        return walk

    def _made(self, entity: str, repository: Repository, known: set[int]) -> Made:
        """Return what makes items of the rows of a listing."""
        client = self.client
        if entity == "changes":
            return Changes(client, repository, has_details=not client.job_token).made
        if entity == "deployments":
            return Deployments(repository, Tiers(client, repository)).made
        if entity == "runs":
            return Runs(client, repository, self.globs).made
        return Issues(client, repository, self.labels, self.types, known).made

    def _rule(self, entity: str) -> list[str]:
        rules = {
            "runs": sorted(self.globs),
            "issues": [*sorted(self.labels), "", *sorted(self.types)],
        }
        return rules.get(entity, [])

    def _is_off(self, entity: str, repository: Repository) -> bool:
        """Tell whether the project does not have the feature at all, so that nothing lacks."""
        found = self.client.get(f"/projects/{repository.id}", f"project {repository.full_name}")
        return any(found.body.get(name) == "disabled" for name in FEATURES[entity])

    def clone_url(self, repository: Repository) -> str:
        """Return the address that git reads the project at, with the token in it."""
        parts = urlsplit(f"{self.client.url}/{repository.full_name}.git")
        user = "gitlab-ci-token" if self.client.job_token else "oauth2"
        token = self.client.job_token or self.client.token
        if not token:
            return parts.geturl()
        place = f"{user}:{quote(token, safe='')}@{parts.netloc}"
        return urlunsplit((parts.scheme, place, parts.path, "", ""))

    def survey(self, repository: Repository) -> Survey:
        """Look at what a project really uses."""
        return surveying.survey(self.client, repository)

    def access(self) -> Iterator[Access]:
        """Yield what the token can and can not see, and the quota."""
        return access.told(self.client, self.repositories, self._settings.access)

    @property
    def _settings(self) -> Settings:
        return Settings(self.client, say=self.say, told=self.told)


def is_read(state: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether what changed then is landed, so that nothing more need be asked about it."""
    until, newest = parsed(state.get("until")), parsed(state.get("newest"))
    is_settled = bool(state.get("is_settled")) and newest is not None and at <= newest
    return is_settled or (until is not None and at < until)


def told(batch: Batch) -> list[Record]:
    """Return the records of a batch without those that only keep the order of pages."""
    records = [row for row in batch.rows if isinstance(row, Record)]
    return [record for record in records if record.payload or record.is_deleted]

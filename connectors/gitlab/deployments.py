"""Deployments with their environments' tiers.

GitLab lists them by when they changed last, so one whose status changes late comes by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab.client import Client
from connectors.gitlab.judging import Forbidden
from connectors.gitlab.paging import Row, check
from connectors.gitlab.payloads import is_bot, login, time, told
from connectors.hosts.api import Repository
from connectors.hosts.walking import Item
from connectors.records import Record

FINAL: Final = ("success", "failed", "canceled", "skipped")
# Review apps make thousands of environments; those beyond have no tier.
MOST_PAGES: Final = 10


@dataclass(slots=True)
class Tiers:
    """The tiers of one project's environments, read as far as they are asked for."""

    client: Client
    repository: Repository
    _known: dict[str, str | None] = field(default_factory=dict, init=False)
    _page: int | None = field(default=1, init=False)

    def of(self, environments: set[str]) -> Mapping[str, str | None]:
        """Return the tiers of environments by their ids."""
        while self._page is not None and not environments <= self._known.keys():
            self._read(self._page)
        return self._known

    def _read(self, page: int) -> None:
        what = f"environments of {self.repository.full_name}"
        path = f"/projects/{self.repository.id}/environments"
        try:
            reply = self.client.rows(path, what, per_page=100, page=page)
        except Forbidden:
            self._page = None
            return
        fresh = {str(found["id"]): found.get("tier") for found in reply.body}
        if page > 1 and fresh and fresh.keys() <= self._known.keys():
            raise SourceUnavailable(f"GitLab, {what}: its pages repeat; refresh again")
        self._known |= fresh
        self._page = page + 1 if reply.is_more and page < MOST_PAGES else None


@dataclass(frozen=True, slots=True)
class Deployments:
    """Makes the items of one project's deployments."""

    repository: Repository
    tiers: Tiers

    def made(self, rows: Sequence[Row]) -> list[Item]:
        """Return the items of a page."""
        environments = {str((row.body.get("environment") or {}).get("id")) for row in rows}
        tiers = self.tiers.of(environments - {"None"}) if rows else {}
        return [self._item(row, tiers) for row in rows]

    def _item(self, row: Row, tiers: Mapping[str, str | None]) -> Item:
        body = row.body
        environment, job = body.get("environment") or {}, body.get("deployable") or {}
        what = f"deployments of {self.repository.full_name}"
        check(job.get("pipeline") or {}, self.repository.id, what)
        user = body.get("user") or job.get("user")
        place = f"{self.repository.url}/-/environments/{environment.get('id')}"
        payload = told(
            environment=environment.get("name"),
            tier=environment.get("tier") or tiers.get(str(environment.get("id"))),
            sha=body.get("sha"),
            ref=body.get("ref"),
            is_tag=job.get("tag"),
            author=login(user),
            is_bot=is_bot(user),
            created_at=time(body["created_at"]),
            statuses=" ".join(statuses(body, job)),
            url=job.get("web_url") or (place if environment else None),
        )
        return Item(Record("deployments", row.id, payload, "", row.at), row.at)


def statuses(body: Mapping[str, Any], job: Mapping[str, Any]) -> list[str]:
    """Return what is known of a deployment's course, oldest first.

    One that a job made ended when its job did; one made through the API when it changed last.
    """
    created, changed = time(body["created_at"]), time(body.get("updated_at"))
    status = str(body["status"]).lower() if body.get("status") else job.get("status")
    started = time(job.get("started_at"))
    course = [f"created@{created}"]
    if started:
        course.append(f"running@{started}")
    if status in FINAL:
        course.append(f"{status}@{time(job.get('finished_at')) or changed or created}")
    elif status not in (None, "created") and not (status == "running" and started):
        course.append(f"{status}@{changed or created}")
    return course

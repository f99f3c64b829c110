"""Jira and Jira Service Management: issues that a JQL calls incidents, the latest changed first.

Cloud pages by tokens (REST v3), a data center by numbers (v2). JQL reads times in the zone of the
token's owner; so what is asked for begins days earlier, and ends where all is read already.
"""

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.errors import SourceError, SourceMisconfigured
from connectors.hosts.api import Access
from connectors.hosts.walking import Item, Page, PageGone
from connectors.pagers import payloads
from connectors.pagers.client import Client, connected
from connectors.pagers.jira_courses import course, duplicate_of, first, histories
from connectors.pagers.jira_fields import OURS, Site
from connectors.pagers.jira_text import plain, values
from connectors.pagers.judging import Body, Rejected
from connectors.pagers.paging import Part, every
from connectors.pagers.watching import Watch
from connectors.records import Batch, Cursor, Record

NEEDS: Final = (
    "an API token of Atlassian with `user` beside it (cloud), or a personal access token (data "
    "center), of someone who may browse the project"
)
PAGE: Final = 100
# Wherever on earth the token's owner lives, and whatever the clocks say.
SLACK: Final = timedelta(days=2)


@dataclass(slots=True)
class Jira:
    """Reads one site."""

    client: Client
    host: str
    since: datetime | None
    told: str | None
    site: Site

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one listing that there is."""
        return ("issues",) if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield issues that changed since; those that are no incidents any more as tombstones."""
        jql = self.site.jql(self.told)
        rule = f"{jql} {sorted(self.site.ids().items())}"
        state = dict(cursor or {})
        known, stale = set(state.pop("known", ())), set(state.pop("stale", ()))
        if state.pop("rule", rule) != rule:
            # Other issues are asked for than before: all is read again.
            state, stale = {}, known
        again = Again(self, jql)
        walk = Watch(
            entity,
            scope,
            self._pages(jql, lambda: walk),
            state,
            self.since,
            again=again.items,
            # What a token of the cloud stands for is not said; it may well be a number.
            is_numbered=True,
        )
        for batch in walk.batches():
            rows = [row for row in batch.rows if isinstance(row, Record)]
            known |= {row.record_id for row in rows if not row.is_deleted}
            known -= {row.record_id for row in rows if row.is_deleted}
            stale -= {row.record_id for row in rows}
            kept = {"rule": rule, "known": sorted(known), "stale": sorted(stale)}
            yield replace(batch, cursor={**batch.cursor, **kept})
        if stale:
            gone = [Record("incidents", name, {}, is_deleted=True) for name in sorted(stale)]
            kept = {"rule": rule, "known": sorted(known - stale)}
            yield Batch(entity, scope, gone, {**walk.state, **kept})

    def access(self) -> Iterator[Access]:
        """Yield who the token is, and whether the JQL finds anything."""
        try:
            self.client.get(f"{self.site.api}/myself", "the token")
            jql = self.site.jql(self.told)
            self.site.ids()
            found = self._search(jql, None, "key", 1)["issues"]
        except SourceError as error:
            yield Access("token", str(error), "mend")
            return
        kind = "Jira Cloud" if self.site.is_cloud else "Jira Data Center"
        yield Access("server", kind)
        said = "finds issues" if found else "finds no issue, or none that the token may see"
        yield Access("jql", f"{jql} {said}", "ok" if found else "look")

    def _pages(self, jql: str, walk: Callable[[], Watch]) -> Callable[[str | None], Page]:
        """Return how to fetch pages of what changed lately."""

        def page(token: str | None) -> Page:
            bottom = walk().bottom
            asked = f"({jql}){lately(bottom)} ORDER BY updated DESC, key DESC"
            try:
                answer = self._search(asked, token, self.site.asked(), PAGE)
            except Rejected as error:
                if token is not None:
                    raise PageGone from error
                raise SourceMisconfigured(f"{error}: mend `jql`") from error
            issues = answer["issues"]
            return Page(self.items(issues), following(answer, token), self.client.now(), None)

        return page

    def _search(self, jql: str, token: str | None, fields: str, size: int) -> Any:
        query: dict[str, Any] = {"jql": jql, "fields": fields, "maxResults": size}
        if self.site.is_cloud:
            query |= {"nextPageToken": token} if token else {}
            return self.client.get("/rest/api/3/search/jql", "issues", query, holds="issues")
        query |= {"startAt": int(token or 0), "expand": "changelog"}
        return self.client.get("/rest/api/2/search", "issues", query, holds="issues")

    def items(self, issues: Sequence[Body]) -> list[Item]:
        """Return issues with their courses."""
        logs = histories(self.client, self.site, issues)
        return [self._item(issue, logs.get(str(issue["id"]), [])) for issue in issues]

    def _item(self, issue: Body, log: Sequence[Body]) -> Item:
        fields, ids, name = issue.get("fields") or {}, self.site.ids(), str(issue["id"])
        found = course(self.site, fields, log)
        created, updated = first(fields, "created"), first(fields, "updated", "created")
        if created is None or updated is None:
            raise SourceMisconfigured(f"Jira, issue {issue.get('key')}: it has no times")
        components = values(fields.get("components"))
        services = values(fields.get(ids.get("services", ""))) or components
        payload = payloads.incident(
            incident_id=str(issue["key"]),
            title=fields.get("summary"),
            body=plain(fields.get("description")),
            services=services,
            components=components,
            severity=single(fields, ids.get("severity")),
            urgency=single(fields, ids.get("urgency")),
            priority=single(fields, "priority"),
            status=single(fields, "status"),
            started_at=first(fields, ids.get("started", "")) or created,
            course=found,
            merged_into=duplicate_of(fields),
            labels=fields.get("labels") or (),
            url=f"{self.client.url}/browse/{issue['key']}",
        )
        record = Record("incidents", name, payload, "", updated)
        return Item(record, updated, None if found.resolved_at else name, created)


@dataclass(frozen=True, slots=True)
class Again:
    """Looks at open issues once more: one that is no incident any more is not found."""

    api: Jira
    jql: str

    def items(self, ids: Sequence[str]) -> Page:
        """Return issues as they are now, those not found as tombstones."""
        found = {item.record.record_id: item for item in self._found(ids)}
        now = self.api.client.now()
        items = [
            found.get(name) or Item(Record("incidents", name, {}, is_deleted=True), now)
            for name in ids
        ]
        return Page(items, None, now)

    def _found(self, ids: Sequence[str]) -> list[Item]:
        jql = f"({self.jql}) AND id in ({', '.join(ids)}) ORDER BY key DESC"

        def fetch(token: str | None) -> Part:
            answer = self.api._search(jql, token, self.api.site.asked(), PAGE)
            return Part(answer["issues"], following(answer, token))

        try:
            found = every(fetch, "Jira, open issues")
        except Rejected:
            # An id that is gone makes Jira refuse the whole question.
            if len(ids) == 1:
                return []
            middle = len(ids) // 2
            return [*self._found(ids[:middle]), *self._found(ids[middle:])]
        return self.api.items(found)


def lately(bottom: datetime | None) -> str:
    """Return the part of a JQL that leaves out what is read already, and keeps some of it."""
    return f' AND updated >= "{bottom - SLACK:%Y-%m-%d}"' if bottom else ""


def following(answer: Mapping[str, Any], token: str | None) -> str | None:
    """Return the token of the next page."""
    if "startAt" not in answer:
        return answer.get("nextPageToken") or None
    reached = int(token or 0) + len(answer["issues"])
    is_more = bool(answer["issues"]) and reached < int(answer.get("total") or 0)
    return str(reached) if is_more else None


def single(fields: Mapping[str, Any], name: str | None) -> str | None:
    """Return the one value of a field."""
    return next(iter(values(fields.get(name or ""))), None)


def connect(
    *,
    url: str,
    token: str,
    user: str | None = None,
    jql: str | None = None,
    fields: Mapping[str, str] | None = None,
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Jira:
    """Return what reads one site; nothing is asked yet.

    ``fields`` names the fields that mean started, acknowledged, resolved, severity, urgency and
    services, by id or by name.
    """
    basic = base64.b64encode(f"{user}:{token}".encode()).decode()
    signed = f"Basic {basic}" if user else f"Bearer {token}"
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "Jira", NEEDS, signed, ca=ca, **asking)
    client.secrets += (token,)
    host = urlsplit(url).hostname or ""
    return Jira(client, host, since, jql, Site(client, host, {**OURS, **(fields or {})}))

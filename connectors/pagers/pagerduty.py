"""PagerDuty: incidents with their courses, and change events as deployments.

Incidents are listed by when they began. What became of earlier ones meanwhile is told by the
account's log, so that one that is resolved weeks later costs no more than one that is not.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.hosts.walking import OVERLAP, Item, parsed, stamp
from connectors.pagers import payloads
from connectors.pagers.client import QUOTA
from connectors.pagers.judging import Body, Missing
from connectors.pagers.pagerduty_changes import deployment
from connectors.pagers.pagerduty_client import PagerDutyClient, connected
from connectors.pagers.pagerduty_log import Log, course
from connectors.pagers.paging import Part, Windows, bisected, every, offsets
from connectors.pagers.watching import Watch, chunks
from connectors.records import Batch, Cursor, Record

URL: Final = "https://api.pagerduty.com"
EUROPE: Final = "https://api.eu.pagerduty.com"
PAGE: Final = 100
MOST: Final = 10_000
AT_ONCE: Final = 50
# Before that there was no PagerDuty.
EARLIEST: Final = datetime(2009, 1, 1, tzinfo=UTC)
SCOPES: Final = {"incidents": ("incidents",), "deployments": ("change_events",)}


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """Reads one account."""

    client: PagerDutyClient
    host: str
    since: datetime | None
    log: Log

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one listing that an entity is read from."""
        return SCOPES[entity]

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield incidents, or the change events that are deployments."""
        found = dict(cursor or {})
        if entity == "deployments":
            yield from self._walk(entity, scope, found, self._deployments).batches()
        else:
            yield from self._incidents(scope, found)

    def access(self) -> Iterator[Access]:
        """Yield whether the token reads incidents, how many services there are, and the quota."""
        try:
            query = {"limit": 1, "total": "true"}
            total = self.client.get("/services", "services", query, holds="services").get("total")
            self.client.get("/incidents", "incidents", {"limit": 1}, holds="incidents")
            self.client.get("/change_events", "change events", {"limit": 1}, holds="change_events")
        except SourceError as error:
            yield Access("token", str(error), "mend")
            return
        yield Access("services", f"{total} seen" if total is not None else "seen")
        known = self.client.asker.quotas.get(QUOTA)
        if known:
            reserve = f"{self.client.asker.reserve:.0%} are left to others"
            said = f"{known.remaining:,} of {known.limit:,} requests left; {reserve}"
            yield Access("quota", said)

    def _incidents(self, scope: str, cursor: dict[str, Any]) -> Iterator[Batch]:
        """Yield incidents that began since, and then those that the log says have changed."""
        logged = cursor.pop("logged", None)
        walk = self._walk("incidents", scope, cursor, self._began)
        seen: set[str] = set()
        started: str | None = None
        for batch in walk.batches():
            started = started or stamp(self.client.now() - OVERLAP)
            seen |= {row.record_id for row in batch.rows if isinstance(row, Record)}
            yield replace(batch, cursor={**batch.cursor, "logged": logged or started})
        if logged is None:
            return
        changed = self.log.changed(parsed(logged) or EARLIEST, self.client.now())
        for ids in chunks(sorted(changed - seen), AT_ONCE):
            rows = [record for name in ids for record in self._again(name)]
            yield Batch("incidents", scope, rows, {**walk.state, "logged": logged})
        yield Batch("incidents", scope, [], {**walk.state, "logged": started})

    def _walk(
        self,
        entity: str,
        scope: str,
        cursor: Mapping[str, Any],
        read: Callable[[datetime, datetime], Sequence[Item]],
    ) -> Watch:
        windows = Windows(read, lambda: walk.bottom or EARLIEST, self.client.now)
        walk = Watch(entity, scope, windows.page, cursor, self.since)
        return walk

    def _began(self, since: datetime, until: datetime) -> list[Item]:
        """Return the incidents that began in a span of time."""
        query = {"sort_by": "created_at:desc"}
        bodies = self._listed("incidents", "/incidents", since, until, query)
        logs = self.log.of(bodies)
        return [item(body, logs.get(str(body["id"]), ())) for body in bodies]

    def _again(self, name: str) -> Iterator[Record]:
        """Yield an incident as it is now."""
        try:
            answer = self.client.get(f"/incidents/{name}", f"incident {name}")
        except Missing:
            return
        body = answer["incident"]
        yield item(body, self.log.one(name)).record

    def _deployments(self, since: datetime, until: datetime) -> list[Item]:
        """Return the change events of a span of time."""
        bodies = self._listed("change_events", "/change_events", since, until, {})
        return [deployment(body) for body in bodies if payloads.time(body.get("timestamp"))]

    def _listed(
        self, holds: str, path: str, since: datetime, until: datetime, query: Mapping[str, str]
    ) -> list[Body]:
        what = holds.replace("_", " ")

        def ask(begin: datetime, end: datetime) -> list[Body]:
            # Whether the API counts its bounds in is not said.
            span = {"since": stamp(begin - OVERLAP), "until": stamp(end + OVERLAP)}
            fetch = fetching(self.client, path, holds, {**query, **span})
            return every(fetch, f"PagerDuty, {what}", overlaps=True)

        found = {str(body["id"]): body for body in bisected(ask, since, until)}
        return list(found.values())


def fetching(
    client: PagerDutyClient, path: str, holds: str, query: Mapping[str, str]
) -> Callable[[str | None], Part]:
    """Return how to fetch the pages of a listing."""

    def ask(offset: int) -> tuple[Sequence[Body], bool]:
        page = {**query, "limit": PAGE, "offset": offset}
        answer = client.get(path, holds.replace("_", " "), page, holds=holds)
        return answer[holds], bool(answer.get("more"))

    return offsets(ask, page=PAGE, most=MOST)


def item(body: Body, log: Sequence[Body]) -> Item:
    """Return one incident with its course."""
    began = payloads.time(body["created_at"])
    assert began is not None
    service, reason = body.get("service") or {}, body.get("resolve_reason") or {}
    impacted = [one for one in body.get("impacted_services") or () if isinstance(one, Mapping)]
    every_service = [service, *impacted]
    merged = reason.get("incident") if reason.get("type") == "merge_resolve_reason" else None
    kind = payloads.named(body.get("incident_type")) or ""
    payload = payloads.incident(
        incident_id=str(body["id"]),
        number=body.get("incident_number"),
        title=body.get("title") or body.get("summary"),
        services=[one.get("summary") or one.get("name") for one in every_service],
        service_ids=[one.get("id") for one in every_service],
        priority=payloads.named(body.get("priority"), "summary"),
        urgency=body.get("urgency"),
        status=body.get("status"),
        started_at=began,
        course=course(body, log),
        merged_into=payloads.named(merged, "id"),
        is_maintenance="maintenance" in kind.lower(),
        labels=[f"team:{team.get('summary')}" for team in body.get("teams") or ()],
        url=body.get("html_url"),
    )
    changed = [payloads.time(body.get(name)) for name in ("updated_at", "last_status_change_at")]
    at = max((moment for moment in (*changed, began) if moment), default=began)
    return Item(Record("incidents", str(body["id"]), payload, "", at), began)


def connect(
    *,
    token: str,
    url: str = URL,
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> PagerDuty:
    """Return what reads one account; nothing is asked yet."""
    client = connected(url, token, ca, reserve=reserve, say=say, sleep=sleep, clock=clock)
    log = Log(client, lambda path, query: fetching(client, path, "log_entries", query))
    return PagerDuty(client, urlsplit(url).hostname or "", since, log)

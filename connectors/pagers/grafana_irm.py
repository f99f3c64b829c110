"""Grafana IRM: incidents, the latest declared first; open ones are asked for again."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.hosts.walking import Item, Page
from connectors.pagers import payloads
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Body, Missing
from connectors.pagers.payloads import Course
from connectors.pagers.watching import Watch
from connectors.records import Batch, Cursor, Record

NEEDS: Final = "a token of a service account with the role IRM Viewer or higher"
API: Final = "/api/plugins/grafana-irm-app/resources/api/v1/IncidentsService"
PAGE: Final = 100
# People mend the times of what is over for weeks, and open it again.
LOOKBACK: Final = timedelta(days=30)
SERVICE: Final = ("service", "service_name")


@dataclass(frozen=True, slots=True)
class GrafanaIrm:
    """Reads one Grafana."""

    client: Client
    host: str
    since: datetime | None

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one listing that there is."""
        return ("incidents",) if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield the incidents declared since, and those that were open."""
        state = dict(cursor or {})
        walk = Watch(
            entity, scope, self._page, state, self.since, again=self._again, lookback=LOOKBACK
        )
        for batch in walk.batches():
            rows = [row for row in batch.rows if isinstance(row, Record)]
            real = [row for row in rows if row.payload or row.is_deleted]
            yield Batch(entity, scope, real, batch.cursor)

    def access(self) -> Iterator[Access]:
        """Yield whether the token reads incidents."""
        try:
            self._asked(None, 1)
        except SourceError as error:
            yield Access("token", str(error), "mend")
        else:
            yield Access("incidents", "can be read")

    def _page(self, token: str | None) -> Page:
        answer = self._asked(token, PAGE)
        cursor = answer.get("cursor") or {}
        following = str(cursor.get("nextValue") or "") if cursor.get("hasMore") else None
        items = [item(body, self.client.url) for body in answer["incidentPreviews"]]
        items.sort(key=lambda one: (one.at, one.record.record_id), reverse=True)
        return Page(items, following, self.client.now())

    def _asked(self, token: str | None, limit: int) -> Any:
        query = {"limit": limit, "orderField": "createdTime", "orderDirection": "DESC"}
        cursor = {"hasMore": token is not None, "nextValue": token or ""}
        body = {"query": {"queryString": "", **query}, "cursor": cursor}
        path = f"{API}.QueryIncidentPreviews"
        return self.client.post(path, "incidents", body, holds="incidentPreviews")

    def _again(self, ids: Sequence[str]) -> Page:
        return Page([self._now(name) for name in ids], None, self.client.now())

    def _now(self, name: str) -> Item:
        try:
            answer = self.client.post(
                f"{API}.GetIncident", f"incident {name}", {"incidentID": name}
            )
        except Missing:
            return Item(Record("incidents", name, {}, is_deleted=True), self.client.now())
        return item(answer["incident"], self.client.url)


def item(body: Body, url: str) -> Item:
    """Return one incident; a drill only keeps the order of pages."""
    name = str(body["incidentID"])
    created = payloads.time(body["createdTime"])
    assert created is not None
    changed = payloads.time(body.get("modifiedTime")) or created
    if body.get("isDrill"):
        return Item(Record("incidents", name, {}, "", changed), created)
    is_open = body.get("status") != "resolved"
    ended = payloads.time(body.get("incidentEnd")) or payloads.time(body.get("closedTime"))
    labels = [(one.get("key"), one.get("label")) for one in body.get("labels") or ()]
    payload = payloads.incident(
        incident_id=name,
        title=body.get("title"),
        body=body.get("description") or body.get("summary"),
        services=[label for key, label in labels if str(key).lower() in SERVICE],
        severity=payloads.text(body.get("severityLabel") or body.get("severity")),
        status=body.get("status"),
        started_at=payloads.time(body.get("incidentStart")) or created,
        course=Course(None, None if is_open else ended or changed),
        labels=[
            f"{key}:{label}" if key not in (None, "", "tags") else label for key, label in labels
        ],
        url=f"{url}/a/grafana-irm-app/incidents/{name}",
    )
    return Item(Record("incidents", name, payload, "", changed), created, name if is_open else None)


def connect(
    *,
    url: str,
    token: str,
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> GrafanaIrm:
    """Return what reads one Grafana; nothing is asked yet."""
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "Grafana IRM", NEEDS, f"Bearer {token}", ca=ca, **asking)
    return GrafanaIrm(client, urlsplit(url).hostname or "", since)

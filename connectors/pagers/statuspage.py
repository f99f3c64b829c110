"""Statuspage: incidents and planned maintenance of one page.

What a page shows to everybody (its API v2) goes back 50 incidents; a token and the page's id read
all of them through the owner's API.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.hosts.walking import Item, Page
from connectors.pagers import payloads
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Body, Missing
from connectors.pagers.payloads import OPENED, RESOLVED, Course
from connectors.pagers.watching import Watch
from connectors.records import Batch, Cursor, Record

URL: Final = "https://api.statuspage.io"
NEEDS: Final = "an API key of a user who may manage the page; a public page needs none"
PAGE: Final = 100
# People mend the times of what is over for weeks.
LOOKBACK: Final = timedelta(days=30)
DONE: Final = ("resolved", "postmortem", "completed")
SHOWN: Final = {"incidents": "incidents", "scheduled-maintenances": "scheduled_maintenances"}


@dataclass(frozen=True, slots=True)
class Statuspage:
    """Reads one page: as its owner where ``page`` names it, else as everybody may."""

    client: Client
    host: str
    since: datetime | None
    page: str | None

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one page."""
        return (self.page or self.host,) if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield the page's incidents."""
        if not self.page:
            rows = [item(body).record for body in self._shown()]
            yield Batch(entity, scope, rows)
            return
        walk = Watch(
            entity,
            scope,
            self._listed,
            dict(cursor or {}),
            self.since,
            again=self._again,
            is_numbered=True,
            lookback=LOOKBACK,
        )
        yield from walk.batches()

    def access(self) -> Iterator[Access]:
        """Yield whether the page can be read."""
        try:
            if self.page:
                self.client.get(self._path(), "incidents", {"limit": 1})
            else:
                self._shown()
        except SourceError as error:
            yield Access("page", str(error), "mend")
        else:
            said = "all incidents" if self.page else "the latest 50 incidents, as everybody may"
            yield Access("page", f"can be read: {said}")

    def _path(self) -> str:
        return f"/v1/pages/{self.page}/incidents"

    def _shown(self) -> list[Body]:
        """Return what the page shows to everybody."""
        return [
            body
            for path, holds in SHOWN.items()
            for body in self.client.get(f"/api/v2/{path}.json", holds, holds=holds)[holds]
        ]

    def _listed(self, token: str | None) -> Page:
        number = int(token or 1)
        query = {"limit": PAGE, "page": number}
        found = self.client.get(self._path(), "incidents", query)
        items = [item(body) for body in found]
        following = str(number + 1) if len(items) >= PAGE else None
        return Page(items, following, self.client.now())

    def _again(self, ids: Sequence[str]) -> Page:
        return Page([self._now(name) for name in ids], None, self.client.now())

    def _now(self, name: str) -> Item:
        try:
            return item(self.client.get(f"{self._path()}/{name}", f"incident {name}"))
        except Missing:
            return Item(Record("incidents", name, {}, is_deleted=True), self.client.now())


def item(body: Body) -> Item:
    """Return one incident or maintenance; its course is told by its updates."""
    created = payloads.time(body["created_at"])
    assert created is not None
    status = str(body.get("status") or "").lower()
    updates = [one for one in body.get("incident_updates") or ()]
    course = payloads.course([(created, OPENED), *states(updates)])
    ended = payloads.time(body.get("resolved_at")) or payloads.time(body.get("scheduled_until"))
    resolved = (
        (payloads.time(body.get("resolved_at")) or course.resolved_at or ended)
        if (status in DONE)
        else None
    )
    components = [payloads.named(one) for one in body.get("components") or ()]
    began = payloads.time(body.get("scheduled_for")) or payloads.time(body.get("started_at"))
    name = str(body["id"])
    payload = payloads.incident(
        incident_id=name,
        title=body.get("name"),
        body="\n".join(str(one.get("body") or "") for one in updates),
        services=components,
        components=components,
        severity=payloads.text(body.get("impact")),
        status=status,
        started_at=began or created,
        course=Course(None, resolved, course.reopened_count),
        is_maintenance=bool(body.get("scheduled_for")) or body.get("impact") == "maintenance",
        url=body.get("shortlink"),
    )
    changed = payloads.time(body.get("updated_at")) or created
    record = Record("incidents", name, payload, "", changed)
    return Item(record, created, None if status in DONE else name)


def states(updates: Sequence[Body]) -> list[tuple[datetime, str]]:
    """Return what the updates say of the incident's state."""
    return [
        (at, RESOLVED if str(one.get("status")).lower() in DONE else OPENED)
        for one in updates
        if (at := payloads.time(one.get("display_at") or one.get("created_at")))
    ]


def connect(
    *,
    url: str = URL,
    token: str | None = None,
    page: str | None = None,
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Statuspage:
    """Return what reads one page; nothing is asked yet."""
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    signed = f"OAuth {token}" if token else ""
    client = connected(url, "Statuspage", NEEDS, signed, ca=ca, **asking)
    return Statuspage(client, urlsplit(url).hostname or "", since, page)

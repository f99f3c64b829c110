"""Opsgenie: incidents and alerts, listed by when they began; open ones are asked for again."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.hosts.walking import Item, Page
from connectors.pagers import payloads
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Body, Forbidden, Missing
from connectors.pagers.paging import TooMany, Windows, bisected, every, offsets
from connectors.pagers.payloads import Course
from connectors.pagers.watching import Watch
from connectors.records import Batch, Cursor, Record

URL: Final = "https://api.opsgenie.com"
EUROPE: Final = "https://api.eu.opsgenie.com"
NEEDS: Final = (
    "the key of an API integration with the right to read, of the same region as `region` says"
)
PATHS: Final = {"incidents": "/v1/incidents", "alerts": "/v2/alerts"}
PAGE: Final = 100
MOST: Final = 20_000
EARLIEST: Final = datetime(2012, 1, 1, tzinfo=UTC)
# Incidents that are closed can be opened once more.
LOOKBACK: Final = timedelta(days=14)
TAGGED: Final = re.compile(r"service[:=]\s*(.+)", re.IGNORECASE)


@dataclass(slots=True)
class Opsgenie:
    """Reads one account; ``read`` says which of incidents and alerts."""

    client: Client
    host: str
    since: datetime | None
    read: tuple[str, ...]
    _services: dict[str, str] | None = field(default=None, init=False)

    def scopes(self, entity: str) -> Sequence[str]:
        """Return incidents and alerts apart."""
        return self.read if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield the incidents or alerts that began since, and those that were open."""

        def began(since: datetime, until: datetime) -> list[Item]:
            return [self._item(scope, body) for body in bisected(ask, since, until)]

        def ask(since: datetime, until: datetime) -> list[Body]:
            span = f"createdAt >= {milliseconds(since)} AND createdAt < {milliseconds(until)}"
            return self._listed(scope, span)

        windows = Windows(began, lambda: walk.bottom or EARLIEST, self.client.now)
        again = Again(self, scope).items
        lookback = LOOKBACK if scope == "incidents" else timedelta(minutes=5)
        state = dict(cursor or {})
        walk = Watch(entity, scope, windows.page, state, self.since, again=again, lookback=lookback)
        yield from walk.batches()

    def access(self) -> Iterator[Access]:
        """Yield whether the key reads what is to be read."""
        for scope in self.read:
            try:
                query = {"query": "status: open", "limit": 1}
                self.client.get(PATHS[scope], scope, query, holds="data")
            except SourceError as error:
                yield Access(scope, str(error), "mend")
            else:
                yield Access(scope, "can be read")

    def _listed(self, scope: str, query: str) -> list[Body]:
        """Return all that a search finds."""

        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            order = {"sort": "createdAt", "order": "desc"}
            page = {"query": query, "limit": PAGE, "offset": offset, **order}
            answer = self.client.get(PATHS[scope], scope, page, holds="data")
            return answer["data"], bool((answer.get("paging") or {}).get("next"))

        return every(offsets(ask, page=PAGE, most=MOST), f"Opsgenie, {scope}", overlaps=True)

    def _item(self, scope: str, body: Body) -> Item:
        return alert(body) if scope == "alerts" else incident(body, self._names(body))

    def _names(self, body: Body) -> list[str]:
        """Return what the services of an incident are called, where the key may know that."""
        ids = [str(name) for name in body.get("impactedServices") or ()]
        if not ids:
            return []
        if self._services is None:
            try:
                self._services = self._listed_services()
            except (Forbidden, Missing):
                self._services = {}
        return [self._services.get(name, name) for name in ids]

    def _listed_services(self) -> dict[str, str]:
        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            query = {"limit": PAGE, "offset": offset}
            answer = self.client.get("/v1/services", "services", query, holds="data")
            return answer["data"], bool((answer.get("paging") or {}).get("next"))

        found = every(offsets(ask, page=PAGE, most=MOST), "Opsgenie, services")
        return {str(body["id"]): str(body.get("name") or body["id"]) for body in found}


@dataclass(slots=True)
class Again:
    """Looks at what was open: what still is comes in pages, the rest one by one."""

    api: Opsgenie
    scope: str
    _open: dict[str, Body] | None = field(default=None, init=False)

    def items(self, ids: Sequence[str]) -> Page:
        """Return incidents or alerts as they are now; those deleted as tombstones."""
        if self._open is None:
            try:
                found = self.api._listed(self.scope, "status: open")
            except TooMany:
                found = []
            self._open = {str(body["id"]): body for body in found}
        items = [self._now(name, self._open.get(name)) for name in ids]
        return Page(items, None, self.api.client.now())

    def _now(self, name: str, body: Body | None) -> Item:
        path, what = f"{PATHS[self.scope]}/{name}", f"{self.scope[:-1]} {name}"
        try:
            found = body or self.api.client.get(path, what)["data"]
        except Missing:
            record = Record("incidents", name, {}, is_deleted=True)
            return Item(record, self.api.client.now())
        return self.api._item(self.scope, found)


def incident(body: Body, services: Sequence[str]) -> Item:
    """Return one incident; its end is that of its impact."""
    status = str(body.get("status") or "open").lower()
    is_open = status == "open"
    began = payloads.time(body.get("impactStartDate")) or payloads.time(body["createdAt"])
    changed = payloads.time(body.get("updatedAt"))
    ended = payloads.time(body.get("impactEndDate")) or changed
    payload = common(
        body,
        services=services,
        service_ids=body.get("impactedServices") or (),
        status=status,
        kind="incident",
        started_at=began,
        course=Course(resolved_at=None if is_open else ended),
        url=(body.get("links") or {}).get("web"),
    )
    return item(body, payload, is_open=is_open)


def alert(body: Body) -> Item:
    """Return one alert; its report says how long it took to acknowledge and to close it."""
    status = str(body.get("status") or "open").lower()
    is_open = status == "open"
    tags = [str(tag) for tag in body.get("tags") or ()]
    named = [found[1].strip() for tag in tags if (found := TAGGED.fullmatch(tag))]
    began = payloads.time(body["createdAt"])
    assert began is not None
    report = body.get("report") if isinstance(body.get("report"), Mapping) else {}
    closed = after(began, report, "closeTime") or payloads.time(body.get("updatedAt"))
    payload = common(
        body,
        services=named or [body.get("entity")],
        status="acknowledged" if is_open and body.get("acknowledged") else status,
        kind="alert",
        started_at=began,
        course=Course(after(began, report, "ackTime"), None if is_open else closed),
    )
    return item(body, payload, is_open=is_open)


def common(body: Body, **more: Any) -> dict[str, Any]:
    """Return the payload of what incidents and alerts have in common."""
    number = str(body.get("tinyId") or "")
    return payloads.incident(
        incident_id=str(body["id"]),
        number=int(number) if number.isascii() and number.isdigit() else None,
        title=body.get("message"),
        body=body.get("description"),
        priority=payloads.text(body.get("priority")),
        labels=body.get("tags") or (),
        **more,
    )


def item(body: Body, payload: dict[str, Any], *, is_open: bool) -> Item:
    """Return an item ordered by its birth, to be asked for again while it is open."""
    born, changed = payloads.time(body["createdAt"]), payloads.time(body.get("updatedAt"))
    assert born is not None
    name = str(body["id"])
    record = Record("incidents", name, payload, "", changed or born)
    return Item(record, born, name if is_open else None)


def after(began: datetime, report: Any, name: str) -> datetime | None:
    """Return the moment so many milliseconds after the beginning, where the report says so."""
    value = report.get(name)
    is_told = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return began + timedelta(milliseconds=value) if is_told else None


def milliseconds(moment: datetime) -> int:
    """Return a time as searches have it."""
    return int(moment.timestamp() * 1000)


def connect(
    *,
    token: str,
    url: str = URL,
    read: Sequence[str] = ("incidents", "alerts"),
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Opsgenie:
    """Return what reads one account; nothing is asked yet."""
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "Opsgenie", NEEDS, f"GenieKey {token}", ca=ca, **asking)
    return Opsgenie(client, urlsplit(url).hostname or "", since, tuple(read))

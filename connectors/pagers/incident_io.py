"""incident.io: incidents, those changed since a day read whole."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from connectors.pagers.judging import Body
from connectors.pagers.paging import Part, every
from connectors.pagers.payloads import Course
from connectors.pagers.watching import Watch
from connectors.records import Batch, Cursor, Record

URL: Final = "https://api.incident.io"
NEEDS: Final = "an API key with the right to view incident data"
PAGE: Final = 250
# Tests and tutorials are no incidents; the stream of an incident is part of it.
UNREAL: Final = ("test", "tutorial", "stream")
CLOSED: Final = ("closed", "learning", "declined", "merged", "canceled")
STARTED: Final = ("impact started", "started at", "started", "reported at", "reported")
ACKNOWLEDGED: Final = ("acknowledged at", "acknowledged", "accepted at", "accepted")
RESOLVED: Final = ("fixed at", "fixed", "resolved at", "resolved", "closed at", "closed")


@dataclass(frozen=True, slots=True)
class IncidentIo:
    """Reads one organisation."""

    client: Client
    host: str
    since: datetime | None

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one listing that there is."""
        return ("incidents",) if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield the incidents that changed since, the latest changed first."""

        def page(token: str | None) -> Page:
            bodies = self._changed(walk.bottom)
            items = [item(body) for body in bodies if body.get("mode") not in UNREAL]
            items.sort(key=lambda one: (one.at, one.record.record_id), reverse=True)
            return Page(items, None, self.client.now())

        walk = Watch(entity, scope, page, dict(cursor or {}), self.since)
        yield from walk.batches()

    def access(self) -> Iterator[Access]:
        """Yield whether the key reads incidents."""
        try:
            self.client.get("/v2/incidents", "incidents", {"page_size": 1}, holds="incidents")
        except SourceError as error:
            yield Access("token", str(error), "mend")
        else:
            yield Access("incidents", "can be read")

    def _changed(self, since: datetime | None) -> list[Body]:
        # The filter knows days only.
        day = f"{since - timedelta(days=1):%Y-%m-%d}" if since else ""
        changed = {"updated_at[gte]": day} if day else {}

        def fetch(token: str | None) -> Part:
            query = {"page_size": PAGE, **changed, **({"after": token} if token else {})}
            answer = self.client.get("/v2/incidents", "incidents", query, holds="incidents")
            meta = answer.get("pagination_meta") or {}
            rows = answer["incidents"]
            return Part(rows, (meta.get("after") or None) if rows else None)

        return every(fetch, "incident.io, incidents")


def item(body: Body) -> Item:
    """Return one incident; its times are those that people set, else those of its record."""
    created = payloads.time(body["created_at"])
    updated = payloads.time(body.get("updated_at")) or created
    assert updated is not None
    status = body.get("incident_status") or {}
    category = str(status.get("category") or "live").lower()
    stamps, fields = stamped(body), entered(body)
    resolved = pick(stamps, RESOLVED) or updated
    payload = payloads.incident(
        incident_id=str(body["id"]),
        number=number(body.get("reference")),
        title=body.get("name"),
        body=body.get("summary"),
        services=[name for key, names in fields if "service" in key for name in names],
        severity=payloads.named(body.get("severity")),
        status=payloads.named(status) or category,
        started_at=pick(stamps, STARTED) or created,
        course=Course(pick(stamps, ACKNOWLEDGED), resolved if category in CLOSED else None),
        merged_into=payloads.text(body.get("merged_into_incident_id")),
        labels=[f"{key}:{name}" for key, names in fields for name in names] + typed(body),
        is_maintenance="maintenance" in str(payloads.named(body.get("incident_type"))).lower(),
        url=body.get("permalink"),
    )
    return Item(Record("incidents", str(body["id"]), payload, "", updated), updated)


def typed(body: Body) -> list[str]:
    """Return what kind of incident it is, as labels: declined ones are told apart by it."""
    kind = payloads.named(body.get("incident_type"))
    status = (body.get("incident_status") or {}).get("category")
    return [*([f"type:{kind}"] if kind else []), *([f"status:{status}"] if status else [])]


def stamped(body: Body) -> dict[str, datetime]:
    """Return the times of an incident by what they are called, in lower case."""
    found = {}
    for one in body.get("incident_timestamp_values") or ():
        name = payloads.named(one.get("incident_timestamp"))
        at = payloads.time((one.get("value") or {}).get("value"))
        if name and at:
            found[name.lower()] = at
    return found


def pick(stamps: Mapping[str, datetime], names: Sequence[str]) -> datetime | None:
    """Return the first of some times that there is."""
    return next((stamps[name] for name in names if name in stamps), None)


def entered(body: Body) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the custom fields are set to, by their names in lower case."""
    found = []
    for one in body.get("custom_field_entries") or ():
        key = payloads.named(one.get("custom_field"))
        names = payloads.words(chosen(value) for value in one.get("values") or ())
        if key and names:
            found.append((key.lower(), names))
    return found


def chosen(value: Any) -> str | None:
    """Return what was chosen from a list; texts that people wrote are not kept."""
    if not isinstance(value, Mapping):
        return None
    option = value.get("value_option")
    return payloads.named(option, "value") or payloads.named(value.get("value_catalog_entry"))


def number(reference: Any) -> int | None:
    """Return the number in `INC-123`."""
    digits = str(reference or "").rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else None


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
) -> IncidentIo:
    """Return what reads one organisation; nothing is asked yet."""
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "incident.io", NEEDS, f"Bearer {token}", ca=ca, **asking)
    return IncidentIo(client, urlsplit(url).hostname or "", since)

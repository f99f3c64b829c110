"""ServiceNow: records of the incident table, the latest changed first."""

import base64
import re
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
from connectors.pagers.payloads import Course
from connectors.pagers.watching import Watch, ruled
from connectors.records import Batch, Cursor, Record

NEEDS: Final = (
    "a token of OAuth, or a password with `user` beside it, of someone with the role itil or "
    "snc_read_only who may use the Table API"
)
PAGE: Final = 200
# Times in a query are read in the zone of whoever asks.
SLACK: Final = timedelta(days=1)
FIELDS: Final = (
    "sys_id", "number", "short_description", "description", "state", "priority", "urgency",
    "severity", "impact", "opened_at", "work_start", "resolved_at", "closed_at", "reopen_count",
    "business_service", "service_offering", "cmdb_ci", "category", "parent_incident",
    "sys_created_on", "sys_updated_on", "sys_tags",
)  # fmt: skip
DONE: Final = ("6", "7", "8")


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """Reads one table of one instance; ``query`` says which of its records are incidents."""

    client: Client
    host: str
    since: datetime | None
    table: str
    query: str

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the one table."""
        return (self.table,) if entity == "incidents" else ()

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield the records that changed since."""
        state = ruled(cursor, self.query)
        state.pop("rule", None)

        def page(token: str | None) -> Page:
            return self._page(token, walk.bottom)

        walk = Watch(entity, scope, page, state, self.since, is_numbered=True)
        for batch in walk.batches():
            yield Batch(entity, scope, batch.rows, {**batch.cursor, "rule": self.query})

    def access(self) -> Iterator[Access]:
        """Yield whether the table can be read."""
        try:
            found = self._asked(self.query, 0, 1)
        except SourceError as error:
            yield Access("table", str(error), "mend")
            return
        said = f"{self.table} can be read" + ("" if found else ", and has nothing to be seen")
        yield Access("table", said, "ok" if found else "look")

    def _page(self, token: str | None, bottom: datetime | None) -> Page:
        offset = int(token or 0)
        since = f"sys_updated_on>={bottom - SLACK:%Y-%m-%d %H:%M:%S}" if bottom else ""
        order = "ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id"
        found = self._asked("^".join(one for one in (self.query, since, order) if one), offset)
        following = str(offset + PAGE) if len(found) >= PAGE else None
        return Page([self._item(body) for body in found], following, self.client.now())

    def _asked(self, query: str, offset: int, limit: int | None = None) -> list[Body]:
        asked = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(FIELDS),
            "sysparm_display_value": "all",
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": limit or PAGE,
            "sysparm_offset": offset,
        }
        path = f"/api/now/table/{self.table}"
        answer = self.client.get(path, f"table {self.table}", asked, holds="result")
        return list(answer["result"])

    def _item(self, body: Body) -> Item:
        name = value(body, "sys_id")
        updated, opened = moment(body, "sys_updated_on"), moment(body, "opened_at")
        created = moment(body, "sys_created_on")
        assert name is not None
        assert updated is not None
        is_done = value(body, "state") in DONE
        ended = moment(body, "resolved_at") or moment(body, "closed_at") or updated
        count = value(body, "reopen_count") or "0"
        places = ("business_service", "service_offering", "cmdb_ci")
        place = next((one for one in places if value(body, one)), places[0])
        payload = payloads.incident(
            incident_id=value(body, "number") or name,
            title=value(body, "short_description"),
            body=value(body, "description"),
            services=[shown(body, place)],
            service_ids=[value(body, place)],
            components=[shown(body, "cmdb_ci")],
            severity=shown(body, "severity"),
            priority=shown(body, "priority"),
            urgency=shown(body, "urgency"),
            status=shown(body, "state"),
            started_at=opened or created or updated,
            course=Course(None, ended if is_done else None, int(count) if count.isdigit() else 0),
            merged_into=shown(body, "parent_incident"),
            labels=[*(shown(body, "sys_tags") or "").split(","), shown(body, "category")],
            url=f"{self.client.url}/nav_to.do?uri={self.table}.do?sys_id={name}",
        )
        return Item(Record("incidents", name, payload, "", updated), updated)


def value(body: Body, name: str) -> str | None:
    """Return what a field holds."""
    return told(body, name, "value")


def shown(body: Body, name: str) -> str | None:
    """Return what people see of a field; of `1 - Critical` the word."""
    text = told(body, name, "display_value")
    return re.sub(r"^\d+ - ", "", text) if text else None


def told(body: Body, name: str, key: str) -> str | None:
    """Return one side of a field, whether or not both were sent."""
    found: Any = body.get(name)
    text = found.get(key) if isinstance(found, Mapping) else found
    return str(text).strip() or None if text is not None else None


def moment(body: Body, name: str) -> datetime | None:
    """Return a time, which the table holds in UTC."""
    return payloads.time(value(body, name))


def connect(
    *,
    url: str,
    token: str,
    user: str | None = None,
    table: str = "incident",
    query: str = "",
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> ServiceNow:
    """Return what reads one table; nothing is asked yet. With ``user`` the token is a password."""
    basic = base64.b64encode(f"{user}:{token}".encode()).decode()
    signed = f"Basic {basic}" if user else f"Bearer {token}"
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "ServiceNow", NEEDS, signed, ca=ca, **asking)
    client.secrets += (token,)
    return ServiceNow(client, urlsplit(url).hostname or "", since, table, query)

"""Pages of a REST listing newest first, sought by time instead of by offset.

A page's token is `SECOND/NUMBER`: what is not newer than that second, and which page of it. So
nothing shifts when items change or vanish between two pages, and no offset grows beyond the 50,000
that GitLab serves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab.answers import Reply
from connectors.gitlab.client import Client
from connectors.hosts.walking import Item, Page, parsed, stamp
from connectors.records import Record

PER_PAGE: Final = 100
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a listing and the second by which it is ordered."""

    body: Body
    at: datetime

    @property
    def id(self) -> str:
        """Return the id that is unique on the host."""
        return str(self.body["id"])


Made = Callable[[Sequence[Row]], Sequence[Item]]


@dataclass(slots=True)
class Listing:
    """One listing of one project, ordered by `updated_at`; ``made`` turns its rows into items.

    ``is_read`` tells of what time on everything is landed already.
    """

    client: Client
    path: str
    project: str
    what: str
    made: Made
    floor: datetime | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    is_read: Callable[[datetime], bool] = lambda at: False
    _edges: dict[str, set[str]] = field(default_factory=dict, init=False)
    _seen: set[str] = field(default_factory=set, init=False)
    _told: set[str] = field(default_factory=set, init=False)
    _total: int | None = field(default=None, init=False)
    _newest: str = field(default="", init=False)

    def page(self, token: str | None) -> Page:
        """Return one page; the last one says how many items there should have been."""
        bound, number = placed(token)
        reply = self._asked(bound, number)
        rows = list(timed(reply.body))
        if token is None:
            self._total, self._newest = reply.total, stamp(rows[0].at) if rows else ""
            self._seen, self._told = set(), set()
        fresh = [row for row in rows if row.id not in self._edges.get(token or "", ())]
        following = after(bound, number, rows) if reply.is_more else None
        if following:
            self._edges[following] = {row.id for row in rows if row.at == rows[-1].at}
        items = self._items(fresh)
        self._seen |= {row.id for row in fresh}
        self._told |= {item.record.record_id for item in items}
        return Page(items, following, reply.at, None if following else self._expected(token))

    def _items(self, rows: Sequence[Row]) -> list[Item]:
        """Make items; of what is landed already they only keep the order."""
        unread = [row for row in rows if not self.is_read(row.at)]
        rest = [
            Item(Record("read", f"read/{row.id}"), row.at) for row in rows if self.is_read(row.at)
        ]
        return [*self.made(unread), *rest]

    def _asked(self, bound: str, number: int, per_page: int = PER_PAGE) -> Reply:
        query = {"order_by": "updated_at", "sort": "desc", **self.query}
        query |= {"per_page": per_page, "page": number}
        if self.floor:
            query["updated_after"] = stamp(self.floor)
        if bound:
            query["updated_before"] = bound.replace("Z", ".999999Z")
        reply = self.client.rows(self.path, self.what, **query)
        for body in reply.body:
            check(body, self.project, self.what)
        return reply

    def _expected(self, token: str | None) -> int | None:
        """Return how many items the walk should have been told, where that can be said.

        What changed during the walk went to the top, where it was not seen: that lacks nothing.
        """
        if self._total is None or len(self._seen) >= self._total:
            return None
        total: int | None = self._total
        if token is not None:
            total = self._asked(self._newest, 1, per_page=1).total
        lacking = (total or 0) - len(self._seen)
        return len(self._told) + lacking if lacking > 0 else None


def placed(token: str | None) -> tuple[str, int]:
    """Return the second and the page that a token means; the first page has no second."""
    bound, _, number = (token or "/1").partition("/")
    return bound, int(number)


def after(bound: str, number: int, rows: Sequence[Row]) -> str:
    """Return the token of the page after these rows."""
    if not rows:
        return f"{bound}/{number + 1}"
    first, last = stamp(rows[0].at), stamp(rows[-1].at)
    if last == bound:
        return f"{bound}/{number + 1}"
    # More than a page may share one second, and this was the first page of it.
    return f"{last}/{2 if first == last else 1}"


def timed(bodies: Sequence[Body]) -> Iterator[Row]:
    """Give each object its second; one without a time stands with the next that has one."""
    times = [parsed(body.get("updated_at")) for body in bodies]
    for place, body in enumerate(bodies):
        known = [at for at in (*times[place:], *times[:place][::-1]) if at]
        at = known[0] if known else parsed(body.get("created_at"))
        if at is None or "id" not in body:
            raise SourceUnavailable("GitLab sent an object without a time or an id")
        yield Row(body, at.replace(microsecond=0))


def check(body: Body, project: str, what: str) -> None:
    """Refuse what belongs to another project."""
    owner = body.get("project_id")
    if owner is not None and str(owner) != project:
        raise SourceUnavailable(
            f"GitLab, {what}: it sent what belongs to project {owner} and not to {project}; "
            "nothing of it is kept. A cache or proxy in between may be at fault"
        )

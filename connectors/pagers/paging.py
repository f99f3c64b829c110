"""Whole listings of one span of time: pages that lie, repeat or never end are noticed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connectors.errors import SourceUnavailable
from connectors.hosts.walking import DOUBTS, Item, Page, stamp
from connectors.pagers.judging import Body

LONGEST: Final = timedelta(days=170)
SHORTEST: Final = timedelta(minutes=1)
FIRST: Final = timedelta(days=30)
FEW, MANY = 100, 1000


class TooMany(Exception):
    """The API does not page so far: ask for less at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a listing, and where the next ones are."""

    rows: Sequence[Body]
    next: str | None = None


Fetch = Callable[[str | None], Part]
Key = Callable[[Body], str]


def by_id(row: Body) -> str:
    """Return what tells a row from all others."""
    return str(row["id"])


def every(fetch: Fetch, what: str, key: Key = by_id, *, overlaps: bool = False) -> list[Body]:
    """Return all rows of a listing, each once.

    With ``overlaps`` each page begins with the last row of the one before, so that rows that left
    the listing meanwhile, and moved the others on, are noticed.
    """
    doubt = ""
    for _ in range(DOUBTS):
        found: dict[str, Body] = {}
        doubt = read(fetch, found, key, overlaps=overlaps)
        if not doubt:
            return list(found.values())
    raise SourceUnavailable(
        f"{what}: the server {doubt}; what was read is kept, nothing is taken for whole. Refresh "
        "again, and tell the server's owner if it stays so"
    )


def read(fetch: Fetch, found: dict[str, Body], key: Key, *, overlaps: bool) -> str:
    """Read a listing into ``found``; return why it can't be believed, empty where it can."""
    token, tokens = None, set[str | None]()
    while True:
        tokens.add(token)
        part = fetch(token)
        ids = [key(row) for row in part.rows]
        if overlaps and token is not None and ids and ids[0] not in found:
            return "changes its pages while they are read"
        fresh = {name: row for name, row in zip(ids, part.rows, strict=True) if name not in found}
        found |= fresh
        if part.next is None:
            return ""
        if not fresh or part.next in tokens:
            return "says that there is more for ever, and goes in a circle"
        token = part.next


def offsets(
    ask: Callable[[int], tuple[Sequence[Body], bool]], *, page: int, most: int
) -> Callable[[str | None], Part]:
    """Return how to fetch pages that are counted by rows, each overlapping by one.

    ``ask`` returns the rows from an offset on, and whether there are more; ``most`` is the last
    row that the API serves.
    """

    def fetch(token: str | None) -> Part:
        offset = int(token or 0)
        if offset + page > most:
            raise TooMany
        rows, is_more = ask(offset)
        following = offset + max(0, len(rows) - 1) if len(rows) > 1 else offset + len(rows)
        return Part(rows, str(following) if is_more else None)

    return fetch


def bisected(
    ask: Callable[[datetime, datetime], Sequence[Body]], since: datetime, until: datetime
) -> list[Body]:
    """Return the rows of a span of time, asked for in halves where it has too many."""
    try:
        return list(ask(since, until))
    except TooMany as error:
        if until - since <= SHORTEST:
            raise SourceUnavailable(
                f"more happened in the minute from {stamp(since)} than the API can list"
            ) from error
    middle = since + (until - since) / 2
    return [*bisected(ask, since, middle), *bisected(ask, middle, until)]


@dataclass(slots=True)
class Windows:
    """Makes pages of spans of time, the latest first; each is read whole before it is told.

    ``read`` returns the items of a span; what the API counts to another one is left out. A page's
    token is `UNTIL/SECONDS`: where its span ends, and how long it is.
    """

    read: Callable[[datetime, datetime], Sequence[Item]]
    bottom: Callable[[], datetime]
    now: Callable[[], datetime]
    longest: timedelta = LONGEST
    _asked_at: datetime | None = field(default=None, init=False)

    def page(self, token: str | None) -> Page:
        """Return the next span with anything in it, or the last one."""
        until, length = self._placed(token)
        bottom = self.bottom().replace(microsecond=0)
        for since in self._starts(until, length, bottom):
            items = sorted(
                (item for item in self.read(since, until) if since <= item.at < until),
                key=lambda item: (item.at, item.record.record_id),
                reverse=True,
            )
            is_last = since <= bottom
            if items or is_last:
                grown = length * 4 if len(items) < FEW else length
                grown = length / 4 if len(items) > MANY else grown
                following = None if is_last else placed(since, min(grown, self.longest))
                return Page(items, following, self.now())
            until, length = since, min(length * 4, self.longest)
        raise AssertionError("the last span always makes a page")

    def _starts(self, until: datetime, length: timedelta, bottom: datetime) -> Iterator[datetime]:
        """Yield where spans begin, ever longer ones, down to the bottom."""
        while True:
            since = max(until - length, bottom)
            yield since
            if since <= bottom:
                return
            until, length = since, min(length * 4, self.longest)

    def _placed(self, token: str | None) -> tuple[datetime, timedelta]:
        """Return where a span ends and its length; the first ends when nothing has happened yet."""
        if token is None:
            until = self.now().replace(microsecond=0) + timedelta(days=1)
            # A look at what is new takes one call; a long history begins with what is latest.
            is_short = until - self.bottom() <= self.longest
            return until, self.longest if is_short else FIRST
        end, _, seconds = token.partition("/")
        return datetime.fromisoformat(end), timedelta(seconds=int(seconds))


def placed(until: datetime, length: timedelta) -> str:
    """Return the token of the span that ends then."""
    return f"{stamp(until)}/{max(3600, int(length.total_seconds()))}"

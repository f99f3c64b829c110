"""Walks the pages of one entity newest first: resumes, stops at what is known, trusts no server.

The cursor of a scope is a mapping:

- ``newest``: order time of the newest item read; ``is_settled``: it was read long after that
- ``until``: what is older is read already; the newest time less OVERLAP
- ``walk``: a walk that is under way: its next page, how many items it saw, its newest time
- ``open``: items that will still change, asked again by id until they are final
- ``floor``: the day that the first walk went back to; ``history_since``: how far it is so far
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.errors import SourceUnavailable
from connectors.records import Batch, Record

# A host's replicas lag and transactions commit late: an item may show up minutes after its time.
OVERLAP = timedelta(minutes=5)
# A deployment that has not ended after so long never will.
OPEN_DAYS = 14
AGAIN_AT_ONCE = 100
# How often a page that can't be true is asked for before the walk is given up.
DOUBTS = 3


class PageGone(Exception):
    """The host does not know the page any more that an earlier walk stopped at."""


@dataclass(frozen=True, slots=True)
class Item:
    """One record and the time by which its pages are ordered.

    ``open_id`` is the id to ask for it again while it may still change; ``born_at`` its birth.
    """

    record: Record
    at: datetime
    open_id: str | None = None
    born_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``total`` is how many items the host says that there are in all its pages."""

    items: Sequence[Item]
    next: str | None
    asked_at: datetime
    total: int | None = None


Fetch = Callable[[str | None], Page]
Again = Callable[[Sequence[str]], Page]


def is_unchanged(cursor: Any, newest: datetime | None, since: datetime | None = None) -> bool:
    """Tell whether a scope whose newest item has this time holds nothing that is not landed.

    ``since`` is the day that is asked for now; the first walk may have gone back less far.
    """
    if not isinstance(cursor, Mapping) or cursor.get("walk") or cursor.get("open"):
        return False
    if "newest" not in cursor or is_deeper(since, parsed(cursor.get("floor"))):
        return False
    if newest is None:
        return True
    seen = parsed(cursor["newest"])
    is_read = seen is not None and newest.replace(microsecond=0) <= seen
    return is_read and bool(cursor.get("is_settled"))


@dataclass(slots=True)
class Walk:
    """One entity of one scope, from cursor to batches.

    ``is_numbered`` says that new items move old ones on to later pages, so that a page that a walk
    stopped at is another one when it goes on; ``is_quiet`` that nothing is new, so that only open
    items are asked for.
    """

    entity: str
    scope: str
    fetch: Fetch
    cursor: Mapping[str, Any]
    floor: datetime | None = None
    again: Again | None = None
    is_numbered: bool = False
    is_quiet: bool = False
    state: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.state = dict(self.cursor or {})
        floor, known = self.floor, parsed(self.state.get("floor"))
        if "newest" in self.state and is_deeper(floor, known):
            # An earlier day is asked for than the first walk went back to.
            self.state = {"open": self.state.get("open", {})}
        elif self.state.get("floor"):
            self.floor = known

    def batches(self) -> Iterator[Batch]:
        """Yield pages as batches, each with the cursor that it earns."""
        yield from self._open_items()
        if self.is_quiet:
            return
        if self.state.get("walk"):
            try:
                yield from self._walk(dict(self.state["walk"]))
            except PageGone:
                self.state.pop("walk")
        try:
            yield from self._walk({"page": None, "seen": 0, "newest": None})
        except PageGone as error:
            raise SourceUnavailable(
                f"{self.entity} of {self.scope}: the server does not know its own next page; what "
                "was read is kept. Refresh again"
            ) from error

    def _open_items(self) -> Iterator[Batch]:
        """Ask again for what had not ended."""
        ids = list(self.state.get("open", {}))
        if not ids or self.again is None:
            return
        for start in range(0, len(ids), AGAIN_AT_ONCE):
            asked = ids[start : start + AGAIN_AT_ONCE]
            page = self.again(asked)
            left = {key: at for key, at in self.state["open"].items() if key not in asked}
            self.state["open"] = left
            self._open_now(page.items, page.asked_at)
            yield self._batch([item.record for item in page.items])

    def _walk(self, walk: dict[str, Any]) -> Iterator[Batch]:
        """Follow the pages from where ``walk`` stands to what is known."""
        until = parsed(self.state.get("until"))
        pages, ids, reached = {walk["page"]}, set[str](), parsed(walk.get("reached"))
        last = None if self.is_numbered else reached
        while True:
            page = self._believed(walk["page"], pages, ids, last)
            if reached and page.next is None and page.items and page.items[-1].at > reached:
                # It ends above what was read already, so it is not the page that it was.
                raise PageGone
            kept = [item for item in page.items if is_wanted(item, until, self.floor)]
            fresh = {item.record.record_id for item in page.items} - ids
            ids |= fresh
            walk["seen"] += len(fresh)
            if page.items:
                last = page.items[-1].at
                walk["newest"] = walk["newest"] or stamp(page.items[0].at)
                walk["reached"] = stamp(last)
            is_end = page.next is None or len(kept) < len(page.items)
            totals = [total for total in (walk.get("total"), page.total) if total is not None]
            walk["total"] = min(totals, default=None)
            is_short = (
                is_end
                and len(kept) == len(page.items)
                and walk["seen"] < (walk["total"] or 0)
                and walk["seen"] + self._moved(walk, ids) < (walk["total"] or 0)
            )
            self._open_now(kept, page.asked_at)
            walk["page"] = page.next
            pages.add(page.next)
            if is_end:
                self._close(walk, page.asked_at, is_short=is_short)
                yield self._batch([item.record for item in kept])
                if is_short:
                    raise self._short(walk)
                return
            self.state["walk"] = dict(walk)
            if until is None:
                self.state["history_since"] = walk["reached"]
            yield self._batch([item.record for item in kept])

    def _moved(self, walk: Mapping[str, Any], ids: set[str]) -> int:
        """Count what changed during the walk: it went to the top, where the walk was before."""
        newest, page = parsed(walk["newest"]), self.fetch(None)
        moved = {item.record.record_id for item in page.items if newest and item.at >= newest}
        return len(moved - ids)

    def _believed(
        self, token: str | None, pages: set[str | None], ids: set[str], last: datetime | None
    ) -> Page:
        """Fetch a page, and again where it can't be true; raises SourceUnavailable at last."""
        doubt = ""
        for _ in range(DOUBTS):
            page = self.fetch(token)
            doubt = doubted(page, pages, ids, last)
            if not doubt:
                return page
        raise SourceUnavailable(
            f"{self.entity} of {self.scope}: the server {doubt}; what was read is kept, nothing "
            "is taken for whole. Refresh again, and tell the server's owner if it stays so"
        )

    def _short(self, walk: Mapping[str, Any]) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.entity} of {self.scope}: the server says that there are {walk['total']} and "
            f"sent {walk['seen']}. They are read once more at the next refresh; if it stays so, "
            "the token may lack the right to see some of them"
        )

    def _open_now(self, items: Sequence[Item], asked_at: datetime) -> None:
        young = asked_at - timedelta(days=OPEN_DAYS)
        every = {**self.state.get("open", {}), **opened(items)}
        self.state["open"] = {
            key: at for key, at in every.items() if (parsed(at) or asked_at) >= young
        }

    def _close(self, walk: Mapping[str, Any], asked_at: datetime, *, is_short: bool) -> None:
        """Write down that everything down to the floor is read.

        A walk that came out short is done once more from the top, and then left alone.
        """
        short = [walk["seen"], walk["total"]] if is_short else None
        if short and self.state.get("short") != short:
            self.state = {"open": self.state.get("open", {}), "short": short}
            return
        self.state["short"] = short
        newest = parsed(walk["newest"]) or parsed(self.state.get("newest"))
        self.state.pop("walk", None)
        self.state.pop("history_since", None)
        self.state["newest"] = stamp(newest) if newest else None
        self.state["until"] = stamp(newest - OVERLAP) if newest else None
        # The two clocks may differ; a moment that either calls fresh is asked about again.
        moment = min(asked_at, datetime.now(UTC))
        self.state["is_settled"] = newest is None or moment - newest > OVERLAP
        if self.floor:
            self.state.setdefault("floor", stamp(self.floor))

    def _batch(self, records: Sequence[Record]) -> Batch:
        return Batch(self.entity, self.scope, records, {**self.state})


def is_deeper(floor: datetime | None, known: datetime | None) -> bool:
    """Tell whether a walk to ``floor`` would go back further than one that went to ``known``."""
    return known is not None and (floor is None or floor < known)


def doubted(page: Page, pages: set[str | None], ids: set[str], last: datetime | None) -> str:
    """Say why a page can't be the next one; empty where it can."""
    own = [item.record.record_id for item in page.items]
    if page.next is not None and page.next in pages:
        return "goes in a circle: it names a page as the next that was read already"
    if own and ids.issuperset(own):
        return "repeats a page"
    if page.next is not None and not own:
        return "says that there is more, and sends nothing"
    # What was read already may stand here once more: new items moved it on.
    times = [item.at for item in page.items if item.record.record_id not in ids]
    if any(
        later > earlier for earlier, later in zip([last, *times], times, strict=False) if earlier
    ):
        return "sends its pages out of order"
    return ""


def opened(items: Sequence[Item]) -> dict[str, str | None]:
    """Return when each item that may still change was born, by the id to ask for it again."""
    return {
        item.open_id: stamp(item.born_at or item.at) for item in items if item.open_id is not None
    }


def is_wanted(item: Item, until: datetime | None, floor: datetime | None) -> bool:
    """Tell whether an item is neither read already nor older than the first day."""
    return (until is None or item.at >= until) and (floor is None or item.at >= floor)


def stamp(moment: datetime) -> str:
    """Return a time as payloads and cursors have it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parsed(text: str | None) -> datetime | None:
    """Return the time that a payload, a cursor or an API's answer states."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

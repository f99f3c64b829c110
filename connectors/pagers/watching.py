"""A walk over incidents, which stay open for as long as they like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.hosts.walking import OVERLAP, Item, Walk, opened, parsed, stamp

# An incident that nobody closed in two years was forgotten.
OPEN: Final = timedelta(days=730)


@dataclass(slots=True)
class Watch(Walk):
    """Asks again for what is open, however old, and for all that is younger than ``lookback``."""

    lookback: timedelta = OVERLAP

    @property
    def bottom(self) -> datetime | None:
        """Return from when on anything is asked for."""
        until = parsed(self.state.get("until"))
        return max((at for at in (until, self.floor) if at), default=None)

    def _open_now(self, items: Sequence[Item], asked_at: datetime) -> None:
        told = {item.open_id or item.record.record_id for item in items}
        left = {key: at for key, at in self.state.get("open", {}).items() if key not in told}
        every = {**left, **opened(items)}
        self.state["open"] = {
            key: at for key, at in every.items() if (parsed(at) or asked_at) >= asked_at - OPEN
        }

    def _close(self, walk: Mapping[str, Any], asked_at: datetime, *, is_short: bool) -> None:
        Walk._close(self, walk, asked_at, is_short=is_short)
        newest = parsed(self.state.get("newest"))
        if newest:
            self.state["until"] = stamp(newest - max(self.lookback, OVERLAP))


def ruled(cursor: Any, rule: str) -> dict[str, Any]:
    """Return the cursor, or an empty one where it was earned by another rule."""
    found = dict(cursor) if isinstance(cursor, Mapping) else {}
    return found if found.get("rule", rule) == rule else {}


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield ids, so many at once."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]

"""Pages of the made-up GitHub: cursors name (order key, id), so edits meanwhile shift nothing."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError

MOST = 100


class Refused(GraphQLError):
    """A GraphQL error with the ``type`` that GitHub tells beside the message."""

    def __init__(self, kind: str, message: str, **told: Any):
        super().__init__(message, extensions={"type": kind, **told})


@dataclass(frozen=True)
class Page:
    """One page of a connection; ``keyed`` are (cursor key, node)."""

    keyed: Sequence[tuple[list[Any], Any]]
    total_count: int
    has_next: bool
    has_previous: bool
    updated_at: datetime | None = None

    @property
    def nodes(self) -> list[Any]:
        """Return the nodes."""
        return [node for _, node in self.keyed]

    @property
    def edges(self) -> list[dict[str, Any]]:
        """Return the nodes with their cursors."""
        return [{"cursor": cursor(key), "node": node} for key, node in self.keyed]

    @property
    def page_info(self) -> dict[str, Any]:
        """Return where to go on."""
        return {
            "startCursor": cursor(self.keyed[0][0]) if self.keyed else None,
            "endCursor": cursor(self.keyed[-1][0]) if self.keyed else None,
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
        }

    @property
    def filtered_count(self) -> int:
        """Return how many a filter left."""
        return self.total_count

    @property
    def page_count(self) -> int:
        """Return how many this page has."""
        return len(self.keyed)


def connect(
    name: str,
    nodes: Sequence[Any],
    bounds: Mapping[str, Any],
    key: Callable[[Any], Any] | None = None,
    *,
    is_descending: bool = False,
) -> Page:
    """Return the page of ``nodes`` that ``first``, ``after``, ``last`` and ``before`` name.

    ``key`` is what nodes are ordered by, ties by id; without one the place in the list counts.
    """
    check(name, bounds)
    keyed = [([told(key(node)), node.database_id], node) for node in nodes] if key else []
    keyed = sorted(keyed, key=lambda pair: pair[0], reverse=is_descending)
    keyed = keyed or [([place], node) for place, node in enumerate(nodes, start=1)]
    is_backwards = is_descending and key is not None
    within = [
        pair
        for pair in keyed
        if follows(pair[0], bounds.get("after"), is_backwards)
        and follows(pair[0], bounds.get("before"), not is_backwards)
    ]
    if bounds.get("first") is not None:
        page = within[: bounds["first"]]
    else:
        page = within[max(0, len(within) - bounds["last"]) :]
    at = keyed.index(page[0]) if page else 0
    # Without anything left after a cursor, there is no more.
    is_more = bool(page) and keyed.index(page[-1]) + 1 < len(keyed)
    return Page(page, len(keyed), is_more, at > 0)


def check(name: str, bounds: Mapping[str, Any]) -> None:
    """Refuse what GitHub refuses."""
    first, last = bounds.get("first"), bounds.get("last")
    if first is None and last is None:
        raise Refused(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` "
            "connection.",
        )
    asked = first if first is not None else last
    if asked > MOST:
        raise Refused(
            "EXCESSIVE_PAGINATION",
            f"Requesting {asked} records on the `{name}` connection exceeds the `first` limit of "
            f"{MOST} records.",
        )


def follows(key: list[Any], mark: str | None, is_backwards: bool) -> bool:
    """Return whether a key lies beyond a cursor."""
    if not mark:
        return True
    at = read(mark)
    return key < at if is_backwards else key > at


def told(key: Any) -> Any:
    """Return an order key as a cursor holds it."""
    return key.isoformat() if isinstance(key, datetime) else key


def cursor(key: list[Any]) -> str:
    """Return the opaque text of a key."""
    return base64.b64encode(f"cursor:v2:{json.dumps(key)}".encode()).decode()


def read(mark: str) -> list[Any]:
    """Return the key of a cursor."""
    try:
        return json.loads(base64.b64decode(mark).decode().removeprefix("cursor:v2:"))
    except ValueError:
        words = f"`{mark}` does not appear to be a valid cursor."
        raise Refused("INVALID_CURSOR_ARGUMENTS", words) from None

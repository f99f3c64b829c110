"""Keeps who answers which GraphQL field of the made-up GitHub."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.hosts.github_paging import Page, connect

RESOLVERS: dict[str, Callable[..., Any]] = {}


def answers(*fields: str) -> Callable[[Any], Any]:
    """Let a function answer ``Type.field``, or ``*.field`` of any type."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        RESOLVERS.update(dict.fromkeys(fields, function))
        return function

    return keep


def ordered(name: str, nodes: Sequence[Any], bounds: dict[str, Any], default: str) -> Page:
    """Return a page in the order that was asked for, or oldest first by ``default``."""
    order = bounds.get("orderBy") or {}
    field = {"PUSHED_AT": "pushed_at", "NAME": "name", "TAG_COMMIT_DATE": "at"}.get(
        order.get("field", ""), order.get("field", default).lower()
    )
    is_descending = order.get("direction") == "DESC"
    return connect(name, nodes, bounds, lambda node: key(node, field), is_descending=is_descending)


def key(node: Any, field: str) -> Any:
    """Return what a node is ordered by."""
    if field == "name":
        return getattr(node, "full_name", None) or node.name
    return getattr(node, field)

"""Releases; drafts are asked for again until they are published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connectors.github import queries
from connectors.github.answering import Size
from connectors.github.answers import Node, database_id, is_bot, login, time, told
from connectors.github.client import Client
from connectors.github.paging import Connection
from connectors.hosts.api import Repository
from connectors.hosts.references import masked
from connectors.hosts.walking import Item, Page, Walk, parsed, stamp
from connectors.records import Batch, Record

PAGE = 100
# A release counts as created when its commit was: one of an older line stands further back.
BACK = timedelta(days=90)


def batches(
    client: Client,
    repository: Repository,
    scope: str,
    cursor: Mapping[str, Any],
    floor: datetime | None,
    mark: str | None,
) -> Iterator[Batch]:
    """Yield releases, the newest first, if ``mark`` says that there is news."""
    if mark and cursor.get("mark") == mark and not cursor.get("walk") and not cursor.get("open"):
        return
    connection = Connection(
        client, repository, "releases", "releases", queries.RELEASES, item, Size(PAGE)
    )
    state = dict(cursor)
    if newest := parsed(state.get("newest")):
        state["until"] = stamp(newest - BACK)
    last = parsed((state.get("walk") or {}).get("reached"))

    def page(token: str | None) -> Page:
        nonlocal last
        found = connection.page(token)
        items = in_order(found.items, last if token else None)
        last = items[-1].at if items else last
        return replace(found, items=items)

    again = partial(connection.again, queries.RELEASES_AGAIN)
    for batch in Walk("releases", scope, page, state, floor, again).batches():
        is_done = not batch.cursor.get("walk") and "newest" in batch.cursor
        yield replace(batch, cursor={**batch.cursor, "mark": mark if is_done else None})


def item(node: Node) -> Item:
    """Return a release as a record."""
    at = parsed(node["createdAt"])
    assert at
    payload = told(
        tag=node["tagName"],
        name=masked(node["name"]),
        sha=(node["tagCommit"] or {}).get("oid"),
        is_draft=node["isDraft"],
        is_pre_release=node["isPrerelease"],
        author=login(node["author"]),
        is_bot=is_bot(node["author"]),
        created_at=time(node["createdAt"]),
        published_at=time(node["publishedAt"]),
        url=node["url"],
    )
    record = Record("releases", database_id(node), payload, updated_at=parsed(node["updatedAt"]))
    return Item(record, at, open_id=node["id"] if node["isDraft"] else None)


def in_order(items: Sequence[Item], last: datetime | None) -> list[Item]:
    """Return items with order times that fall.

    GitHub orders by when a release was made, and may tell of it when its commit was made: one
    that seems too old for its place gets the time of the next younger one after it.
    """
    ordered: list[Item] = []
    latest = None
    for one in reversed(items):
        latest = max(latest or one.at, one.at)
        ordered.append(replace(one, at=min(latest, last) if last else latest))
    return ordered[::-1]


def mark(node: Node) -> str | None:
    """Return what changes when a release is made, published or removed; null for none."""
    total = node["releases"]["totalCount"]
    latest = [one["updatedAt"] for one in node["releases"]["nodes"] if one]
    latest += [node["latestRelease"]["updatedAt"]] if node.get("latestRelease") else []
    return f"{total} {max(latest, default='')}" if total else None

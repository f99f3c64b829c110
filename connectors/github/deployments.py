"""Deployments, with every state that they took."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from connectors.github import queries
from connectors.github.answering import Size
from connectors.github.answers import (
    Node,
    database_id,
    is_bot,
    joined,
    login,
    nodes,
    time,
    told,
)
from connectors.github.client import Client
from connectors.github.paging import Connection, after, rest_of
from connectors.hosts.api import Repository
from connectors.hosts.walking import Item, Page, Walk, is_unchanged, parsed
from connectors.records import Batch, Record

PAGE = 100
# What GitHub calls an end; `inactive` and `destroyed` say what became of it later.
ENDS = {"SUCCESS", "FAILURE", "ERROR"}


def batches(
    client: Client,
    repository: Repository,
    scope: str,
    cursor: Mapping[str, Any],
    floor: datetime | None,
) -> Iterator[Batch]:
    """Yield deployments, the newest first; those that have not ended are asked for again."""
    connection = Connection(
        client, repository, "deployments", "deployments", queries.DEPLOYMENTS, bare, Size(PAGE)
    )

    def page(token: str | None) -> Page:
        found = connection.page(token)
        return replace(found, items=[whole(client, repository, item) for item in found.items])

    def again(ids: Any) -> Page:
        found = connection.again(queries.DEPLOYMENTS_AGAIN, ids)
        return replace(found, items=[whole(client, repository, item) for item in found.items])

    newest = repository.newest
    is_quiet = "deployments" in newest and is_unchanged(
        {**cursor, "open": None}, newest["deployments"], floor
    )
    walk = Walk("deployments", scope, page, cursor, floor, again, is_quiet=is_quiet)
    yield from walk.batches()


def bare(node: Node) -> Item:
    """Return a deployment as it was answered; further states are asked for afterwards."""
    at = parsed(node["createdAt"])
    assert at
    record = Record("deployments", database_id(node), node, updated_at=parsed(node["updatedAt"]))
    return Item(record, at)


def whole(client: Client, repository: Repository, item: Item) -> Item:
    """Return a deployment with all its states, as a record."""
    node = item.record.payload
    if following := after(node, ["statuses"]):
        owner = repository.full_name.partition("/")[0]
        what = f"deployment {item.record.record_id} of {repository.full_name}"
        more = rest_of(client, owner, what, queries.MORE_STATUSES, node, following)
        node = {**node, "statuses": {"nodes": more["statuses"]}}
    states = oldest_first(nodes(node["statuses"]))
    is_ended = any(one["state"] in ENDS for one in states)
    record = replace(item.record, payload=payload(node, states, repository))
    return replace(item, record=record, open_id=None if is_ended else node["id"])


def payload(node: Node, states: list[Node], repository: Repository) -> dict[str, Any]:
    """Return the flat payload of a deployment."""
    return told(
        environment=node["environment"],
        sha=node["commitOid"],
        ref=(node["ref"] or {}).get("name"),
        task=node["task"],
        author=login(node["creator"]),
        is_bot=is_bot(node["creator"]),
        created_at=time(node["createdAt"]),
        statuses=joined(f"{one['state'].lower()}@{time(one['createdAt'])}" for one in states),
        url=url(node, states, repository),
    )


def oldest_first(states: list[Node]) -> list[Node]:
    """Return states in the order they were taken, whichever way round they came."""
    is_reversed = len(states) > 1 and states[0]["createdAt"] >= states[-1]["createdAt"]
    ordered = states[::-1] if is_reversed else states
    return sorted(ordered, key=lambda one: str(one["createdAt"]))


def url(node: Node, states: list[Node], repository: Repository) -> str:
    """Return the log on the host itself, else the page of the environment."""
    host = "/".join(repository.url.split("/")[:3]) + "/"
    logs = [one["logUrl"] for one in states if (one.get("logUrl") or "").startswith(host)]
    page = f"{repository.url}/deployments/{quote(node['environment'] or '', safe='')}"
    return str(logs[-1]).partition("?")[0] if logs else page

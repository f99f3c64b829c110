"""Pull requests, with their commits, reviews, drafts and merges."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.github import queries
from connectors.github.answering import Size
from connectors.github.answers import Node, is_bot, joined, login, nodes, time, told
from connectors.github.client import Client
from connectors.github.paging import Connection, after, rest_of
from connectors.hosts.api import Repository
from connectors.hosts.references import once, references, titled
from connectors.hosts.walking import Item, Page, Walk, parsed
from connectors.records import Batch, Record

PAGE = 50
PARTS = ("commits", "reviews", "timelineItems", "labels")
REVIEWS = {"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"}
EVENTS = {"ReadyForReviewEvent": "ready", "ConvertToDraftEvent": "draft"}
REVERT_BRANCH = re.compile(r"revert-(\d+)-")


def batches(
    client: Client,
    repository: Repository,
    scope: str,
    cursor: Mapping[str, Any],
    floor: datetime | None,
) -> Iterator[Batch]:
    """Yield pull requests, the latest updated first."""
    connection = Connection(
        client,
        repository,
        "pullRequests",
        "pull requests",
        queries.CHANGES,
        bare,
        Size(PAGE),
    )

    def page(token: str | None) -> Page:
        found = connection.page(token)
        return replace(found, items=[whole(client, repository, item) for item in found.items])

    yield from Walk("changes", scope, page, cursor, floor).batches()


def bare(node: Node) -> Item:
    """Return a pull request as it was answered; what did not fit is asked for afterwards."""
    record = Record("changes", str(node["number"]), node, updated_at=parsed(node["updatedAt"]))
    at = parsed(node["updatedAt"])
    assert at
    return Item(record, at)


def whole(client: Client, repository: Repository, item: Item) -> Item:
    """Return a pull request with all its commits, reviews, drafts and labels, as a record."""
    node = item.record.payload
    following = after(node, PARTS)
    if following:
        owner = repository.full_name.partition("/")[0]
        what = f"pull request {repository.full_name}#{node['number']}"
        more = rest_of(client, owner, what, queries.MORE_OF_CHANGE, node, following)
        node = {**node, **{field: {**node[field], "nodes": more[field]} for field in more}}
    return replace(item, record=replace(item.record, payload=payload(node)))


def payload(node: Node) -> dict[str, Any]:
    """Return the flat payload of a pull request."""
    commits = [one["commit"] for one in nodes(node["commits"])]
    found = references(node["title"], node["body"])
    by_branch = REVERT_BRANCH.match(node["headRefName"])
    numbers = once([*found.reverts_numbers, *([by_branch[1]] if by_branch else [])])
    merged = node["mergeCommit"] if node["mergedAt"] else None
    return told(
        number=node["number"],
        title=titled(node["title"]),
        author=login(node["author"]),
        is_bot=is_bot(node["author"]),
        state=node["state"].lower(),
        is_draft=node["isDraft"],
        opened_at=time(node["createdAt"]),
        ready_events=joined(
            f"{EVENTS[one['__typename']]}@{time(one['createdAt'])}"
            for one in nodes(node["timelineItems"])
        ),
        reviews=joined(
            f"{one['state'].lower()}@{time(one['submittedAt'])}@{login(one['author']) or 'ghost'}"
            for one in nodes(node["reviews"])
            if one["state"] in REVIEWS and one["submittedAt"]
        ),
        merged_at=time(node["mergedAt"]),
        closed_at=time(node["closedAt"]),
        merge_sha=merged and merged["oid"],
        branch=node["headRefName"],
        base_branch=node["baseRefName"],
        is_from_fork=node["isCrossRepository"],
        labels=joined((one["name"] for one in nodes(node["labels"])), ";"),
        commit_count=node["commits"]["totalCount"],
        commit_shas=joined(one["oid"] for one in commits),
        commit_authored_ats=joined(time(one["authoredDate"]) for one in commits),
        merge_method=merge_method(node, commits) if node["mergedAt"] else None,
        reverts=joined(found.reverts),
        reverts_numbers=joined(numbers),
        mentions=joined(found.mentions),
        url=node["url"],
    )


def merge_method(node: Node, commits: list[Node]) -> str:
    """Return how it was merged, which GitHub shows but does not say.

    A rebased commit keeps the time at which its author made it; a squashed one is made anew and
    named after the pull request.
    """
    made = node["mergeCommit"]
    if not made or not commits:
        return "unknown"
    if made["parents"]["totalCount"] > 1:
        return "merge"
    is_named = str(made["messageHeadline"]).endswith(f"(#{node['number']})")
    is_kept = time(made["authoredDate"]) == time(commits[-1]["authoredDate"])
    return "rebase" if is_kept and not is_named else "squash"

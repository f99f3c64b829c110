"""What REST and GraphQL say of a project, as a repository."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.gitlab.answers import number
from connectors.hosts.api import Repository
from connectors.hosts.walking import parsed


def forked(body: Mapping[str, Any]) -> bool:
    """Tell whether a project is a fork."""
    return bool(body.get("forked_from_project"))


def from_body(body: Mapping[str, Any]) -> Repository:
    """Return the repository that REST describes."""
    return Repository(
        id=str(body["id"]),
        full_name=body["path_with_namespace"],
        url=body["web_url"],
        default_branch=None if body.get("empty_repo") else body.get("default_branch"),
        is_archived=bool(body.get("archived")),
        is_fork=forked(body),
        created_at=parsed(body.get("created_at")),
        active_at=parsed(body.get("last_activity_at")),
    )


def from_node(node: Mapping[str, Any]) -> Repository:
    """Return the repository that GraphQL describes."""
    return Repository(
        id=number(node["id"]),
        full_name=node["fullPath"],
        url=node["webUrl"],
        default_branch=(node.get("repository") or {}).get("rootRef"),
        is_archived=bool(node.get("archived")),
        is_fork=bool(node.get("isForked")),
        created_at=parsed(node.get("createdAt")),
        active_at=parsed(node.get("lastActivityAt")),
        newest=newest_of(node),
    )


def newest_of(node: Mapping[str, Any]) -> dict[str, datetime | None]:
    """Return the latest times of those entities that GraphQL tells of."""
    places = {
        "changes": ("mergeRequests", "updatedAt"),
        "issues": ("issues", "updatedAt"),
        "releases": ("releases", "createdAt"),
    }
    found: dict[str, datetime | None] = {}
    for entity, (connection, time) in places.items():
        if node.get(connection) is not None:
            nodes = [one for one in node[connection].get("nodes") or () if one]
            found[entity] = parsed(nodes[0][time]) if nodes else None
    return found

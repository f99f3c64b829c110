"""What the listing finds: a repository, and what is newest in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from connectors.errors import SourceError
from connectors.github.answers import Node, nodes
from connectors.github.releases import mark
from connectors.hosts.api import Repository
from connectors.hosts.walking import parsed


@dataclass(frozen=True, slots=True)
class Seen:
    """What the listing saw beside a repository; ``is_known`` is false where it might not look."""

    is_known: bool = False
    issues: datetime | None = None
    releases: str | None = None


def described(node: Node) -> tuple[Repository, Seen]:
    """Return a repository, and what was seen beside it."""
    newest: dict[str, datetime | None] = {}
    if node.get("pullRequests"):
        newest["changes"] = latest(node["pullRequests"], "updatedAt")
    if node.get("deployments"):
        newest["deployments"] = latest(node["deployments"], "createdAt")
    seen = Seen()
    if node.get("issues") and node.get("releases"):
        seen = Seen(True, latest(node["issues"], "updatedAt"), mark(node))
    repository = Repository(
        id=str(node["databaseId"]),
        full_name=node["nameWithOwner"],
        url=node["url"],
        default_branch=(node["defaultBranchRef"] or {}).get("name"),
        is_archived=node["isArchived"],
        is_fork=node["isFork"],
        created_at=parsed(node["createdAt"]),
        active_at=parsed(node["pushedAt"]),
        environments=tuple(one["name"] for one in nodes(node.get("environments"))),
        newest=newest,
    )
    return repository, seen


def latest(connection: Node, field: str) -> datetime | None:
    """Return the latest of a connection's times."""
    times = [parsed(one[field]) for one in nodes(connection)]
    return max((moment for moment in times if moment), default=None)


def is_glob(pattern: str) -> bool:
    """Tell whether a name has wildcards."""
    return bool(set(pattern) & set("*?"))


def matches(node: Node, patterns: Sequence[str]) -> bool:
    """Tell whether a repository is meant; case does not count at GitHub."""
    name = str(node["nameWithOwner"]).lower()
    return any(fnmatchcase(name, pattern.lower()) for pattern in patterns)


def is_misled(found: Sequence[Any], names: Sequence[str]) -> bool:
    """Tell whether several repositories came, and none as it was called, whoever owns it now."""
    pairs = [
        (str(one["nameWithOwner"]).lower().split("/")[1], name.lower().split("/")[1])
        for one, name in zip(found, names, strict=True)
        if not isinstance(one, SourceError)
    ]
    return len(pairs) > 2 and all(now != name for now, name in pairs)


def is_cut(errors: Sequence[Mapping[str, Any]], depth: int) -> bool:
    """Tell whether something inside a repository is forbidden, which hides the repository too."""
    return any(
        error.get("type") in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}
        and len(error.get("path") or ()) > depth
        for error in errors
    )

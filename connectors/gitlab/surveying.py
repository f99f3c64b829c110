"""What a project really uses, for a first configuration."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from connectors.errors import SourceError
from connectors.gitlab import queries
from connectors.gitlab.changes import nodes_of
from connectors.gitlab.client import Client
from connectors.gitlab.issues import kind
from connectors.gitlab.payloads import joined
from connectors.hosts.api import Repository
from connectors.hosts.survey import Survey, Use
from connectors.hosts.walking import parsed

FILES: Final = (
    "CODEOWNERS",
    ".gitlab/CODEOWNERS",
    "docs/CODEOWNERS",
    "catalog-info.yaml",
    "catalog-info.yml",
)
BY_CHANGE: Final = {"order_by": "updated_at", "sort": "desc"}


def survey(client: Client, repository: Repository) -> Survey:
    """Look at the newest page of everything; what the token may not see is left out."""

    def rows(name: str, **query: Any) -> list[Mapping[str, Any]]:
        path = f"/projects/{repository.id}/{name}"
        try:
            what = f"{name} of {repository.full_name}"
            return list(client.rows(path, what, per_page=100, **query).body)
        except SourceError:
            return []

    deployments = rows("deployments", **BY_CHANGE)
    environments = rows("environments")
    issues = rows("issues", scope="all", **BY_CHANGE)
    releases, jobs = rows("releases"), rows("jobs")
    files, folders = seen_files(client, repository)
    return Survey(
        full_name=repository.full_name,
        default_branch=repository.default_branch,
        is_archived=repository.is_archived,
        is_fork=repository.is_fork,
        pushed_at=repository.newest.get("changes"),
        deployments=used(
            ((one.get("environment") or {}).get("name"), one.get("updated_at"))
            for one in deployments
        ),
        production_tiers=tuple(
            str(one["name"]) for one in environments if one.get("tier") == "production"
        ),
        releases=used((one.get("tag_name"), one.get("released_at")) for one in releases),
        tags=tuple(str(one["name"]) for one in rows("repository/tags")),
        runs=used((one.get("name"), one.get("created_at")) for one in jobs),
        labels=tuple(
            sorted({n for one in issues for n in (joined(one.get("labels")) or "").split(";") if n})
        ),
        issue_types=tuple(sorted({kind(one) for one in issues})),
        files=files,
        folders=folders,
    )


def used(found: Iterable[tuple[Any, Any]]) -> tuple[Use, ...]:
    """Count names, the most used first, and when each was used last."""
    counts, latest = Counter[str](), dict[str, datetime]()
    for name, text in found:
        at = parsed(text)
        if name:
            counts[str(name)] += 1
            if at and (str(name) not in latest or latest[str(name)] < at):
                latest[str(name)] = at
    return tuple(Use(name, count, latest.get(name)) for name, count in counts.most_common())


def seen_files(client: Client, repository: Repository) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts of files that tell of owners and services, and the top folders."""
    if client.job_token or repository.default_branch is None:
        return {}, ()
    what = f"files of {repository.full_name}"
    try:
        project = client.project(repository, queries.FILES, what, paths=list(FILES))
    except SourceError:
        return {}, ()
    found = project.get("repository") or {}
    texts = {str(b["path"]): str(b["rawTextBlob"] or "") for b in nodes_of(found.get("blobs"))}
    trees = nodes_of((found.get("tree") or {}).get("trees"))
    return texts, tuple(str(tree["path"]) for tree in trees)

"""Looks at what a repository really uses, for a first configuration."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from connectors.errors import SourceMisconfigured
from connectors.github import more_queries as queries
from connectors.github.answering import Answer
from connectors.github.answers import Node, check, nodes
from connectors.github.client import Client
from connectors.github.issue_types import Types
from connectors.github.matching import path
from connectors.github.paging import named
from connectors.hosts.api import Repository
from connectors.hosts.survey import Survey, Use
from connectors.hosts.walking import parsed

RUNS = 100
Found = Iterable[tuple[str, str, datetime | None]]


def survey(client: Client, repository: Repository, types: Types) -> Survey:
    """Return the newest deployments, releases, tags, runs, labels and files of a repository."""
    found = asked(client, repository, types)
    tree = found["tree"] or {"entries": []}
    issues = nodes(found["issues"])
    return Survey(
        full_name=repository.full_name,
        default_branch=repository.default_branch,
        is_archived=repository.is_archived,
        is_fork=repository.is_fork,
        pushed_at=parsed(found["pushedAt"]),
        deployments=uses(
            (one["environment"] or "", "", parsed(one["createdAt"]))
            for one in nodes(found["deployments"])
        ),
        releases=uses(
            (one["tagName"], "", parsed(one["publishedAt"] or one["createdAt"]))
            for one in nodes(found["releases"])
            if not one["isDraft"]
        ),
        tags=tuple(one["name"] for one in nodes(found["refs"])),
        runs=uses(runs(client, repository)),
        labels=distinct(one["name"] for issue in issues for one in nodes(issue["labels"])),
        issue_types=distinct(
            issue["issueType"]["name"] for issue in issues if issue.get("issueType")
        ),
        files={
            place: found[alias]["text"]
            for alias, place in queries.FILES.items()
            if (found[alias] or {}).get("text") and not found[alias]["isTruncated"]
        },
        folders=tuple(one["name"] for one in tree["entries"] if one["type"] == "tree"),
    )


def asked(client: Client, repository: Repository, types: Types) -> Node:
    """Return the answer to the one query of the survey."""
    what = f"the survey of {repository.full_name}"

    def read(answer: Answer) -> Node:
        if answer.errors:
            raise client.refused(answer.errors, what)
        found: Node = answer.data["repository"]
        check(found["databaseId"], repository)
        return found

    document = queries.SURVEY_TYPED if types.are_known else queries.SURVEY
    variables = named(repository)
    return client.graphql(document, variables, what, variables["owner"], read)


def runs(client: Client, repository: Repository) -> list[tuple[str, str, datetime | None]]:
    """Return name, file and time of the newest workflow runs; none where Actions are off."""

    def read(answer: Answer) -> list[Any]:
        return list(answer.data["workflow_runs"])

    owner = named(repository)["owner"]
    at = f"/repos/{repository.full_name}/actions/runs"
    what = f"workflow runs of {repository.full_name}"
    try:
        found = client.rest(at, {"per_page": RUNS}, what, owner, read)
    except SourceMisconfigured:
        # A survey is a first look, by a token that may not see all yet.
        return []
    return [(one["name"] or "", path(one), parsed(one["created_at"])) for one in found]


def uses(found: Found) -> tuple[Use, ...]:
    """Return how often each thing was seen, and when last, the most frequent first."""
    times: dict[tuple[str, str], list[datetime | None]] = defaultdict(list)
    for name, at, moment in found:
        times[name, at].append(moment)
    counted = [
        Use(name, len(seen), max((one for one in seen if one), default=None), at)
        for (name, at), seen in times.items()
    ]
    return tuple(sorted(counted, key=lambda use: (-use.count, use.name)))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return names once, in order."""
    return tuple(sorted(set(names)))

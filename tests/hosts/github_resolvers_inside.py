"""Answers the GraphQL lists inside pull requests, deployments and commits."""

import re
from typing import Any

from graphql import GraphQLResolveInfo

from tests.hosts.github_answers import answers
from tests.hosts.github_paging import Page, connect
from tests.hosts.github_views import CommitView, Named, PullCommit, Suite, git_object


@answers("PullRequest.commits")
def pull_commits(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    return connect("commits", [PullCommit(source, oid) for oid in source.commit_oids], told)


@answers("PullRequest.reviews", "PullRequest.latestReviews")
def reviews(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    wanted = told.get("states")
    public = [one for one in source.reviews if one.state != "PENDING"]
    found = [one for one in public if not wanted or one.state in wanted]
    if told.get("author"):
        found = [one for one in found if one.author == told["author"]]
    return connect("reviews", found, told, lambda one: one.created_at)


@answers("PullRequest.timelineItems", "Issue.timelineItems")
def timeline(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    events = sorted(
        getattr(source, "events", []), key=lambda one: (one.created_at, one.database_id)
    )
    wanted = told.get("itemTypes")
    found = [
        one
        for one in events
        if (not wanted or upper(one.kind) in wanted)
        and (not told.get("since") or one.created_at >= told["since"])
    ]
    return connect("timelineItems", found, told)


def upper(kind: str) -> str:
    """Return ``READY_FOR_REVIEW_EVENT`` for ``ReadyForReviewEvent``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).upper()


@answers("Deployment.statuses")
def statuses(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    return connect(
        "statuses", source.statuses, told, lambda one: one.created_at, is_descending=True
    )


@answers("Commit.parents")
def parents(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [git_object(source.repository, oid) for oid in source.parents]
    return connect("parents", [one for one in found if one], told)


@answers("Commit.history")
def history(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = source.repository.objects.reachable(source.oid)
    newest = sorted(found, key=lambda one: (one.committed_date, one.oid), reverse=True)
    return connect("history", [CommitView(source.repository, one) for one in newest], told)


@answers("Commit.checkSuites")
def check_suites(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [Suite(run) for run in source.repository.runs if run.head_sha == source.oid]
    return connect("checkSuites", found, told)


@answers("CheckSuite.checkRuns")
def check_runs(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    return connect("checkRuns", source.run.jobs, told)


@answers("PullRequest.labels", "Issue.labels")
def labels(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    found = [Named("Label", source.repository, name) for name in source.labels]
    return connect("labels", found, told)


@answers("Commit.associatedPullRequests")
def associated(source: Any, info: GraphQLResolveInfo, **told: Any) -> Page:
    pulls = source.repository.pulls.values()
    found = [one for one in pulls if source.oid in (*one.commit_oids, one.merge_oid)]
    return connect("associatedPullRequests", found, told)

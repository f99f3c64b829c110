"""Answers GraphQL fields that follow from one attribute of the made-up GitHub's state."""

import re
from collections.abc import Callable
from typing import Any

from tests.hosts.github_nodes import node_id
from tests.hosts.github_views import FileView, Named, RefView, Suite, git_object, type_name

LARGEST_INT = 2**31 - 1
PEOPLE = {
    "author": "author",
    "actor": "actor",
    "creator": "creator",
    "mergedBy": "merged_by",
    "enqueuer": "actor",
}


def snake(name: str) -> str:
    """Return ``head_ref_name`` for ``headRefName``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def branch(repository: Any, name: str) -> RefView | None:
    """Return a branch; null where it was deleted."""
    full = f"refs/heads/{name}"
    sha = repository.objects.refs.get(full)
    return RefView(repository, full, sha) if sha else None


def tag(repository: Any, name: str | None) -> RefView | None:
    """Return a branch or tag by its short name."""
    full = f"refs/tags/{name}"
    sha = repository.objects.refs.get(full)
    return RefView(repository, full, sha) if sha else branch(repository, name or "")


def path(value: Any) -> str:
    """Return the path of a thing's page."""
    kind = type_name(value)
    if kind in ("User", "Organization", "Bot"):
        return f"/{value.login}"
    if kind == "Repository":
        return f"/{value.full_name}"
    at = f"/{value.repository.full_name}"
    below = {
        "PullRequest": lambda: f"pull/{value.number}",
        "Issue": lambda: f"issues/{value.number}",
        "PullRequestReview": lambda: f"pull/{value.pull.number}#review-{value.database_id}",
        "Release": lambda: f"releases/tag/{value.tag_name}",
        "Deployment": lambda: f"deployments/{value.database_id}",
        "Commit": lambda: f"commit/{value.oid}",
        "WorkflowRun": lambda: f"actions/runs/{value.database_id}",
        "CheckSuite": lambda: f"actions/runs/{value.run.database_id}",
        "CheckRun": lambda: f"actions/runs/{value.run.database_id}/job/{value.database_id}",
    }
    return f"{at}/{below[kind]()}" if kind in below else at


def queue_entry(pull: Any, _: Any) -> dict[str, Any] | None:
    """Return the place in the merge queue; null outside it."""
    if not pull.enqueued_at:
        return None
    told = {"id": f"MQE_{pull.database_id}", "enqueuedAt": pull.enqueued_at, "position": 1}
    return {**told, "state": "QUEUED", "pullRequest": pull}


def actor(person: Any, _: Any) -> dict[str, Any]:
    """Return a commit's person from (login, time)."""
    login, at = person
    address = f"{login.replace('[bot]', '')}@example.com"
    return {"name": login, "email": address, "date": at.isoformat()}


def suite_status(run: Any, _: Any) -> str:
    """Return the status of a suite or job as GraphQL tells it."""
    return run.status.upper()


def conclusion(run: Any, _: Any) -> str | None:
    """Return the conclusion of a suite or job as GraphQL tells it."""
    return run.conclusion.upper() if run.conclusion else None


FIELDS: dict[str, Callable[[Any, Any], Any]] = {
    "Repository.name": lambda one, _: one.full_name.partition("/")[2],
    "Repository.nameWithOwner": lambda one, _: one.full_name,
    "Repository.owner": lambda one, at: at.state.account(one.full_name.partition("/")[0]),
    "Repository.isEmpty": lambda one, _: one.head is None,
    "Repository.visibility": lambda one, _: "PRIVATE" if one.is_private else "PUBLIC",
    "Repository.mergeCommitAllowed": lambda one, _: "merge" in one.allowed_methods,
    "Repository.squashMergeAllowed": lambda one, _: "squash" in one.allowed_methods,
    "Repository.rebaseMergeAllowed": lambda one, _: "rebase" in one.allowed_methods,
    "Repository.archivedAt": lambda one, _: one.updated_at if one.is_archived else None,
    "Repository.hasIssuesEnabled": lambda one, _: True,
    "Repository.viewerCanAdminister": lambda _, at: at.token.is_administrator,
    "Repository.viewerPermission": lambda one, _: "READ",
    "PullRequest.bodyText": lambda one, _: one.body,
    "PullRequest.closed": lambda one, _: one.closed_at is not None,
    "PullRequest.merged": lambda one, _: one.merged_at is not None,
    "PullRequest.mergeCommit": lambda one, _: git_object(one.repository, one.merge_oid),
    "PullRequest.baseRef": lambda one, _: branch(one.repository, one.base_ref_name),
    "PullRequest.headRef": lambda one, _: branch(one.repository, one.head_ref_name),
    "PullRequest.baseRefOid": lambda one, _: one.repository.head,
    "PullRequest.headRefOid": lambda one, _: one.commit_oids[-1],
    "PullRequest.headRepository": lambda one, _: (
        None if one.is_cross_repository else one.repository
    ),
    "PullRequest.baseRepository": lambda one, _: one.repository,
    "PullRequest.permalink": lambda one, at: at.url + path(one),
    "PullRequest.publishedAt": lambda one, _: one.created_at,
    "PullRequest.isInMergeQueue": lambda one, _: one.enqueued_at is not None,
    "PullRequest.mergeQueueEntry": queue_entry,
    "PullRequest.authorAssociation": lambda one, _: "MEMBER",
    "PullRequestCommit.commit": lambda one, _: git_object(one.pull.repository, one.oid),
    "PullRequestCommit.pullRequest": lambda one, _: one.pull,
    "PullRequestReview.pullRequest": lambda one, _: one.pull,
    "PullRequestReview.bodyText": lambda one, _: one.body,
    "PullRequestReview.publishedAt": lambda one, _: one.submitted_at,
    "MergedEvent.commit": lambda one, _: git_object(one.repository, one.commit_oid),
    "MergedEvent.mergeRefName": lambda one, _: one.pull.base_ref_name,
    "MergedEvent.mergeRef": lambda one, _: branch(one.repository, one.pull.base_ref_name),
    "Deployment.commit": lambda one, _: git_object(one.repository, one.commit_oid),
    "Deployment.ref": lambda one, _: tag(one.repository, one.ref_name),
    "Deployment.latestStatus": lambda one, _: one.statuses[-1] if one.statuses else None,
    "Deployment.latestEnvironment": lambda one, _: one.environment,
    "Release.tag": lambda one, _: tag(one.repository, one.tag_name),
    "Release.tagCommit": lambda one, _: git_object(one.repository, one.tagged()),
    "Release.isLatest": lambda one, _: one is one.repository.latest_release(),
    "Issue.bodyText": lambda one, _: one.body,
    "Issue.closed": lambda one, _: one.closed_at is not None,
    "Issue.publishedAt": lambda one, _: one.created_at,
    "Issue.issueType": lambda one, _: one.type and Named("IssueType", one.repository, one.type),
    "IssueType.isEnabled": lambda one, _: True,
    "Label.color": lambda one, _: "ededed",
    "Label.isDefault": lambda one, _: False,
    "Commit.abbreviatedOid": lambda one, _: one.oid[:7],
    "Commit.author": lambda one, at: actor((one.author, one.authored_date), at),
    "Commit.committer": lambda one, at: actor((one.committer, one.committed_date), at),
    "Commit.tree": lambda one, _: FileView(one.repository, "", None, tuple(one.repository.files)),
    "Blob.isTruncated": lambda one, _: False,
    "Blob.isBinary": lambda one, _: False,
    "CheckSuite.workflowRun": lambda one, _: one.run,
    "CheckSuite.status": suite_status,
    "CheckSuite.conclusion": conclusion,
    "CheckSuite.commit": lambda one, _: git_object(one.repository, one.head_sha),
    "CheckSuite.branch": lambda one, _: branch(one.repository, one.head_branch),
    "CheckRun.status": suite_status,
    "CheckRun.conclusion": conclusion,
    "CheckRun.checkSuite": lambda one, _: Suite(one.run),
    "CheckRun.permalink": lambda one, at: at.url + path(one),
    "WorkflowRun.checkSuite": lambda one, _: Suite(one),
    "WorkflowRun.file": lambda one, _: {"id": one.id, "path": one.path},
    "WorkflowRun.workflow": lambda one, _: Named(
        "Workflow", one.repository, one.name, one.workflow_id, one.path
    ),
    "Workflow.state": lambda one, _: "ACTIVE",
}


def answer(source: Any, info: Any, **told: Any) -> Any:
    """Return a field of anything, by rule or by the attribute of its name."""
    kind, name, at = info.parent_type.name, info.field_name, info.context
    if f"{kind}.{name}" in FIELDS:
        return FIELDS[f"{kind}.{name}"](source, at)
    if isinstance(source, dict):
        return source.get(name)
    if name in PEOPLE:
        login = getattr(source, PEOPLE[name], None)
        return at.state.account(login) if login else None
    if name in ("url", "commitUrl"):
        return at.url + path(source)
    if name in ("resourcePath", "commitResourcePath"):
        return path(source)
    if name == "login":
        return source.login.removesuffix("[bot]") if kind == "Bot" else source.login
    if name in ("databaseId", "fullDatabaseId"):
        is_told = name == "fullDatabaseId" or source.database_id <= LARGEST_INT
        return source.database_id if is_told else None
    if name == "avatarUrl":
        return f"{at.url}/avatars/{node_id('U', source.database_id)}"
    return getattr(source, snake(name), None)

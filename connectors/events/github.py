"""GitHub's webhooks; what they tell has the identity that polling the host gives it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Delivery, Event, delivery, told
from connectors.events.purl import sha
from connectors.events.reading import Part, Untranslatable, header, whole

FORMAT = "github"
DEPLOYMENT = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "inactive": "removed",
    "in_progress": "started",
    "queued": "waiting",
    "pending": "waiting",
    "waiting": "waiting",
}
CONCLUSION = {
    "success": "success",
    "neutral": "success",
    "failure": "failure",
    "timed_out": "failure",
    "startup_failure": "failure",
    "cancelled": "cancelled",
    "skipped": "cancelled",
    "stale": "cancelled",
    "action_required": "waiting",
}
PULL_REQUEST = {
    "opened": "opened",
    "reopened": "opened",
    "ready_for_review": "ready",
    "converted_to_draft": "draft",
    "closed": "closed",
}
ISSUE = {"opened": "opened", "reopened": "reopened", "closed": "resolved", "deleted": "removed"}
RELEASE = {
    "published": "published",
    "released": "published",
    "prereleased": "published",
    "deleted": "removed",
    "unpublished": "removed",
}


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what one delivery tells; event types without a meaning here are kept as unknown."""
    name = header(headers, "X-GitHub-Event")
    if not name:
        raise Untranslatable("X-GitHub-Event", "is missing")
    found = whole(body)
    come = delivery(FORMAT, found, host, received_at, header(headers, "X-GitHub-Delivery"))
    action = found.text("action")
    type = f"{name}.{action}" if action else name
    repository = found.part("repository").text("full_name")
    if name not in TOLD or not repository:
        return [come.unknown(type, repository=repository)]
    subject, at, known = TOLD[name](come, repository, action)
    return [come.event(type, subject, at, repository=repository, **known)]


Told = tuple[str, datetime | None, dict[str, Any]]


def deployment(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell a deployment that was asked for; nothing runs yet."""
    made = come.body.needed("deployment")
    known = deployed(come, repository, made) | {"state": "waiting"}
    return "deployment", made.moment("created_at"), known


def deployment_status(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell how far a deployment came."""
    made, status = come.body.needed("deployment"), come.body.needed("deployment_status")
    at, state = status.moment("created_at"), DEPLOYMENT.get(status.required("state"))
    known = deployed(come, repository, made) | {"state": state}
    known["environment"] = status.text("environment") or known["environment"]
    known["url"] = status.text("target_url") or status.text("log_url")
    if state in {"success", "failure"}:
        known["finished_at"] = at
    return "deployment", at, known


def deployed(come: Delivery, repository: str, made: Part) -> dict[str, Any]:
    """Return what holds of a deployment in any state."""
    ref = made.text("ref")
    return {
        "subject_id": f"{come.host}/{repository}/{made.required('id')}",
        "environment": made.text("environment"),
        "tier": "production" if made.flag("production_environment") else None,
        "sha": made.text("sha"),
        "branch": None if sha(ref) else branch(ref),
        "started_at": made.moment("created_at"),
        **account(made.part("creator")),
    }


def workflow_run(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell a run of a workflow; one that runs again keeps its id."""
    run = come.body.needed("workflow_run")
    updated_at, is_over = run.moment("updated_at"), run.text("status") == "completed"
    word = run.text("conclusion") if is_over else run.text("status")
    path = run.text("path") or come.body.part("workflow").text("path")
    known = {
        "subject_id": f"{come.host}/{repository}/run/{run.required('id')}",
        "kind": "workflow_run",
        "state": CONCLUSION.get(word or "") if is_over else DEPLOYMENT.get(word or "", "waiting"),
        "name": run.text("name") or come.body.part("workflow").text("name"),
        "path": re.sub(r"@refs/.*", "", path, flags=re.DOTALL) if path else None,
        "sha": run.text("head_sha"),
        "branch": run.text("head_branch"),
        "trigger": "manual" if run.text("event") == "workflow_dispatch" else "automatic",
        "started_at": run.moment("run_started_at") or run.moment("created_at"),
        "finished_at": updated_at if is_over else None,
        "url": run.text("html_url"),
        **account(run.part("triggering_actor") or run.part("actor")),
    }
    return "run", updated_at, known


def release(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell a release; drafts and edits are news that change nothing by themselves."""
    made = come.body.needed("release")
    state = RELEASE.get(action or "", "updated")
    published_at = made.moment("published_at")
    known = {
        "subject_id": f"{come.host}/{repository}/releases/{made.required('id')}",
        "state": state,
        "version": made.text("tag_name"),
        "name": made.text("name"),
        "sha": sha(made.text("target_commitish")),
        "is_draft": made.flag("draft"),
        "is_pre_release": made.flag("prerelease"),
        "finished_at": published_at,
        "url": made.text("html_url"),
        **account(made.part("author")),
    }
    return "release", published_at if state == "published" else None, known


def pull_request(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell what became of a pull request."""
    change = come.body.needed("pull_request")
    merged_at = change.moment("merged_at")
    state = PULL_REQUEST.get(action or "", "updated")
    if state == "closed" and merged_at:
        state = "merged"
    at = {"merged": merged_at, "closed": change.moment("closed_at")}.get(state)
    if action == "opened":
        at = change.moment("created_at")
    return "change", at or change.moment("updated_at"), changed(repository, change, state)


def pull_request_review(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell a review; one that was dismissed is none any more."""
    change, review = come.body.needed("pull_request"), come.body.needed("review")
    word = (review.text("state") or "").lower()
    state = "approved" if word == "approved" else "reviewed"
    is_given = action == "submitted"
    known = changed(repository, change, state if is_given else "updated")
    known["reviewer"] = review.part("user").text("login")
    at = review.moment("submitted_at") if is_given else change.moment("updated_at")
    return "change", at, known


def changed(repository: str, change: Part, state: str) -> dict[str, Any]:
    """Return what holds of a pull request in any state."""
    merged_at = change.moment("merged_at")
    return {
        "subject_id": f"{repository}#{change.required('number')}",
        "state": state,
        "number": change.number("number"),
        "sha": change.part("head").text("sha"),
        "branch": change.part("head").text("ref"),
        "base_branch": change.part("base").text("ref"),
        "is_draft": change.flag("draft"),
        "labels": change.texts("labels"),
        "opened_at": change.moment("created_at"),
        "merged_at": merged_at,
        # Until it is merged this is the commit of a trial merge, which reaches no branch.
        "merge_sha": change.text("merge_commit_sha") if merged_at else None,
        "url": change.text("html_url"),
        **told(change.text("title"), change.text("body")),
        **account(change.part("user")),
    }


def push(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell that there is something new to collect; the commits themselves come from git."""
    ref, after = come.body.required("ref"), come.body.text("after")
    is_gone = come.body.flag("deleted")
    known = {
        "subject_id": f"{come.host}/{repository}/push/{ref}:{after}",
        "state": "removed" if is_gone else "pushed",
        "sha": None if is_gone else after,
        "branch": branch(ref),
        "version": ref.removeprefix("refs/tags/") if ref.startswith("refs/tags/") else None,
        **account(come.body.part("sender")),
    }
    return "push", come.body.part("repository").epoch("pushed_at"), known


def issues(come: Delivery, repository: str, action: str | None) -> Told:
    """Tell an issue; its labels and type say whether it is an incident."""
    issue = come.body.needed("issue")
    closed_at = issue.moment("closed_at")
    state = ISSUE.get(action or "", "updated")
    kind = issue.found.get("type")
    named = Part(kind).text("name") if isinstance(kind, Mapping) else None
    known = {
        "subject_id": f"{repository}#{issue.required('number')}",
        "state": state,
        "kind": (named or "issue").lower(),
        "number": issue.number("number"),
        "labels": issue.texts("labels"),
        "opened_at": issue.moment("created_at"),
        "started_at": issue.moment("created_at"),
        "resolved_at": closed_at,
        "url": issue.text("html_url"),
        **told(issue.text("title"), issue.text("body")),
        **account(issue.part("user")),
    }
    at = {"resolved": closed_at, "opened": issue.moment("created_at")}.get(state)
    return "issue", at or issue.moment("updated_at"), known


def account(user: Part) -> dict[str, Any]:
    """Return who did it, and whether GitHub says that it is a bot."""
    kind = user.text("type")
    return {"author": user.text("login"), "is_bot": kind == "Bot" if kind else None}


def branch(ref: str | None) -> str | None:
    """Return the branch of a ref; a tag is none."""
    if not ref or ref.startswith("refs/tags/"):
        return None
    return re.sub(r"^refs/heads/", "", ref)


TOLD: Mapping[str, Callable[[Delivery, str, str | None], Told]] = {
    "deployment": deployment,
    "deployment_status": deployment_status,
    "workflow_run": workflow_run,
    "release": release,
    "pull_request": pull_request,
    "pull_request_review": pull_request_review,
    "push": push,
    "issues": issues,
}

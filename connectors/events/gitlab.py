"""GitLab's webhooks; what they tell has the identity that polling the host gives it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.events.event import Delivery, Event, delivery, fingerprint, told
from connectors.events.github import Told, branch
from connectors.events.reading import Part, header, whole

FORMAT = "gitlab"
STATUS = {
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "canceling": "started",
    "skipped": "cancelled",
    "running": "started",
}
OVER = frozenset({"success", "failure", "cancelled"})
MERGE_REQUEST = {
    "open": "opened",
    "reopen": "opened",
    "close": "closed",
    "merge": "merged",
    "approval": "approved",
    "approved": "approved",
}
ISSUE = {"open": "opened", "reopen": "reopened", "close": "resolved"}
RELEASE = {"create": "published", "delete": "removed"}
BOT = re.compile(r"(project|group)_\d+_bot|ghost|alert-bot|support-bot", re.ASCII)


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what one delivery tells; event types without a meaning here are kept as unknown."""
    found = whole(body)
    kind = found.text("object_kind") or found.text("event_name") or ""
    kind = kind or header(headers, "X-Gitlab-Event") or "unknown"
    come = delivery(FORMAT, found, host, received_at, delivery_id(headers, body))
    project = repository(found)
    word = found.part("object_attributes").loose("action") or found.loose("action")
    type = f"{kind}.{word}" if word else kind
    if kind not in TOLD or not project:
        return [come.unknown(type, repository=project)]
    subject, at, known = TOLD[kind](come, project)
    return [come.event(type, subject, at, repository=project, **known)]


def delivery_id(headers: Mapping[str, str], body: Any) -> str | None:
    """Return the id that stays the same when a delivery is tried again.

    Hooks that one event sets off share X-Gitlab-Event-UUID, so alone it would be too coarse.
    """
    for name in ("webhook-id", "Idempotency-Key"):
        if told := header(headers, name):
            return told
    shared = header(headers, "X-Gitlab-Event-UUID")
    return f"{shared}/{fingerprint(body)[:16]}" if shared else None


def repository(found: Part) -> str | None:
    """Return the full path of the project."""
    path = found.part("project").text("path_with_namespace") or found.text("path_with_namespace")
    if path:
        return path
    home = found.part("repository").loose("homepage") or ""
    try:
        return urlsplit(home).path.strip("/") or None
    except ValueError:
        return None


def deployment(come: Delivery, project: str) -> Told:
    """Tell how far a deployment came."""
    body = come.body
    at, state = body.moment("status_changed_at"), STATUS.get(body.required("status"), "waiting")
    commit = (body.text("commit_url") or "").rpartition("/")[2]
    is_whole = re.fullmatch(r"[0-9a-f]{40,64}", commit)
    known = {
        "subject_id": f"{come.host}/{project}/{body.required('deployment_id')}",
        "state": state,
        "environment": body.text("environment"),
        "tier": body.text("environment_tier"),
        "sha": commit if is_whole else body.text("short_sha"),
        "branch": branch(body.text("ref")),
        "started_at": at if state == "started" else None,
        "finished_at": at if state in OVER else None,
        "url": body.text("deployable_url"),
        **account(body),
    }
    return "deployment", at, known


def pipeline(come: Delivery, project: str) -> Told:
    """Tell how far a pipeline came."""
    made = come.body.needed("object_attributes")
    state = STATUS.get(made.text("status") or "", "waiting")
    created_at, finished_at = made.moment("created_at"), made.moment("finished_at")
    is_over = state in OVER
    known = {
        "subject_id": f"{come.host}/{project}/pipeline/{made.required('id')}",
        "kind": "pipeline",
        "state": state,
        "name": made.text("name"),
        **ref(made),
        "trigger": "manual" if made.text("source") == "web" else "automatic",
        "started_at": created_at,
        "finished_at": finished_at if is_over else None,
        "url": made.text("url"),
        **account(come.body),
    }
    return "run", finished_at if is_over else created_at if state == "waiting" else None, known


def job(come: Delivery, project: str) -> Told:
    """Tell how far a job came."""
    body = come.body
    state = STATUS.get(body.text("build_status") or "", "waiting")
    started_at, finished_at = body.moment("build_started_at"), body.moment("build_finished_at")
    at = finished_at if state in OVER else started_at if state == "started" else None
    place = body.found.get("environment")
    environment = Part(place if isinstance(place, Mapping) else {"name": place}, "environment")
    known = {
        "subject_id": f"{come.host}/{project}/job/{body.required('build_id')}",
        "kind": "job",
        "state": state,
        "name": body.text("build_name"),
        "environment": environment.text("name"),
        "tier": environment.text("deployment_tier"),
        **ref(body),
        "started_at": started_at,
        "finished_at": finished_at if state in OVER else None,
        **account(body),
    }
    return "run", at or body.moment("build_created_at"), known


def merge_request(come: Delivery, project: str) -> Told:
    """Tell what became of a merge request; of an update, whether it is a draft now."""
    change = come.body.needed("object_attributes")
    action = change.text("action")
    state = MERGE_REQUEST.get(action or "", "updated")
    drafted = come.body.part("changes").part("draft").flag("current")
    if state == "updated" and drafted is not None:
        state = "draft" if drafted else "ready"
    updated_at, created_at = change.moment("updated_at"), change.moment("created_at")
    at = created_at if action == "open" else updated_at
    actor = account(come.body)
    known = {
        "subject_id": f"{project}!{change.required('iid')}",
        "state": state,
        "number": change.number("iid"),
        "sha": change.part("last_commit").text("id"),
        "branch": change.text("source_branch"),
        "base_branch": change.text("target_branch"),
        "is_draft": change.flag("draft"),
        "labels": come.body.texts("labels", "title"),
        "opened_at": created_at,
        "merged_at": (change.moment("merged_at") or at) if state == "merged" else None,
        "merge_sha": change.text("merge_commit_sha") if state == "merged" else None,
        "reviewer": actor["author"] if state == "approved" else None,
        "url": change.text("url"),
        **told(change.text("title"), change.text("description")),
        # Who acts is told by login, who wrote it only by number.
        **(actor if action == "open" else {}),
    }
    return "change", at, known


def release(come: Delivery, project: str) -> Told:
    """Tell a release, known by its tag."""
    body = come.body
    state = RELEASE.get(body.text("action") or "", "updated")
    released_at = body.moment("released_at")
    tag = body.required("tag")
    known = {
        "subject_id": f"{come.host}/{project}/releases/{tag}",
        "state": state,
        "version": tag,
        "name": body.text("name"),
        "sha": body.part("commit").text("id"),
        "finished_at": released_at,
        "url": body.text("url"),
    }
    return "release", released_at if state == "published" else None, known


def issue(come: Delivery, project: str) -> Told:
    """Tell an issue or another work item; its type and labels say whether it is an incident."""
    made = come.body.needed("object_attributes")
    state = ISSUE.get(made.text("action") or "", "updated")
    created_at, closed_at = made.moment("created_at"), made.moment("closed_at")
    severity = made.text("severity")
    at = {"opened": created_at, "resolved": closed_at}.get(state)
    known = {
        "subject_id": f"{project}#{made.required('iid')}",
        "state": state,
        "kind": (made.text("type") or "issue").lower(),
        "number": made.number("iid"),
        "labels": come.body.texts("labels", "title"),
        "severity": severity if severity != "unknown" else None,
        "opened_at": created_at,
        "started_at": created_at,
        "resolved_at": closed_at,
        "url": made.text("url"),
        **told(made.text("title"), made.text("description")),
        **(account(come.body) if state == "opened" else {}),
    }
    return "issue", at or made.moment("updated_at"), known


def feature_flag(come: Delivery, project: str) -> Told:
    """Tell a flag of the project, on or off in all its environments."""
    flag = come.body.needed("object_attributes")
    known = {
        "subject_id": f"{come.host}/{project}/flags/{flag.required('id')}",
        "state": "enabled" if flag.flag("active") else "disabled",
        "name": flag.text("name"),
        **account(come.body),
    }
    return "flag", None, known


def push(come: Delivery, project: str) -> Told:
    """Tell that there is something new to collect; the commits themselves come from git."""
    name, sha = come.body.required("ref"), come.body.text("checkout_sha")
    known = {
        "subject_id": f"{come.host}/{project}/push/{name}:{come.body.text('after')}",
        "state": "pushed" if sha else "removed",
        "sha": sha,
        "branch": branch(name),
        "version": name.removeprefix("refs/tags/") if name.startswith("refs/tags/") else None,
        "author": come.body.text("user_username"),
    }
    return "push", None, known


def ref(found: Part) -> dict[str, Any]:
    """Return the commit and the branch or tag of a pipeline or job."""
    name = found.text("ref")
    return {
        "sha": found.text("sha"),
        "version" if found.flag("tag") else "branch": name,
    }


def account(found: Part) -> dict[str, Any]:
    """Return who did it; the accounts of tokens are bots."""
    name = found.part("user").text("username")
    return {"author": name, "is_bot": bool(BOT.match(name)) if name else None}


TOLD: Mapping[str, Callable[[Delivery, str], Told]] = {
    "deployment": deployment,
    "pipeline": pipeline,
    "build": job,
    "merge_request": merge_request,
    "release": release,
    "issue": issue,
    "work_item": issue,
    "incident": issue,
    "feature_flag": feature_flag,
    "push": push,
    "tag_push": push,
}

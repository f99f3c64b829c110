"""Argo CD's notifications, whose body is the template that users configure: ours is here."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Event, delivery, fingerprint
from connectors.events.purl import sha
from connectors.events.reading import Part, Untranslatable, whole

FORMAT = "argocd"
# What docs tell users to put into argocd-notifications-cm. `dig` stands what is not there.
TEMPLATE = """\
{
  "app": {{ toJson .app.metadata.name }},
  "namespace": {{ dig "spec" "destination" "namespace" "" .app | toJson }},
  "environment": {{ dig "metadata" "labels" "environment" "" .app | toJson }},
  "project": {{ dig "spec" "project" "" .app | toJson }},
  "repository": {{ dig "spec" "source" "repoURL" "" .app | toJson }},
  "phase": {{ dig "status" "operationState" "phase" "" .app | toJson }},
  "revision": {{ dig "status" "operationState" "syncResult" "revision" "" .app | toJson }},
  "images": {{ dig "status" "summary" "images" list .app | toJson }},
  "health": {{ dig "status" "health" "status" "" .app | toJson }},
  "is_automated": {{ dig "status" "operationState" "operation" "initiatedBy" "automated" false .app | toJson }},
  "started_at": {{ dig "status" "operationState" "startedAt" "" .app | toJson }},
  "finished_at": {{ dig "status" "operationState" "finishedAt" "" .app | toJson }},
  "url": {{ printf "%s/applications/%s" .context.argocdUrl .app.metadata.name | toJson }}
}
"""  # noqa: E501 - a template is read as it is pasted
STATES = {
    "running": "started",
    "succeeded": "success",
    "failed": "failure",
    "error": "failure",
    "terminating": "cancelled",
}


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return the deployment that one sync of an application is."""
    found = whole(body)
    app, phase = found.required("app"), found.required("phase")
    state = STATES.get(phase.lower())
    if state is None:
        raise Untranslatable("phase", f"must be one of {', '.join(map(str.title, STATES))}")
    come = delivery(FORMAT, found, host, received_at)
    started_at, finished_at = found.moment("started_at"), found.moment("finished_at")
    namespace, revision = found.text("namespace"), found.text("revision")
    run = started_at.isoformat().replace("+00:00", "Z") if started_at else fingerprint(body)
    place, health = found.text("environment") or namespace, found.text("health")
    automated = found.flag("is_automated")
    is_over = state not in {"started", "cancelled"}
    known = {
        "subject_id": f"argocd/{namespace or ''}/{app}/{run}",
        "state": state,
        "service": app,
        "environment": place,
        "repository": repository(found),
        **version(found, revision),
        "trigger": None if automated is None else "automatic" if automated else "manual",
        "started_at": started_at,
        "finished_at": (finished_at or come.received_at) if is_over else None,
        "labels": (f"health={health}",) if health else (),
        "url": found.text("url"),
    }
    at = finished_at if is_over else started_at if state == "started" else None
    return [come.event(f"sync.{phase}", "deployment", at, **known)]


def version(found: Part, revision: str | None) -> dict[str, Any]:
    """Return the commit, or the version of a chart; else the one image's tag."""
    if revision:
        return {"sha": sha(revision)} if sha(revision) else {"version": revision}
    tags = {image.rpartition(":")[2] for image in found.texts("images") if ":" in image}
    return {"version": tags.pop()} if len(tags) == 1 else {}


def repository(found: Part) -> str | None:
    """Return ``owner/name`` of the repository that the manifests come from."""
    text = (found.text("repository") or "")[:1000].removesuffix("/").removesuffix(".git")
    matched = re.fullmatch(r"(?:\w+://(?:[^/@]*@)?[^/]+/|[\w.-]+@[^:/]+:)([^?#]+)", text, re.ASCII)
    return matched[1] if matched else None

"""CDEvents, specification 0.3 to 0.5, in CloudEvents envelopes or bare; other CloudEvents too."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.cloudevents import Envelope, envelopes
from connectors.events.event import Delivery, Event, delivery
from connectors.events.purl import artifact, sha
from connectors.events.reading import Part, Untranslatable, part, shallow
from connectors.hosts.references import references

FORMAT = "cdevents"
# The version at the end is each type's own; fields only ever came on top.
TYPE = re.compile(r"dev\.cdevents\.([a-z]+)\.([a-z]+)\.\d+\.\d+\.\d+(?:-[\w.]+)?", re.ASCII)
STATES = {
    "service": {
        "deployed": "success",
        "upgraded": "success",
        "rolledback": "success",
        "removed": "removed",
        "published": "published",
    },
    "incident": {"detected": "opened", "reported": "opened", "resolved": "resolved"},
    "change": {
        "created": "opened",
        "reviewed": "reviewed",
        "merged": "merged",
        "abandoned": "closed",
        "updated": "updated",
    },
    "pipelinerun": {"queued": "waiting", "started": "started", "finished": "finished"},
    "taskrun": {"queued": "waiting", "started": "started", "finished": "finished"},
    "environment": {"created": "created", "modified": "modified", "deleted": "deleted"},
}
OUTCOMES = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "cancel": "cancelled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
}
# What the specification has no field for may stand in customData under our own names.
EXTRAS = ("repository", "version", "branch", "title", "severity", "priority", "deployment_id")


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what the CloudEvents or the bare CDEvent of one request tell."""
    shallow(body)
    if isinstance(body, Mapping) and "context" in body and "specversion" not in body:
        come = delivery(FORMAT, part(body), host, received_at)
        return [cdevent(come, part(body), None)]
    return [one(envelope, host, received_at) for envelope in envelopes(headers, body)]


def one(envelope: Envelope, host: str, received_at: datetime | None) -> Event:
    """Return the event that one envelope holds."""
    name, source, type = (envelope.required(key) for key in ("id", "source", "type"))
    at = envelope.attributes.moment(f"{envelope.prefix}time")
    if type.startswith("dev.cdevents."):
        found = part(envelope.data, envelope.path)
        return cdevent(delivery(FORMAT, found, host, received_at), found, at)
    body = Part({"type": type, "source": source, "data": envelope.data})
    return delivery(FORMAT, body, host, received_at, f"{source} {name}").unknown(type, at)


def cdevent(come: Delivery, found: Part, sent_at: datetime | None) -> Event:
    """Return what one CDEvent tells, unknown types as they are."""
    context, subject = found.needed("context"), found.needed("subject")
    type, source, name = (context.required(key) for key in ("type", "source", "id"))
    at = context.moment("timestamp") or sent_at
    if at is None:
        raise Untranslatable(context.field("timestamp"), "is missing")
    come = Delivery(FORMAT, found, come.host, come.received_at, f"{source} {name}")
    matched = TYPE.fullmatch(type)
    kind, predicate = matched.groups() if matched else ("", "")
    state = STATES.get(kind, {}).get(predicate)
    subject_source = (subject.text("source") or source).rstrip("/")
    subject_id = f"{subject_source}/{subject.required('id')}"
    if state is None:
        return come.unknown(type, at, subject_id=subject_id)
    known = {"subject_id": subject_id, "state": state, **extras(found)}
    known |= TOLD[kind](subject, subject.part("content"), predicate, at)
    if kind == "service":
        # The subject is the service, which is deployed again and again: one event, one deployment.
        known["subject_id"] = f"{subject_id}/{name}"
    return come.event(type, known.pop("subject"), at, **known)


def extras(found: Part) -> dict[str, Any]:
    """Return what the sender added of its own; base 64 and other shapes are left alone."""
    custom = found.found.get("customData")
    told = Part(custom if isinstance(custom, Mapping) else {})
    known = {name: told.loose(name) for name in EXTRAS} | {"sha": sha(told.loose("sha"))}
    return {name: value for name, value in known.items() if value}


def service(subject: Part, content: Part, predicate: str, at: datetime) -> dict[str, Any]:
    """Return a deployment; a service that was published is a release, seen by those who use it."""
    known: dict[str, Any] = {
        "subject": "release" if predicate == "published" else "deployment",
        "service": subject.text("id"),
        "environment": reference(content, "environment"),
        "finished_at": at,
        **artifact(content.text("artifactId")),
    }
    if predicate == "rolledback":
        known["rolls_back_to"] = known.get("version") or known.get("sha")
    return known


def incident(subject: Part, content: Part, predicate: str, at: datetime) -> dict[str, Any]:
    """Return an incident; of its description only what it refers to stays."""
    return {
        "subject": "incident",
        "service": reference(content, "service"),
        "environment": reference(content, "environment"),
        "resolved_at" if predicate == "resolved" else "started_at": at,
        "mentions": references(None, content.text("description")).mentions,
        "url": content.text("ticketURI"),
        **artifact(content.text("artifactId")),
    }


def change(subject: Part, content: Part, predicate: str, at: datetime) -> dict[str, Any]:
    """Return a change to source code."""
    when = {"created": "opened_at", "merged": "merged_at"}.get(predicate)
    return {
        "subject": "change",
        "repository": reference(content, "repository"),
        "mentions": references(None, content.text("description")).mentions,
        **({when: at} if when else {}),
    }


def run(subject: Part, content: Part, predicate: str, at: datetime) -> dict[str, Any]:
    """Return a run of a pipeline or of one of its tasks."""
    when = {"started": "started_at", "finished": "finished_at"}.get(predicate)
    known: dict[str, Any] = {
        "subject": "run",
        "kind": "task_run" if "taskName" in content.found else "pipeline_run",
        "name": content.text("pipelineName") or content.text("taskName"),
        "url": content.text("uri") or content.text("url"),
        **({when: at} if when else {}),
    }
    if predicate == "finished":
        known["state"] = OUTCOMES.get((content.text("outcome") or "").lower(), "finished")
    return known


def environment(subject: Part, content: Part, predicate: str, at: datetime) -> dict[str, Any]:
    """Return an environment that came, changed or went."""
    return {
        "subject": "environment",
        "environment": content.text("name") or subject.text("id"),
        "url": content.text("uri") or content.text("url"),
    }


def reference(content: Part, name: str) -> str | None:
    """Return the id of what an event refers to, told as an object or as a text."""
    if isinstance(content.found.get(name), str):
        return content.text(name)
    return content.part(name).text("id") or content.part(name).text("name")


TOLD = {
    "service": service,
    "incident": incident,
    "change": change,
    "pipelinerun": run,
    "taskrun": run,
    "environment": environment,
}

"""The courses of Jira's issues, out of what the changelog says of their statuses."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.pagers import payloads
from connectors.pagers.client import Client
from connectors.pagers.jira_fields import Site
from connectors.pagers.jira_text import values
from connectors.pagers.judging import Body
from connectors.pagers.paging import Part, every
from connectors.pagers.payloads import OPENED, RESOLVED, Course

AT_ONCE: Final = 100


def histories(client: Client, site: Site, issues: Sequence[Body]) -> dict[str, list[Body]]:
    """Return the changes of statuses by issue; a data center sends them with the issues."""
    if not site.is_cloud:
        return {
            str(issue["id"]): list((issue.get("changelog") or {}).get("histories") or ())
            for issue in issues
        }
    if not issues:
        return {}
    ids = [str(issue["id"]) for issue in issues]

    def fetch(token: str | None) -> Part:
        body: dict[str, Any] = {"issueIdsOrKeys": ids, "fieldIds": ["status"], "maxResults": 1000}
        body |= {"nextPageToken": token} if token else {}
        path = f"{site.api}/changelog/bulkfetch"
        answer = client.post(path, "changes of issues", body, holds="issueChangeLogs")
        rows = [
            {**history, "issue": str(one.get("issueId"))}
            for one in answer["issueChangeLogs"]
            for history in one.get("changeHistories") or ()
        ]
        return Part(rows, answer.get("nextPageToken") or None)

    found: dict[str, list[Body]] = {}
    for row in every(fetch, "Jira, changes of issues", lambda row: f"{row['issue']}/{row['id']}"):
        found.setdefault(row["issue"], []).append(row)
    return found


def course(site: Site, fields: Mapping[str, Any], log: Sequence[Body]) -> Course:
    """Return the course that the statuses make, and the times that people typed instead."""
    states = [(at, site.state(status)) for at, status in changes(log)]
    created = payloads.time(fields.get("created"))
    found = payloads.course([(created, OPENED), *states] if created else states)
    status = fields.get("status") or {}
    is_done = site.state(status.get("id")) == RESOLVED
    resolved = found.resolved_at or first(fields, "resolutiondate", "statuscategorychangedate")
    if not is_done:
        found = replace(
            found,
            resolved_at=None,
            reopened_count=found.reopened_count + (found.resolved_at is not None),
        )
        resolved = None
    ids = site.ids()
    typed = first(fields, ids.get("resolved", ""))
    acknowledged = first(fields, ids.get("acknowledged", "")) or found.acknowledged_at
    ended = (typed or resolved) if is_done or typed else None
    return replace(found, acknowledged_at=acknowledged, resolved_at=ended)


def changes(log: Sequence[Body]) -> list[tuple[datetime, Any]]:
    """Return the ids of the statuses that an issue was given, and when."""
    return [
        (at, change.get("to"))
        for history in log
        if (at := payloads.time(history.get("created")))
        for change in history.get("items") or ()
        if change.get("fieldId", change.get("field")) == "status"
    ]


def first(fields: Mapping[str, Any], *names: str) -> datetime | None:
    """Return the first of some fields that holds a time."""
    times = (payloads.time(fields.get(name)) for name in names)
    return next((at for at in times if at), None)


def duplicate_of(fields: Mapping[str, Any]) -> str | None:
    """Return the issue that this one duplicates, where it was closed for that."""
    resolution = "".join(values(fields.get("resolution"))).lower()
    for link in fields.get("issuelinks") or ():
        kind = str((link.get("type") or {}).get("name")).lower()
        other = link.get("outwardIssue") or {}
        if "duplicate" in kind and "duplicate" in resolution and other.get("key"):
            return str(other["key"])
    return None

"""An issue of a code host for each report or queue, known again by a mark in its text."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from pipelines.alerts import posting
from pipelines.alerts.outcomes import Outcome
from pipelines.configuration.reports import GitHubRecipient, GitLabRecipient
from pipelines.delivering.parcels import Parcel

MARK = "<!-- {} -->"
"""Shown by neither host."""
RECENT = 100
"""Issues that are looked through for it, the newest first: more than a year's."""
Host = GitHubRecipient | GitLabRecipient


def put(channel: Host, parcel: Parcel, place: str) -> Outcome:
    """Open the parcel's issue, or replace the text of the one there is; its place is its number.

    Content that says ``is_open`` opens a closed one again, or closes it and opens none.
    """
    mark = MARK.format(parcel.edition)
    if not place:
        # One that was opened may not have been remembered.
        outcome, found = asked(channel, "GET", f"?{urlencode(query(channel))}")
        if outcome.fate != "sent":
            return outcome
        there = (one for one in found or () if mark in (one.get(text(channel)) or ""))
        place = next((number(channel, one) for one in there), "")
    told = {"title": parcel.content["title"], text(channel): f"{parcel.content['body']}\n{mark}\n"}
    if place:
        method = "PATCH" if isinstance(channel, GitHubRecipient) else "PUT"
        told |= state(channel, parcel.content.get("is_open"))
        return replace(asked(channel, method, f"/{place}", told)[0], place=place)
    if parcel.content.get("is_open") is False:
        return Outcome("sent")
    labels = list(channel.labels)
    joined = labels if isinstance(channel, GitHubRecipient) else ",".join(labels)
    outcome, made = asked(channel, "POST", "", {**told, "labels": joined})
    return replace(outcome, place=number(channel, made)) if made else outcome


def asked(
    channel: Host, method: str, path: str, told: Mapping[str, Any] | None = None
) -> tuple[Outcome, Any]:
    """Ask the host about the project's issues once; return what it answered as JSON."""
    token = channel.token.get_secret_value()
    signed = {"Authorization": f"Bearer {token}"}
    content = None if told is None else json.dumps(told).encode()
    outcome, answer = posting.exchange(method, f"{address(channel)}{path}", content, signed)
    if outcome.fate != "sent":
        return outcome, None
    try:
        return outcome, json.loads(answer)
    except ValueError:
        return Outcome("later", f"{channel.url} answered something that is no JSON"), None


def address(channel: Host) -> str:
    """Return where the API has the project's issues."""
    if isinstance(channel, GitLabRecipient):
        return f"{channel.url}/api/v4/projects/{quote(channel.project, safe='')}/issues"
    is_cloud = channel.url == "https://github.com"
    api = "https://api.github.com" if is_cloud else f"{channel.url}/api/v3"
    return f"{api}/repos/{channel.repository}/issues"


def query(channel: Host) -> Mapping[str, Any]:
    """Return what asks for the issues that reports may be in."""
    is_github = isinstance(channel, GitHubRecipient)
    ordered = {"sort": "created", "direction": "desc"} if is_github else {"order_by": "created_at"}
    labels = {"labels": ",".join(channel.labels)} if channel.labels else {}
    return {"state": "all", "per_page": RECENT, **ordered, **labels}


def state(channel: Host, is_open: bool | None) -> dict[str, str]:
    """Return what opens or closes an issue; nothing where it is left as it is."""
    if is_open is None:
        return {}
    if isinstance(channel, GitHubRecipient):
        return {"state": "open" if is_open else "closed"}
    return {"state_event": "reopen" if is_open else "close"}


def text(channel: Host) -> str:
    """Return what the host calls an issue's text."""
    return "body" if isinstance(channel, GitHubRecipient) else "description"


def number(channel: Host, issue: Mapping[str, Any]) -> str:
    """Return what the host calls an issue."""
    return str(issue["number" if isinstance(channel, GitHubRecipient) else "iid"])

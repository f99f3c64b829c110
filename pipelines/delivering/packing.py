"""What each kind of channel gets of a report."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pipelines.configuration.reports import (
    AnyRecipient,
    EmailRecipient,
    FolderRecipient,
    Recipient,
    SlackRecipient,
    TeamsRecipient,
)
from pipelines.delivering.parcels import Parcel
from pipelines.reports import html, mailing, markdown, slack, teams
from pipelines.reports.contents import Report
from pipelines.reports.digest import digest
from pipelines.reports.formats import FORMATS, made
from pipelines.reports.reading import WHOLE, Scope

ARCHIVE = "reports?report="
LONGEST_ISSUE = 60_000
"""Signs; a code host takes some 65,000."""


def scope(channel: Recipient) -> Scope:
    """Return whose report a channel gets."""
    kind, _, name = channel.of.partition(" ")
    if kind == "organisation":
        return WHOLE
    return Scope("team" if kind == "team" else "service", name)


def parcel(
    channel: AnyRecipient,
    report: Report,
    now: datetime,
    dashboard: str | None,
    say: Callable[[str], None],
) -> Parcel:
    """Pack a report for a channel."""
    said = hashlib.sha256(html.render(report).encode()).hexdigest()
    url = f"{dashboard}/{ARCHIVE}{quote(report.name, safe='')}" if dashboard else ""
    return Parcel(report.name, said, now, content(channel, report, url, say))


def content(
    channel: AnyRecipient, report: Report, url: str, say: Callable[[str], None]
) -> Mapping[str, Any]:
    """Return what a channel of this kind takes, as JSON can hold it."""
    match channel:
        case FolderRecipient():
            return {"files": files(report, channel.formats)}
        case EmailRecipient():
            attached = files(report, channel.attach)
            return {**mailing.letter(report, url, say), "files": attached}
        case SlackRecipient():
            return slack.message(digest(report), url)
        case TeamsRecipient():
            return teams.message(digest(report), url)
    return {"title": f"Drumbeat weekly: {report.title}", "body": issue(report, url)}


def files(report: Report, formats: tuple[str, ...]) -> dict[str, str]:
    """Return a report's files by their names, in base 64."""
    return {
        f"{report.name}.{FORMATS[form][0]}": b64encode(made(report, form)).decode()
        for form in formats
    }


def issue(report: Report, url: str) -> str:
    """Return a report as the text of an issue, which is cut where it is too long for one."""
    text = markdown.render(report)
    if len(text) > LONGEST_ISSUE:
        text = text[:LONGEST_ISSUE].rsplit("\n\n", 1)[0] + "\n\nThe rest is in the report itself."
    return f"{text}\n[The whole report]({url})\n" if url else text

"""Sends one report by the way its channel is reached; what went before is replaced where it can."""

import json
from base64 import b64decode
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from pipelines.alerts import mail, posting
from pipelines.alerts.outcomes import LIMIT, Outcome
from pipelines.alerts.sending import within
from pipelines.configuration.reports import (
    AnyRecipient,
    EmailRecipient,
    FolderRecipient,
    GitHubRecipient,
    GitLabRecipient,
    SlackRecipient,
    TeamsRecipient,
)
from pipelines.delivering import issues
from pipelines.delivering.parcels import Parcel
from pipelines.landing import write_durably
from pipelines.reports.outside import short

SLACK = "https://slack.com/api"
"""Named here once, so that tests may ask a server of their own."""
GONE = ("message_not_found", "cant_update_message", "edit_window_closed")
KINDS = {"html": ("text", "html"), "md": ("text", "markdown"), "json": ("application", "json"),
         "pdf": ("application", "pdf")}  # fmt: skip


def is_replacing(channel: AnyRecipient) -> bool:
    """Tell whether a later run changes what went, rather than leave it as it is."""
    has_token = isinstance(channel, SlackRecipient) and channel.token is not None
    return has_token or isinstance(channel, FolderRecipient | GitHubRecipient | GitLabRecipient)


def send(channel: AnyRecipient, parcel: Parcel, place: str) -> Outcome:
    """Send a report once, within a time limit; ``place`` is where it went before, if it did."""
    return within(LIMIT, lambda: once(channel, parcel, place))


def once(channel: AnyRecipient, parcel: Parcel, place: str) -> Outcome:
    """Send a report by the channel's way."""
    match channel:
        case FolderRecipient(path=path):
            return written(path, parcel)
        case EmailRecipient():
            return mail.send(channel, letter(channel, parcel))
        case SlackRecipient(token=token, channel=name) if token and name:
            return slack(token.get_secret_value(), name, parcel, place)
        case GitHubRecipient() | GitLabRecipient():
            return issues.put(channel, parcel, place)
        case SlackRecipient(url=url) | TeamsRecipient(url=url):
            address = url.get_secret_value() if url else ""
            return posting.post(address, parcel.content, parcel.id)


def written(folder: Path, parcel: Parcel) -> Outcome:
    """Write the report's files into a folder."""
    try:
        for name, content in parcel.content["files"].items():
            write_durably(folder / name, b64decode(content))
    except OSError as error:
        return Outcome("later", f"{folder}: {error.strerror or error}")
    return Outcome("sent")


def letter(channel: EmailRecipient, parcel: Parcel) -> EmailMessage:
    """Return a report as mail: plain text, HTML with its pictures, and files attached."""
    told = parcel.content
    found = EmailMessage(policy=SMTP)
    found["From"] = channel.sender
    found["To"] = ", ".join(channel.to)
    found["Subject"] = short(told["subject"], mail.SUBJECT)
    found["Date"] = format_datetime(parcel.made_at)
    found["Message-ID"] = f"<{parcel.id}@{channel.sender.rsplit('@', 1)[1]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(told["text"])
    found.add_alternative(told["html"], subtype="html")
    if page := found.get_body(("html",)):
        for name, content in told["pictures"].items():
            png = b64decode(content)
            page.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline")
    for name, content in told["files"].items():
        main, sub = KINDS[name.rsplit(".", 1)[1]]
        found.add_attachment(b64decode(content), maintype=main, subtype=sub, filename=name)
    return found


def slack(token: str, channel: str, parcel: Parcel, place: str) -> Outcome:
    """Post a message by Slack's API, or change the one of before; its place is its time stamp."""
    told = {"channel": channel, **parcel.content}
    if place:
        found = asked("chat.update", token, {**told, "ts": place})
        if found.said.rsplit(" ", 1)[-1] not in GONE:
            return found
    return asked("chat.postMessage", token, told)


def asked(method: str, token: str, told: dict[str, Any]) -> Outcome:
    """Ask Slack's API once; a refusal comes with status 200."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json; charset=utf-8",
    }
    content = json.dumps(told).encode()
    outcome, answer = posting.exchange("POST", f"{SLACK}/{method}", content, headers)
    if outcome.fate != "sent":
        return outcome
    try:
        found = json.loads(answer)
    except ValueError:
        return Outcome("later", "Slack answered something that is no JSON")
    if found.get("ok"):
        return Outcome("sent", place=str(found.get("ts", "")))
    said = str(found.get("error", "nothing"))
    return Outcome(
        "refused" if said.startswith("invalid_blocks") else "later", f"Slack says {said}"
    )

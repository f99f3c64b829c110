"""The forms of a message: Slack blocks, an Adaptive Card, JSON for any program.

Names of services come from outside. Slack and Teams read markup in plain texts, so names go into
parts of rich text, in which neither reads any.
"""

from dataclasses import asdict
from typing import Any

from pipelines.alerts.messages import Item, Message, headline, item, text

SHOWN = 20
"""A card or a message of Slack holds only so much; the rest is counted."""
HEADER = 150


def slack(message: Message, dashboard_url: str | None) -> dict[str, Any]:
    """Return a message as Slack's blocks."""
    told = text(message, dashboard_url, SHOWN)
    sections = [slack_section(one) for one in told.items]
    more = [{"type": "rich_text_section", "elements": [words(told.more)]}] if told.more else []
    notes = [{"type": "plain_text", "text": note, "emoji": False} for note in told.notes]
    head = {"type": "plain_text", "text": told.headline[:HEADER], "emoji": False}
    return {
        "text": escape_mrkdwn(told.headline),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "header", "text": head},
            {"type": "rich_text", "elements": [*sections, *more]},
            {"type": "context", "elements": notes},
        ],
    }


def slack_section(one: Item) -> dict[str, Any]:
    """Return one service as a section of rich text."""
    name: dict[str, Any] = {**words(one.service), "style": {"bold": True}}
    if one.url:
        name |= {"type": "link", "url": one.url}
    said = "\n".join([f" {one.title}", *(line for line in (one.said, one.waits) if line)])
    return {"type": "rich_text_section", "elements": [name, words(f"{said}\n\n")]}


def words(said: str) -> dict[str, Any]:
    """Return words in which Slack reads no markup."""
    return {"type": "text", "text": said}


def escape_mrkdwn(said: str) -> str:
    """Make text safe where Slack reads mentions and links: it knows them by their brackets."""
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(message: Message, dashboard_url: str | None) -> dict[str, Any]:
    """Return a message as an Adaptive Card, as a workflow of Teams takes it."""
    told = text(message, dashboard_url, SHOWN)
    body = [
        run(told.headline, size="Large", weight="Bolder"),
        *(block for one in told.items for block in teams_blocks(one)),
        *([run(told.more)] if told.more else []),
        run(" ".join(told.notes), size="Small", isSubtle=True, spacing="Medium"),
    ]
    return card(body, "News of how services are deployed.")


def card(body: list[dict[str, Any]], otherwise: str) -> dict[str, Any]:
    """Return an Adaptive Card; ``otherwise`` stands where cards can not be shown."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": otherwise,
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    found = {"contentType": kind, "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [found]}


def teams_blocks(one: Item) -> list[dict[str, Any]]:
    """Return one service as blocks, its name a link."""
    name: dict[str, Any] = {"type": "TextRun", "text": one.service, "weight": "Bolder"}
    if one.url:
        name["selectAction"] = {"type": "Action.OpenUrl", "url": one.url}
    title = {"type": "TextRun", "text": f" {one.title}"}
    head = {"type": "RichTextBlock", "inlines": [name, title], "spacing": "Medium"}
    return [head, *(run(line, spacing="None") for line in (one.said, one.waits) if line)]


def run(said: str, spacing: str = "Default", **look: Any) -> dict[str, Any]:
    """Return words in which Teams reads no Markdown, unlike in a TextBlock."""
    inline = {"type": "TextRun", "text": said, **look}
    return {"type": "RichTextBlock", "inlines": [inline], "spacing": spacing}


def webhook(message: Message, dashboard_url: str | None) -> dict[str, Any]:
    """Return a message for programs: all of its notices, each with its own id."""
    return {
        "type": "drumbeat.live" if message.is_live else "drumbeat.alert",
        "id": message.id,
        "made_at": message.made_at.isoformat(),
        "as_of": message.as_of.isoformat(),
        "is_demo": message.is_demo,
        "headline": headline(message.notices),
        "services": [
            {
                **{key: value for key, value in asdict(one).items() if key != "change" or value},
                "since": one.since.isoformat(),
                "url": item(one, dashboard_url).url or None,
            }
            for one in message.notices
        ],
    }

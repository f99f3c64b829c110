"""The report as an Adaptive Card of Microsoft Teams: rich text, in which it reads no Markdown."""

from typing import Any

from pipelines.alerts.forms import card
from pipelines.reports.digest import Digest, Line, Run


def message(told: Digest, url: str = "") -> dict[str, Any]:
    """Return a report as a card, with a link to the whole where there is one."""
    body = [
        _block((Run(told.title, True),), size="Large"),
        *(_block((Run(text),), color="Warning") for text in told.warnings),
        *map(_block, told.paragraphs),
    ]
    for section in told.sections:
        body.append(_block((Run(section.title, True),), size="Medium"))
        body += [_block((Run("\N{BULLET} "), *line), "Small") for line in section.lines]
        body += [_block((Run(section.more),), "Small", isSubtle=True)] if section.more else []
    if url:
        body.append(_block((Run("The whole report", False, url),)))
    body += [_block((Run(note),), size="Small", isSubtle=True) for note in told.notes]
    return card(body, told.title)


def _block(line: Line, spacing: str = "Medium", **look: Any) -> dict[str, Any]:
    inlines = [_run(run, look) for run in line if run.text]
    return {"type": "RichTextBlock", "inlines": inlines, "spacing": spacing}


def _run(run: Run, look: dict[str, Any]) -> dict[str, Any]:
    found = {"type": "TextRun", "text": run.text, **look}
    if run.is_bold:
        found["weight"] = "Bolder"
    if run.url:
        found["selectAction"] = {"type": "Action.OpenUrl", "url": run.url}
    return found

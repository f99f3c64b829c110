"""The report as a message of Slack: blocks of rich text, in which Slack reads no markup."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pipelines.alerts.forms import HEADER, escape_mrkdwn
from pipelines.reports.contents import Report
from pipelines.reports.digest import Digest, Line, Run, Section, digest
from pipelines.reports.outside import short

CONTEXT = 300
"""Words of small print at most, so that a message stays one."""


def render(report: Report) -> str:
    """Write a report as what is posted to Slack."""
    return json.dumps(message(digest(report)), indent=1, ensure_ascii=False) + "\n"


def message(told: Digest, url: str = "") -> dict[str, Any]:
    """Return a report as Slack's blocks, with a link to the whole where there is one."""
    return {
        "text": escape_mrkdwn(told.title),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [*_blocks(told, url)],
    }


def _blocks(told: Digest, url: str) -> Iterator[dict[str, Any]]:
    yield {"type": "header", "text": _plain(short(told.title, HEADER))}
    if told.warnings:
        yield {"type": "context", "elements": [_plain(text) for text in told.warnings]}
    yield _rich([_section(line) for line in told.paragraphs])
    for section in told.sections:
        yield _rich([*_listed(section)])
    if url:
        yield _rich([_section((Run("The whole report", False, url),))])
    if told.notes:
        notes = [_plain(short(note, CONTEXT)) for note in told.notes]
        yield {"type": "context", "elements": notes}


def _listed(section: Section) -> Iterator[dict[str, Any]]:
    yield _section((Run(section.title, True),))
    if section.lines:
        lines = [_section(line) for line in section.lines]
        yield {"type": "rich_text_list", "style": "bullet", "elements": lines}
    if section.more:
        yield _section((Run(section.more),))


def _section(line: Line) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [_run(run) for run in line if run.text]}


def _run(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "text", "text": run.text}
    if run.url:
        found |= {"type": "link", "url": run.url}
    return found | ({"style": {"bold": True}} if run.is_bold else {})


def _rich(elements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": elements}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

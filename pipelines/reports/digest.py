"""The report in short, for a message: paragraphs, a few lines a section, and where the rest is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.reports.contents import AnyCell, Cell, Chip, Mark, Report, Said, Table
from pipelines.reports.outside import short
from sql import words
from sql.words import Sentence

SECTIONS = (
    "restated", "beyond", "rhythms", "metrics", "waits", "failures", "answers", "flags",
    "migrations",
)  # fmt: skip
"""Sections that a message has; the rest is in the report."""
MOST = 5
LONGEST = 300


class Run(NamedTuple):
    """A run of words in a message: whether it carries weight, and where it leads."""

    text: str
    is_bold: bool = False
    url: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A title and lines below it."""

    title: str
    lines: tuple[Line, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A report as a message says it."""

    id: str
    title: str
    warnings: tuple[str, ...]
    paragraphs: tuple[Line, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]


def digest(report: Report) -> Digest:
    """Return the report in short."""
    tables = [table for table in report.tables if table.key in SECTIONS]
    return Digest(
        id=report.name,
        title=f"Drumbeat weekly: {report.title}",
        warnings=report.warnings,
        paragraphs=tuple(runs(said) for said in (report.sentence, report.restated) if said),
        sections=tuple(section(table) for table in tables if table.rows or table.after),
        notes=tuple(f"{note.title} {note.text}" for note in report.notes if note.text),
    )


def runs(said: Sentence) -> Line:
    """Return a sentence as runs."""
    return tuple(Run(part.text, bool(part.role)) for part in said)


def section(table: Table) -> Section:
    """Return a table as lines, the first few of them."""
    lines = tuple(line(table, row) for row in table.rows[:MOST])
    left = len(table.rows) - len(lines)
    more = [f"And {left} more."] if left else []
    # What follows the metrics is how to read them, which the report itself says.
    more += [short(table.after, LONGEST)] if table.after and table.key != "metrics" else []
    return Section(table.title, lines, " ".join(more))


def line(table: Table, row: Sequence[AnyCell]) -> Line:
    """Return a row as one line: its name, then each value after its column's title."""
    found = [
        run
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True))
        for run in _said("" if place == 0 else column.title.lower(), cell, place)
    ]
    return tuple(found)


def _said(title: str, cell: AnyCell, place: int) -> Iterator[Run]:
    match cell:
        case Cell(text, note, url, _) if text != words.NOTHING:
            if place:
                yield Run(f"{':' if place == 1 else ','} {f'{title} ' if title else ''}")
            yield Run(text, place == 0, url)
            if note:
                yield Run(f" ({note})")
        case Said(sentence):
            yield Run(" ")
            yield from runs(sentence)
        case Chip(word) | Mark(word):
            yield Run(word, True)

"""The report as Markdown: aligned tables, pictures as block characters, no HTML."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from pipelines.reports.contents import (
    AnyCell,
    Bars,
    Cell,
    Chip,
    Column,
    Mark,
    Report,
    Said,
    Strip,
    Table,
    Trend,
    Values,
)
from sql import words

BLOCKS = "▁▂▃▄▅▆▇█"
NONE = "·"
# Between "@" and a name it keeps a code host from telling that person; it takes no room.
JOINER = "\N{WORD JOINER}"


def render(report: Report) -> str:
    """Write a report as Markdown."""
    parts = [f"# {escape(f'Drumbeat weekly: {report.title}')}"]
    parts += [f"> **{escape(warning)}**" for warning in report.warnings]
    parts += [sentence(said) for said in (report.sentence, report.restated) if said]
    for table in report.tables:
        parts += section(table, is_demo=report.is_demo)
    parts += ["---"]
    for note in report.notes:
        codes = ", ".join(f"`{code}`" for code in note.codes)
        parts.append(f"**{escape(note.title)}** {escape(note.text)}{codes}")
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Make text mean nothing but itself: no markup, no address, no mention, no list."""
    said = words.escape_markdown(text).replace("@", f"@{JOINER}").replace("://", ":\\//")
    said = re.sub(r"\bwww\.", lambda found: f"{found[0][:-1]}\\.", said, flags=re.IGNORECASE)
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", said)


def sentence(said: words.Sentence) -> str:
    """Write a sentence, its weighted words bold."""
    return "".join(f"**{escape(part.text)}**" if part.role else escape(part.text) for part in said)


def bars(found: Bars, *, is_demo: bool) -> list[str]:
    """Draw the weeks as a line of blocks."""
    most = max(found.counts) or 1
    drawn = "".join(_block(count / most) if count else NONE for count in found.counts)
    demo = " (demo)" if is_demo else ""
    first = words.day(found.first_on)
    told = escape(f"{found.title} from that of {first} on{demo}. {found.caption}")
    return [told.replace(" Band: what was usual then.", ""), f"```text\n{drawn}\n```"]


def section(table: Table, *, is_demo: bool = False) -> list[str]:
    """Write one section: title, picture, caption, table, what follows."""
    parts = [f"## {escape(table.title)}"]
    parts += bars(table.bars, is_demo=is_demo) if table.bars else []
    parts += [escape(table.caption)] if table.caption else []
    parts += [grid(table.columns, table.rows)] if table.rows else []
    return parts + [escape(paragraph) for paragraph in table.after.splitlines()]


def grid(columns: Sequence[Column], rows: Sequence[Sequence[AnyCell]]) -> str:
    """Write a table whose columns stand under each other as plain text too."""
    lines = [[escape(column.title) for column in columns]]
    lines += [[cell(one) for one in row] for row in rows]
    widths = [max(3, *map(_width, column)) for column in zip(*lines, strict=True)]
    ruler = [
        "-" * (width - 1) + ":" if column.is_number else "-" * width
        for column, width in zip(columns, widths, strict=True)
    ]
    return "\n".join(_line(columns, widths, line) for line in [lines[0], ruler, *lines[1:]])


def cell(found: AnyCell) -> str:
    """Write what stands in a cell."""
    match found:
        case Cell():
            return _words(found)
        case Said(said):
            return sentence(said)
        case Chip(said) | Mark(said):
            return f"**{escape(said)}**"
        case Trend(values):
            return trend(values)
        case Strip():
            return strip(found)


def trend(values: Values) -> str:
    """Draw every fourth week of a line, the last one included."""
    shown = list(values)[::-4][::-1]
    known = [value for value in shown if value is not None]
    if not known:
        return words.NOTHING
    least, span = min(known), (max(known) - min(known)) or 1.0
    return "".join(NONE if value is None else _block((value - least) / span) for value in shown)


def strip(found: Strip) -> str:
    """Draw the deployments of each week of a strip."""
    weeks = (found.end - found.start) // timedelta(weeks=1)
    counts = Counter(
        min((beat.at - found.start) // timedelta(weeks=1), weeks - 1) for beat in found.beats
    )
    most = max(counts.values(), default=1)
    return "".join(_block(counts[week] / most) if counts[week] else NONE for week in range(weeks))


def _words(found: Cell) -> str:
    said = escape(found.text)
    if found.url:
        # Brackets would end the address early.
        address = found.url.replace("(", "%28").replace(")", "%29").replace("*", "%2A")
        said = f"[{said}]({address})"
    if found.is_strong:
        said = f"**{said}**"
    return f"{said} ({escape(found.note)})" if found.note else said


def _block(share: float) -> str:
    return BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)]


def _line(columns: Sequence[Column], widths: Sequence[int], texts: Sequence[str]) -> str:
    padded = [
        " " * (width - _width(text)) + text
        if column.is_number
        else text + " " * (width - _width(text))
        for column, width, text in zip(columns, widths, texts, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def _width(text: str) -> int:
    """Count the places that a text takes in a terminal."""
    return sum(
        0
        if sign == JOINER or unicodedata.combining(sign)
        else 2
        if unicodedata.east_asian_width(sign) in "WF"
        else 1
        for sign in text
    )

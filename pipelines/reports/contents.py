"""What a report is made of, whatever it is written as: sentences, tables, pictures, notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sql.drawing.strips import Beat, Shade
from sql.words import Sentence

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """Words in a table: the value, what qualifies it, and where it leads."""

    text: str
    note: str = ""
    url: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A whole sentence in a table."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Chip:
    """The state of a service, in words."""

    state: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Which way something changed: worse or better."""

    verdict: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A value week by week with its band; the last one is the report's week."""

    values: Values
    low: Values
    high: Values
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The deployments of one service over time, and what of it is unusual."""

    beats: tuple[Beat, ...]
    start: datetime
    end: datetime
    shades: tuple[Shade, ...]
    title: str


AnyCell = Cell | Said | Chip | Mark | Trend | Strip


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, and whether numbers stand in it."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Deployments a week over their usual range; the last one is the report's week."""

    title: str
    caption: str
    first_on: date
    counts: tuple[int, ...]
    low: Values
    high: Values
    is_last_unfinished: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One section: its title, a picture, how to read its rows, the rows, what follows them.

    What follows are paragraphs, a line each.
    """

    key: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[AnyCell, ...], ...]
    after: str = ""
    bars: Bars | None = None

    @property
    def has_heads(self) -> bool:
        """Tell whether any column has a title."""
        return any(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Note:
    """One paragraph of the small print; ``codes`` are ids that follow it."""

    title: str
    text: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One week, told."""

    name: str
    who: str
    organisation: str
    week: str
    warnings: tuple[str, ...]
    sentence: Sentence
    restated: Sentence
    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    is_demo: bool
    data: Mapping[str, Any] = field(default_factory=dict)
    """The same as numbers, for programs."""

    @property
    def title(self) -> str:
        """Say whose report of which week it is."""
        who = [] if self.who == self.organisation else [self.who]
        return f"{self.week}, {', '.join([*who, self.organisation])}"

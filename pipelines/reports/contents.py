"""What a report is made of, whatever it is written as: sentences, tables, pictures, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sql.drawing import Beat
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
    """The state of a service."""

    state: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A value week by week with its band; the last one is the report's week."""

    values: Values
    low: Values
    high: Values
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The deployments of one service over time, and since when it has been quiet."""

    beats: tuple[Beat, ...]
    start: datetime
    end: datetime
    quiet_since: datetime | None
    title: str


AnyCell = Cell | Said | Chip | Trend | Strip


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, and whether numbers stand in it."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One section of the report: its title, how to read it, its rows, what follows them."""

    key: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[AnyCell, ...], ...]
    after: str = ""

    @property
    def has_heads(self) -> bool:
        """Tell whether any column has a title."""
        return any(column.title for column in self.columns)


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
class Note:
    """One paragraph of the small print; ``codes`` are ids that follow it."""

    title: str
    text: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One week, told."""

    name: str
    organisation: str
    week: str
    warnings: tuple[str, ...]
    restated: Sentence
    sentence: Sentence
    bars: Bars | None
    tables: tuple[Table, ...]
    notes: tuple[Note, ...]
    is_demo: bool

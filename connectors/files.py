"""Reads a folder of CSV, NDJSON or Parquet files in the neutral tables that the docs describe."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from connectors.errors import SourceMisconfigured, SourceUnavailable
from connectors.neutral import BROKEN, FAULT, FILE, LINE, TABLES, checked, payloads
from connectors.records import Batch, Cursor

FORMATS = ("csv", "ndjson", "parquet")
REJECTED = "rejected"
LARGEST_FIELD = 2**30


@dataclass(frozen=True, slots=True)
class Files:
    """Reads the neutral tables in ``path``; every table is listed whole, so that rows can vanish.

    A bad row goes to the entity ``rejected`` with its file, line, column, value and reason.
    """

    path: Path
    entities: ClassVar[tuple[str, ...]] = (*TABLES, REJECTED)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield the whole table ``entity``, or nothing where its files are as they were."""
        if not self.path.is_dir():
            raise SourceMisconfigured(f"files: {self.path} is no folder; mend `path`")
        tables = tuple(TABLES) if entity == REJECTED else (entity,)
        seen = {path.name: digest(path) for table in tables for path in self.parts(table)}
        if seen == cursors.get("", {}):
            return
        read = {table: checked(table, self.read(table)) for table in tables}
        rows = rejected(read) if entity == REJECTED else accepted(entity, read[entity])
        yield Batch(entity, "", rows, seen, is_whole=True)

    def parts(self, table: str) -> list[Path]:
        """List the files that hold ``table``."""
        paths = [self.path / f"{table}.{suffix}" for suffix in FORMATS]
        return [path for path in paths if path.is_file()]

    def read(self, table: str) -> pl.DataFrame:
        """Return all rows of ``table`` as text, with file, line and what is broken about it."""
        needed = (*TABLES[table].columns, *TABLES[table].optional)
        empty = pl.DataFrame(
            schema=dict.fromkeys([FILE, *needed, BROKEN], pl.String) | {LINE: pl.Int64}
        )
        frames = [read(path, table) for path in self.parts(table)]
        return pl.concat([empty, *frames], how="diagonal_relaxed")


def digest(path: Path) -> str:
    """Return the hash of a file's content."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise SourceUnavailable(f"{path}: {error.strerror}; let it be read") from error


def read(path: Path, table: str) -> pl.DataFrame:
    """Read one file; empty text is null, and a missing column is an error of the whole file."""
    frame = {".csv": read_csv, ".ndjson": read_ndjson, ".parquet": read_parquet}[path.suffix](path)
    missing = [name for name in TABLES[table].columns if name not in frame.columns]
    if missing and set(frame.columns) - {LINE, BROKEN}:
        raise SourceMisconfigured(
            f"{path.name}: has no column {' and no column '.join(missing)}; "
            f"a table of {table} needs {', '.join(TABLES[table].columns)}"
        )
    text = pl.col(pl.String).str.strip_chars().replace("", None)
    return frame.with_columns(text).with_columns(pl.lit(path.name).alias(FILE))


def read_csv(path: Path) -> pl.DataFrame:
    """Read CSV row by row, so that one broken line costs that line and no more."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        found = records(list(opened))
    _, cells, broken = next(found, (1, [], ""))
    if broken:
        raise SourceMisconfigured(f"{path.name}: its first line {broken}; it must name the columns")
    names = [name.strip() for name in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SourceMisconfigured(f"{path.name}: has column {twice[0]} twice; rename one of them")
    rows: list[dict[str, Any]] = []
    for line, cells, broken in found:
        if not broken and len(cells) != len(names):
            broken = f"has {len(cells)} fields where the header has {len(names)}"
        row = dict(zip(names, cells, strict=False))
        rows.append(row | {LINE: line, BROKEN: broken})
    return framed(names, rows)


@dataclass(slots=True)
class Lines:
    """Lines with a place to go back to."""

    held: list[str]
    place: int = 0

    def __iter__(self) -> Iterator[str]:
        """Go on where the place is."""
        return self

    def __next__(self) -> str:
        """Return the next line."""
        if self.place == len(self.held):
            raise StopIteration
        self.place += 1
        return self.held[self.place - 1]


def records(held: list[str]) -> Iterator[tuple[int, list[str], str]]:
    """Yield the first line, the cells and what is broken of each CSV record, the header first."""
    csv.field_size_limit(LARGEST_FIELD)
    lines = Lines(held)
    reader = csv.reader(lines, strict=True)
    width = 0
    while lines.place < len(held):
        begun, broken = lines.place, ""
        try:
            cells = next(reader)
        except csv.Error as error:
            cells, broken = [], f"is no CSV: {error}"
        width = width or len(cells)
        if lines.place > begun + 1 and len(cells) != width:
            # A quote that never closes swallows the lines after it: they are rows of their own.
            lines.place = begun + 1
            reader = csv.reader(lines, strict=True)
            broken = broken or f"has {len(cells)} fields where the header has {width}"
        if cells or broken:
            yield begun + 1, cells, broken


def read_ndjson(path: Path) -> pl.DataFrame:
    """Read one JSON object a line; lists become text with blanks or semicolons between."""
    names: dict[str, None] = {}
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8-sig", errors="replace") as opened:
        for number, line in enumerate(opened, start=1):
            if not line.strip():
                continue
            row = parsed(line)
            names.update(dict.fromkeys(name for name in row if name != BROKEN))
            rows.append({**row, LINE: number})
    return framed(list(names), rows)


def parsed(line: str) -> dict[str, str | None]:
    """Return the object of one NDJSON line as text values, or what is broken about it."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {BROKEN: f"is no JSON: {error}"}
    if not isinstance(found, dict):
        return {BROKEN: "is no JSON object"}
    row = {name: as_text(name, value) for name, value in found.items()}
    if "\\u" in line:
        return {legible(name): value and legible(value) for name, value in row.items()}
    return row


def legible(text: str) -> str:
    """Return text without the halves of characters that JSON can name and UTF-8 can not."""
    return text.encode("utf-8", "replace").decode("utf-8")


def as_text(name: str, value: Any) -> str | None:
    """Return a JSON value as the text that the CSV form of the column would hold."""
    if value is None:
        return None
    if isinstance(value, list):
        cells = [as_text(name, one) for one in value]
        return (" " if name == "parents" else ";").join(cell for cell in cells if cell is not None)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_parquet(path: Path) -> pl.DataFrame:
    """Read Parquet; the line of a row is its number, and zoned times become ISO 8601."""
    try:
        frame = pl.read_parquet(path, glob=False)
        texts = frame.select(column_text(name, kind) for name, kind in frame.schema.items())
    except pl.exceptions.PolarsError as error:
        raise SourceMisconfigured(
            f"{path.name}: is no Parquet file that can be read ({error}); write it anew"
        ) from error
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return texts.with_columns(numbers.alias(LINE), pl.lit(None, dtype=pl.String).alias(BROKEN))


def column_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a Parquet column as the text that the CSV form of it would hold."""
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        zoned = column.dt.convert_time_zone("UTC") if kind.time_zone else column
        column = zoned.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("Z" if kind.time_zone else ""))
    elif isinstance(kind, pl.List) and not kind.inner.is_nested():
        column = column.cast(pl.List(pl.String)).list.join(" " if name == "parents" else ";")
    elif kind.is_nested():
        column = pl.when(column.is_not_null()).then(pl.struct(column).struct.json_encode())
    elif kind == pl.Binary:
        column = column.bin.encode("hex")
    return column.cast(pl.String).alias(name)


def framed(names: list[str], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows of text as a frame with line and what is broken."""
    schema: dict[str, Any] = dict.fromkeys([*names, BROKEN], pl.String) | {LINE: pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def accepted(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the good rows as records."""
    return payloads(table, frame.filter(pl.col(FAULT).is_null()))


def rejected(read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the bad rows of all tables as records that say what is wrong."""
    told = [
        frame.filter(pl.col(FAULT).is_not_null())
        .select(pl.col(FILE).alias("file"), pl.col(LINE).alias("line"), FAULT)
        .unnest(FAULT)
        for frame in read.values()
    ]
    return pl.concat(told).select(
        record_id=pl.format("{}:{}", "file", "line"),
        updated_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        payload=pl.struct("file", "line", "column", "value", "reason").struct.json_encode(),
    )

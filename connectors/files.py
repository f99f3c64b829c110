"""Reads a folder of CSV, NDJSON or Parquet files in the neutral tables that the docs describe."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from connectors.errors import SourceMisconfigured
from connectors.neutral import TABLES, checked, payloads
from connectors.records import Batch, Cursor

FORMATS = ("csv", "ndjson", "parquet")
REJECTED = "rejected"


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
        empty = pl.DataFrame(schema=dict.fromkeys(["file", *needed, "broken"], pl.String))
        frames = [read(path, table) for path in self.parts(table)]
        return pl.concat([empty.with_columns(line=pl.lit(0, dtype=pl.Int64)), *frames], how="diagonal_relaxed")


def digest(path: Path) -> str:
    """Return the hash of a file's content."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read(path: Path, table: str) -> pl.DataFrame:
    """Read one file; empty text is null, and a missing column is an error of the whole file."""
    frame = {".csv": read_csv, ".ndjson": read_ndjson, ".parquet": read_parquet}[path.suffix](path)
    missing = [name for name in TABLES[table].columns if name not in frame.columns]
    if missing and len(frame):
        raise SourceMisconfigured(
            f"{path.name}: has no column {' and no column '.join(missing)}; "
            f"a table of {table} needs {', '.join(TABLES[table].columns)}"
        )
    text = pl.col(pl.String).str.strip_chars().replace("", None)
    return frame.with_columns(text).with_columns(file=pl.lit(path.name))


def read_csv(path: Path) -> pl.DataFrame:
    """Read CSV row by row, so that one broken line costs that line and no more."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        reader = csv.reader(opened)
        names = [name.strip() for name in next(reader, [])]
        rows: list[dict[str, Any]] = []
        for cells in reader:
            if not cells:
                continue
            row: dict[str, Any] = dict(zip(names, cells, strict=False))
            row["line"] = reader.line_num
            if len(cells) != len(names):
                row["broken"] = f"has {len(cells)} fields where the header has {len(names)}"
            rows.append(row)
    return framed(names, rows)


def read_ndjson(path: Path) -> pl.DataFrame:
    """Read one JSON object a line; lists become text with blanks or semicolons between."""
    names: dict[str, None] = {}
    rows: list[dict[str, Any]] = []
    with path.open(encoding="utf-8-sig", errors="replace") as opened:
        for number, line in enumerate(opened, start=1):
            if not line.strip():
                continue
            row = parsed(line)
            names.update(dict.fromkeys(name for name in row if name != "broken"))
            rows.append({**row, "line": number})
    return framed(list(names), rows)


def parsed(line: str) -> dict[str, Any]:
    """Return the object of one NDJSON line as text values, or what is broken about it."""
    try:
        found = json.loads(line)
    except ValueError as error:
        return {"broken": f"is no JSON: {error}"}
    if not isinstance(found, dict):
        return {"broken": "is no JSON object"}
    return {name: as_text(name, value) for name, value in found.items() if value is not None}


def as_text(name: str, value: Any) -> str:
    """Return a JSON value as the text that the CSV form of the column would hold."""
    if isinstance(value, list):
        return (" " if name == "parents" else ";").join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_parquet(path: Path) -> pl.DataFrame:
    """Read Parquet; the line of a row is its number, and zoned times become ISO 8601."""
    frame = pl.read_parquet(path)
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.Datetime):
            zoned = column.dt.convert_time_zone("UTC") if kind.time_zone else column
            column = zoned.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("Z" if kind.time_zone else ""))
        elif isinstance(kind, pl.List):
            column = column.cast(pl.List(pl.String)).list.join(" " if name == "parents" else ";")
        columns.append(column.cast(pl.String).alias(name))
    return frame.select(columns).with_row_index("line", offset=1).with_columns(
        pl.col("line").cast(pl.Int64), broken=pl.lit(None, dtype=pl.String)
    )


def framed(names: list[str], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows of text as a frame with ``line`` and ``broken``."""
    schema: dict[str, Any] = dict.fromkeys([*names, "broken"], pl.String) | {"line": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def accepted(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the good rows as records."""
    return payloads(table, frame.filter(pl.col("fault").is_null()))


def rejected(read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the bad rows of all tables as records that say what is wrong."""
    told = [
        frame.filter(pl.col("fault").is_not_null()).select("file", "line", "fault").unnest("fault")
        for frame in read.values()
    ]
    return pl.concat(told).select(
        record_id=pl.format("{}:{}", "file", "line"),
        updated_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        payload=pl.struct("file", "line", "column", "value", "reason").struct.json_encode(),
    )

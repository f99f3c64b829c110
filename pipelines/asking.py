"""Answers a user's own SQL from the published file, in the form asked for."""

import json
from decimal import Decimal
from pathlib import Path
from typing import IO

import duckdb
import polars as pl

from pipelines.errors import QueryFailed
from pipelines.printing import aligned, printable_lines, told
from pipelines.warehouse import opened
from sql.spreadsheet import harmless


def answer(file: Path, query: str, form: str, out: IO[bytes]) -> None:
    """Write the rows of ``query`` to ``out``; the file is opened to read only."""
    rows = ask(file, query)
    if form == "parquet":
        rows.write_parquet(out)
    elif form == "csv":
        out.write(shown(flat(rows)).write_csv().encode())
    elif form == "json":
        # JSON knows no NaN and no infinity.
        finite = pl.when(pl.col(pl.Float64, pl.Float32).is_finite())
        found = flat(rows).with_columns(finite.then(pl.col(pl.Float64, pl.Float32)))
        out.write(f"{json.dumps(found.to_dicts(), indent=1, default=plain)}\n".encode())
    else:
        out.write(f"{table(rows)}\n".encode())


def ask(file: Path, query: str) -> pl.DataFrame:
    """Return the rows of ``query``; raises QueryFailed with DuckDB's own words."""
    with opened(file, read_only=True) as con:
        try:
            relation = con.sql(query)
            rows: pl.DataFrame = relation.pl() if relation is not None else pl.DataFrame()
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise QueryFailed(str(error)) from error
    return rows


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose columns CSV and JSON can hold: lists, bytes and spans become text."""
    plain = (pl.List, pl.Struct, pl.Array, pl.Binary, pl.Duration, pl.Object)
    return rows.with_columns(
        pl.Series(name, [None if cell is None else told(cell) for cell in rows[name]], pl.String)
        for name, kind in rows.schema.items()
        if isinstance(kind, plain)
    )


def shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose texts neither a spreadsheet nor a terminal obeys."""
    named = rows.rename({name: readable(name) for name in rows.columns})
    texts = (name for name, kind in named.schema.items() if kind == pl.String)
    return named.with_columns(
        pl.Series(name, [None if cell is None else readable(cell) for cell in named[name]])
        for name in texts
    )


def readable(cell: str) -> str:
    """Return a text without what a terminal obeys, and that is no formula."""
    return harmless(printable_lines(cell)) or ""


def plain(cell: object) -> float | str:
    """Return what JSON has no type for: a decimal as a number, anything else as text."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return told(cell)


def table(rows: pl.DataFrame) -> str:
    """Draw rows as plain text, every column and row of them."""
    return aligned([rows.columns, *([told(cell) for cell in row] for row in rows.iter_rows())])

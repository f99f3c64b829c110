"""Answers a user's own SQL from the published file, in the form asked for."""

import json
from pathlib import Path
from typing import IO

import duckdb
import polars as pl

from pipelines.errors import QueryFailed
from pipelines.printing import aligned, told
from pipelines.warehouse import opened


def answer(file: Path, query: str, form: str, out: IO[bytes]) -> None:
    """Write the rows of ``query`` to ``out``; the file is opened to read only."""
    rows = ask(file, query)
    if form == "parquet":
        rows.write_parquet(out)
    elif form == "csv":
        rows.write_csv(out)
    elif form == "json":
        found = rows.write_json()
        out.write(f"{json.dumps(json.loads(found), indent=1)}\n".encode())
    else:
        out.write(f"{table(rows)}\n".encode())


def ask(file: Path, query: str) -> pl.DataFrame:
    """Return the rows of ``query``; raises QueryFailed with DuckDB's own words."""
    with opened(file, read_only=True) as con:
        try:
            relation = con.sql(query)
            rows: pl.DataFrame = relation.pl() if relation is not None else pl.DataFrame()
        except duckdb.Error as error:
            raise QueryFailed(f"{error}") from error
    return rows


def table(rows: pl.DataFrame) -> str:
    """Draw rows as plain text, every column and row of them."""
    return aligned([rows.columns, *([told(cell) for cell in row] for row in rows.iter_rows())])

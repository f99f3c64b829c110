"""Writes published tables as Parquet, for tools that read files."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.errors import DrumbeatError
from pipelines.landing import sync_folder
from pipelines.publishing import moved
from pipelines.warehouse import opened, quoted


def export(file: Path, folder: Path, wanted: Sequence[str]) -> list[tuple[Path, int]]:
    """Write each table as ``<schema>.<table>.parquet``, one after the other, each in one step.

    ``wanted`` names schemas and tables. Returns the files and their rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with opened(file, read_only=True) as con:
        written = [write(con, table, folder) for table in chosen(con, wanted)]
    sync_folder(folder)
    return written


def chosen(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> list[str]:
    """Return the tables that schemas and names stand for."""
    found = con.execute(
        "select schema_name, concat(schema_name, '.', table_name) from duckdb_tables() "
        "where database_name = current_database() order by all"
    ).fetchall()
    unknown = set(wanted) - {name for row in found for name in row}
    if unknown:
        raise DrumbeatError(
            f"no schema and no table is called {min(unknown)!r}; `drumbeat schema` lists them"
        )
    return [table for schema, table in found if {schema, table} & set(wanted)]


def write(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> tuple[Path, int]:
    """Write one table."""
    target = folder / f"{table}.parquet"
    partial = folder / f".partial-{target.name}"
    try:
        ((count,),) = con.execute(
            f"copy (from {table} order by all) to {quoted(str(partial))} "
            "(format parquet, compression zstd)"
        ).fetchall()
    except duckdb.IOException as error:
        if partial.name not in str(error):
            raise
        raise DrumbeatError(f"{table} can not be written to {folder}: {error}") from error
    moved(partial, target)
    return target, count

"""Publishes facts, marts and config under a new name, and moves the readers' pointer to it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.errors import NothingPublished
from pipelines.landing import sync_folder, write_durably
from pipelines.warehouse import quoted

LAYERS = ("config", "facts", "marts")
POINTER = "current.txt"
LINK = "current.duckdb"
KEPT = 3


def publish(con: duckdb.DuckDBPyConnection, folder: Path, now: datetime) -> Path:
    """Copy what readers see into a new file, make it durable, then point to it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = new_name(folder, now)
    partial = folder / f".partial-{name}"
    partial.unlink(missing_ok=True)
    con.execute(f"attach {quoted(str(partial))} as published")
    try:
        con.execute("begin")
        try:
            copy(con)
        except BaseException:
            con.execute("rollback")
            raise
        con.execute("commit")
    finally:
        con.execute("detach published")
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    target = folder / name
    partial.replace(target)
    sync_folder(folder)
    point(folder, name)
    sweep(folder)
    return target


def new_name(folder: Path, now: datetime) -> str:
    """Return a name later than every name there is, so that what is kept is the newest."""
    run = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    newest = max((path.stem for path in published(folder)), default="").removeprefix("drumbeat-")
    # The clock may have been set back.
    return f"drumbeat-{run if run > newest else f'{newest}0'}.duckdb"


def published(folder: Path) -> list[Path]:
    """List the published files, oldest first."""
    return sorted(folder.glob("drumbeat-*.duckdb"), key=lambda path: path.stem)


def copy(con: duckdb.DuckDBPyConnection) -> None:
    """Copy every table with the words that describe it, which a plain copy would drop."""
    for layer, table, comment in tables(con):
        con.execute(f"create schema if not exists published.{layer}")
        con.execute(f"create table published.{layer}.{table} as from {layer}.{table}")
        con.execute(f"comment on table published.{layer}.{table} is {quoted(comment or '')}")
    described = con.sql(
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = current_database() and list_contains($1, schema_name) "
        "and comment is not null",
        params=[list(LAYERS)],
    ).fetchall()
    for layer, table, column, comment in described:
        con.execute(f"comment on column published.{layer}.{table}.{column} is {quoted(comment)}")


def tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str | None]]:
    """List schema, name and comment of every table that readers see."""
    return con.sql(
        "select schema_name, table_name, comment from duckdb_tables() "
        "where database_name = current_database() and list_contains($1, schema_name) "
        "order by schema_name, table_name",
        params=[list(LAYERS)],
    ).fetchall()


def point(folder: Path, name: str) -> None:
    """Move the pointer, and the link for outside tools, in one step each."""
    write_durably(folder / POINTER, f"{name}\n".encode())
    with suppress(OSError):
        # Where links are not to be had, the pointer still is.
        link = folder / f".partial-{LINK}"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(folder / LINK)
    sync_folder(folder)


def current(folder: Path) -> Path:
    """Return the published file that the pointer names."""
    try:
        file = folder / (folder / POINTER).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise NothingPublished(
            "nothing is published yet; run `drumbeat refresh`, or `drumbeat demo` to look around"
        ) from error
    if not file.is_file():
        raise NothingPublished(f"{file} is gone; run `drumbeat rebuild`")
    return file


def sweep(folder: Path) -> None:
    """Keep the last few files; a reader whose file is gone reads the pointer again."""
    for old in published(folder)[:-KEPT]:
        old.unlink()
    for path in leftovers(folder):
        path.unlink()


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what a killed run left half written."""
    yield from folder.glob(".partial-drumbeat-*")

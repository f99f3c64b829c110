"""Publishes facts, marts and config under a new name, and moves the readers' pointer to it."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines import macros
from pipelines.commenting import comments, described
from pipelines.errors import NothingPublished, Unreadable
from pipelines.landing import sync_folder, write_durably
from pipelines.warehouse import parsed, quoted, transaction

LAYERS = ("config", "seeds", "facts", "marts")
POINTER = "current.txt"
LINK = "current.duckdb"
OLDER = "current-{}.duckdb"
KEPT = 3
PRIVATE = (
    "commits", "commit_landings", "commit_owners", "commit_changes", "deployment_commits",
    "rebased_commits", "changed_commits", "changed_files", "path_topics",
    "touched_paths", "path_services", "path_owners", "schedule_replays",
    "told_changes", "told_deployments", "told_incidents", "told_flag_events", "raised_incidents",
    "claims", "claimed_deployments", "told_rollouts",
    "flag_levels", "flag_words",
    "pull_requests", "carried_changes", "lead_time_boundaries",
    "team_members",
)  # fmt: skip
"""The commit graph, larger than all else together; what is told before it is cut and claimed;
steps on the way to lead times; and names of people: nothing that is published reads them."""
DENSE = """
select 1 from pragma_database_size()
where database_name = 'published' and free_blocks * 2 <= total_blocks
    and exists (
        select 1 from duckdb_tables()
        where database_name = 'published' and schema_name = 'config' and table_name = 'published'
    )
"""
BOOK = "config.published"
"""The table that tells which version of each table a published file holds."""
BOOK_SAID = (
    "One row per table: which version of it this file holds.",
    {"table_name": "Table.", "made": "Hash of what it holds and of the words that describe it."},
)
MACROS = "macros"
"""The entry of that book for all macros."""


def publish(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    now: datetime,
    *,
    is_anew: bool = False,
    is_afresh: bool = False,
    older: str | None = None,
) -> Path:
    """Copy what readers see into a new file, make it durable, then point to it.

    ``is_anew`` takes nothing over from earlier files, and ``is_afresh`` leaves none of them
    either; ``older`` is a storage version in which there is a copy for older clients.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = new_name(folder, now)
    partial = folder / f".partial-{name}"
    if is_anew or is_afresh:
        partial.unlink(missing_ok=True)
    else:
        start(con, folder, partial)
    con.execute(f"attach {quoted(str(partial))} as published")
    try:
        with transaction(con):
            copy(con)
    finally:
        con.execute("detach published")
    target = folder / name
    moved(partial, target)
    point(folder, name)
    sweep(folder, 1 if is_afresh else KEPT)
    copy_older(target, older)
    return target


def moved(partial: Path, target: Path) -> None:
    """Make a file durable, and give it its name in one step."""
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(target)
    sync_folder(target.parent)


def copy_older(file: Path, version: str | None) -> None:
    """Write the published file in an older storage version; without one, keep no such copy."""
    target = file.with_name(OLDER.format(version or ""))
    for old in file.parent.glob(OLDER.format("v*")):
        if old != target:
            old.unlink()
    if version is None:
        return
    partial = file.with_name(f".partial-{file.name}")
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(file))} as published (read_only)")
        con.execute(f"attach {quoted(str(partial))} as older (storage_version '{version}')")
        con.execute("copy from database published to older")
    moved(partial, target)


def new_name(folder: Path, now: datetime) -> str:
    """Return a name later than every name there is, so that what is kept is the newest."""
    run = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}"
    newest = max((path.stem for path in published(folder)), default="").removeprefix("drumbeat-")
    # The clock may have been set back.
    return f"drumbeat-{run if run > newest else f'{newest}0'}.duckdb"


def published(folder: Path) -> list[Path]:
    """List the published files, oldest first."""
    return sorted(folder.glob("drumbeat-*.duckdb"), key=lambda path: path.stem)


def start(con: duckdb.DuckDBPyConnection, folder: Path, partial: Path) -> None:
    """Begin with a copy of the current file, so that only what changed is written again."""
    partial.unlink(missing_ok=True)
    with suppress(NothingPublished, OSError, duckdb.Error):
        shutil.copyfile(current(folder), partial)
        con.execute(f"attach {quoted(str(partial))} as published")
        try:
            is_dense = con.execute(DENSE).fetchall()
        finally:
            con.execute("detach published")
        if is_dense:
            return
    # Nothing to begin with, nothing that this DuckDB can open, or mostly space of old tables.
    partial.unlink(missing_ok=True)


def copy(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the published tables up to the warehouse's; a table that is as it was is left alone."""
    con.execute("create schema if not exists published.config")
    con.execute(
        f"create table if not exists published.{BOOK} (table_name text, made text); "
        + comments(f"published.{BOOK}", *BOOK_SAID)
    )
    there = dict(con.execute(f"select table_name, made from published.{BOOK}").fetchall())
    wanted = tables(con)
    made = versions(con, wanted)
    known, digest = there.pop(MACROS, None), macros.digest()
    for table in there.keys() - wanted.keys():
        con.execute(f"drop table published.{table}")
    for table, columns in wanted.items():
        if made[table] is None or there.get(table) != made[table]:
            copy_table(con, table, list(columns))
    # A macro is bound when it is made, so it needs the tables that it asks.
    if known != digest and "marts.metrics" in wanted:
        macros.write(con, "published")
    made[MACROS] = digest
    con.execute(f"delete from published.{BOOK}")
    con.execute(
        f"insert into published.{BOOK} select unnest($1::text[]), unnest($2::text[])",
        [list(made), list(made.values())],
    )


def copy_table(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> None:
    """Copy one table, with the words that describe it."""
    for statement in parsed(
        f"create schema if not exists published.{table.split('.')[0]}; "
        f"create or replace table published.{table} as from {table}; "
        + described(f"published.{table}", table, columns)
    ):
        con.execute(statement)


def versions(
    con: duckdb.DuckDBPyConnection, wanted: Mapping[str, Mapping[str, str]]
) -> dict[str, str | None]:
    """Return what changes when a published table does; nothing where it is not known."""
    held = dict(con.execute("select table_name, content from build.tables").fetchall())
    found: dict[str, str | None] = dict.fromkeys(wanted)
    for table in held.keys() & wanted.keys():
        columns = wanted[table]
        told = repr((held[table], columns, described(table, table, list(columns))))
        found[table] = hashlib.sha256(told.encode()).hexdigest()
    return found


def tables(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return every table that readers see, with its columns and their types."""
    rows = con.sql(
        "select concat(schema_name, '.', table_name), "
        "map_from_entries(list((column_name, data_type) order by column_index)) "
        "from duckdb_columns() "
        "where database_name = current_database() and list_contains($1, schema_name) "
        "and not list_contains($2, table_name) group by all order by all",
        params=[list(LAYERS), list(PRIVATE)],
    )
    return dict(rows.fetchall())


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
    pointer = folder / POINTER
    try:
        file = folder / pointer.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError as error:
        raise NothingPublished(
            "nothing is published yet; run `drumbeat refresh`, or `drumbeat demo` to look around "
            f"(looked in {folder})"
        ) from error
    except PermissionError as error:
        raise Unreadable(f"{pointer} can not be read; let whoever runs this read it") from error
    if not file.is_file():
        raise NothingPublished(f"{file} is gone; run `drumbeat rebuild`")
    return file


def sweep(folder: Path, kept: int = KEPT) -> None:
    """Keep the last few files; a reader whose file is gone reads the pointer again."""
    for old in published(folder)[:-kept]:
        old.unlink()
    for path in leftovers(folder):
        path.unlink()


def leftovers(folder: Path) -> Iterator[Path]:
    """Yield what a killed run left half written."""
    yield from folder.glob(".partial-drumbeat-*")

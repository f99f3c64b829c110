"""The private DuckDB file, and the book in it of what each table was made from and holds."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import lru_cache
from pathlib import Path

import duckdb

from pipelines.errors import Unreadable

Entry = tuple[str, str, int]
"""What a table was made from, what it holds, and its rows."""
Book = dict[str, Entry]
BROKEN = (duckdb.SerializationException, duckdb.FatalException)
LAYERS = ("raw", "config", "seeds", "staging", "facts", "marts", "build")


@contextmanager
def opened(path: Path | str, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file with the settings that every connection of ours has.

    What is only read is a published file; raises Unreadable where that is damaged.
    """
    told = readable(path) if read_only else nullcontext()
    with told, duckdb.connect(str(path), read_only=read_only) as con:
        con.execute("set TimeZone = 'UTC'")
        # Order is asked for where it matters; not keeping it elsewhere saves memory.
        con.execute("set preserve_insertion_order = false")
        if not read_only:
            prepare(con)
        yield con


@contextmanager
def readable(path: Path | str) -> Iterator[None]:
    """Raise Unreadable where DuckDB says of a published file that it is not whole."""
    try:
        yield
    except duckdb.Error as error:
        # It has no class of its own for a block whose checksum is wrong; what can not be written
        # elsewhere is told by the same class as what can not be read here; and paths are absolute.
        is_ours = isinstance(error, duckdb.IOException) and Path(path).name in str(error)
        if is_ours or isinstance(error, BROKEN) or str(error).startswith("Corrupt database"):
            raise Unreadable(
                f"the published file {path} can not be read: {error}\n`drumbeat refresh` makes a "
                "new one; if that does not help, `drumbeat rebuild` does, from what is landed"
            ) from error
        raise


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas and the book of what was built from what."""
    for layer in LAYERS:
        con.execute(f"create schema if not exists {layer}")
    con.execute(
        "create table if not exists build.tables "
        "(table_name text primary key, fingerprint text, content text, row_count bigint)"
    )


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done within, or nothing of it."""
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException as error:
        with suppress(duckdb.Error):
            # An interrupted query has rolled back already.
            con.execute("rollback")
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise


@lru_cache(maxsize=1024)
def parsed(text: str) -> list[duckdb.Statement]:
    """Return the statements of a text that a process runs again and again.

    Of the time that a small table takes, DuckDB's parser takes a third.
    """
    return duckdb.extract_statements(text)


def written(con: duckdb.DuckDBPyConnection) -> Book:
    """Return what is written down of every table."""
    query = "select table_name, fingerprint, content, row_count from build.tables"
    return {table: tuple(found) for table, *found in con.execute(query).fetchall()}


def write_down(con: duckdb.DuckDBPyConnection, entries: Book) -> None:
    """Write down what tables were made from and hold."""
    if entries:
        columns = [list(entries), *map(list, zip(*entries.values(), strict=True))]
        con.execute(
            "insert or replace into build.tables select unnest($1::text[]), unnest($2::text[]), "
            "unnest($3::text[]), unnest($4::bigint[])",
            columns,
        )


def record(con: duckdb.DuckDBPyConnection, table: str, made_from: str) -> None:
    """Write down what ``table`` was made from, and a hash of what it now holds."""
    write_down(con, {table: held(con, table, made_from)})


def empty(made_from: str) -> Entry:
    """Return what to write down of a table without rows."""
    return made_from, "0:", 0


def held(con: duckdb.DuckDBPyConnection, table: str, made_from: str) -> Entry:
    """Return what to write down of a table; order plays no part in a sum of row hashes."""
    ((content, row_count),) = con.execute(
        "select concat(count(*), ':', sum(hash(all_rows)::hugeint)), count(*) "
        f"from {table} as all_rows"
    ).fetchall()
    return made_from, content, row_count


def known(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Tell whether it is written down what ``table`` holds."""
    query = "select 1 from build.tables where table_name = $1"
    return bool(con.execute(query, [table]).fetchall())


def quoted(text: str) -> str:
    """Return ``text`` as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"

"""The private DuckDB file: opens it, and makes each table once its text or inputs changed."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import duckdb

from pipelines.steps import Step, steps

Entry = tuple[str, str, int]
"""What a table was made from, what it holds, and its rows."""
Book = dict[str, Entry]
COMMIT_SECONDS = 1.0
LAYERS = ("raw", "config", "seeds", "staging", "facts", "marts", "build")


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one step: its rows, and whether it had to be made."""

    table: str
    row_count: int
    is_new: bool


@contextmanager
def opened(path: Path | str, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB file with the settings that every connection of ours has."""
    with duckdb.connect(str(path), read_only=read_only) as con:
        con.execute("set TimeZone = 'UTC'")
        # Order is asked for where it matters; not keeping it elsewhere saves memory.
        con.execute("set preserve_insertion_order = false")
        if not read_only:
            prepare(con)
        yield con


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas and the book of what was built from what."""
    for layer in LAYERS:
        con.execute(f"create schema if not exists {layer}")
    con.execute(
        "create table if not exists build.tables "
        "(table_name text primary key, fingerprint text, content text, row_count bigint)"
    )


def build(
    con: duckdb.DuckDBPyConnection, told: Callable[[Built], None] = lambda built: None
) -> list[Built]:
    """Make every table whose text or inputs changed; ``told`` hears of each.

    A second of work is a transaction, since each costs its share of one; a build that is killed
    goes on from there.
    """
    found: list[Built] = []
    book, waiting = written(con), deque(steps().values())
    while waiting:
        until, begun = monotonic() + COMMIT_SECONDS, len(found)
        with transaction(con):
            while waiting and monotonic() < until:
                found.append(brought_up(con, waiting.popleft(), book))
                told(found[-1])
            write_down(con, {b.table: book[b.table] for b in found[begun:] if b.is_new})
    return found


def make(con: duckdb.DuckDBPyConnection, step: Step) -> Built:
    """Make one table in one transaction, or leave it where nothing it depends on changed."""
    book = written(con)
    with transaction(con):
        built = brought_up(con, step, book)
        write_down(con, {step.table: book[step.table]})
    return built


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


def written(con: duckdb.DuckDBPyConnection) -> Book:
    """Return what is written down of every table."""
    rows = con.sql("select table_name, fingerprint, content, row_count from build.tables")
    return {table: tuple(found) for table, *found in rows.fetchall()}


def write_down(con: duckdb.DuckDBPyConnection, entries: Book) -> None:
    """Write down what tables were made from and hold."""
    if entries:
        columns = [list(entries), *map(list, zip(*entries.values(), strict=True))]
        con.execute(
            "insert or replace into build.tables select unnest($1::text[]), unnest($2::text[]), "
            "unnest($3::text[]), unnest($4::bigint[])",
            columns,
        )


def brought_up(con: duckdb.DuckDBPyConnection, step: Step, book: Book) -> Built:
    """Make one table where anything it depends on changed, and note it in ``book``."""
    wanted = fingerprint(step, book)
    made_from, _, row_count = book.get(step.table, ("", "", 0))
    if made_from == wanted:
        return Built(step.table, row_count, is_new=False)
    try:
        fill(con, step)
        book[step.table] = held(con, step.table, wanted)
    except BaseException as error:
        error.add_note(f"while making {step.table}")
        raise
    return Built(step.table, book[step.table][2], is_new=True)


def fill(con: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Replace the table by what its step makes now."""
    if step.analyse is None:
        con.execute(f"create or replace table {step.table} as {step.text}")
        return
    frame = step.analyse(con)
    con.register("analysed", frame)
    con.execute(f"create or replace table {step.table} as select * from analysed")
    con.unregister("analysed")


def record(con: duckdb.DuckDBPyConnection, table: str, made_from: str) -> None:
    """Write down what ``table`` was made from, and a hash of what it now holds."""
    write_down(con, {table: held(con, table, made_from)})


def held(con: duckdb.DuckDBPyConnection, table: str, made_from: str) -> Entry:
    """Return what to write down of a table; order plays no part in a sum of row hashes."""
    ((content, row_count),) = con.sql(
        f"select concat(count(*), ':', sum(hash(all_rows)::hugeint)), count(*) "
        f"from {table} as all_rows"
    ).fetchall()
    return made_from, content, row_count


def known(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Tell whether it is written down what ``table`` holds."""
    rows = con.sql("select 1 from build.tables where table_name = $1", params=[table])
    return bool(rows.fetchall())


def fingerprint(step: Step, book: Book) -> str:
    """Return the hash of the step's text and of what its inputs hold."""
    missing = set(step.inputs) - book.keys()
    if missing:
        raise RuntimeError(f"{step.table} reads {', '.join(sorted(missing))}, which nothing makes")
    inputs = [(table, book[table][1]) for table in sorted(set(step.inputs))]
    return hashlib.sha256(repr((step.digest, inputs, duckdb.__version__)).encode()).hexdigest()


def quoted(text: str) -> str:
    """Return ``text`` as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"

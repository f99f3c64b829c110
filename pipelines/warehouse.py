"""The private DuckDB file: opens it, and makes each table once its text or inputs changed."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.steps import Step, steps

Entry = tuple[str, str, int]
"""What a table was made from, what it holds, and its rows."""
Book = dict[str, Entry]
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
    """Make every table whose text or inputs changed; ``told`` hears of each."""
    found = []
    book = written(con)
    for step in steps().values():
        found.append(make(con, step, book))
        told(found[-1])
    return found


def written(con: duckdb.DuckDBPyConnection) -> Book:
    """Return what is written down of every table."""
    rows = con.sql("select table_name, fingerprint, content, row_count from build.tables")
    return {table: tuple(found) for table, *found in rows.fetchall()}


def make(con: duckdb.DuckDBPyConnection, step: Step, book: Book | None = None) -> Built:
    """Make one table in one transaction, or leave it where nothing it depends on changed.

    ``book`` is what is written down of every table; it is kept up to date, and read if not given.
    """
    book = written(con) if book is None else book
    wanted = fingerprint(step, book)
    made_from, _, row_count = book.get(step.table, ("", "", 0))
    if made_from == wanted:
        return Built(step.table, row_count, is_new=False)
    con.execute("begin")
    try:
        fill(con, step)
        describe(con, step)
        book[step.table] = record(con, step.table, wanted)
        con.execute("commit")
    except BaseException as error:
        with suppress(duckdb.Error):
            # An interrupted query has rolled back already.
            con.execute("rollback")
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
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


def describe(con: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Put the header's words where any DuckDB client finds them, but for what is never published.

    Each costs a change of the catalog: of some 200 tables together, seconds.
    """
    if step.layer == "staging":
        return
    columns = {column.name: column.comment for column in step.columns}
    con.execute(comments(step.table, step.summary, columns))


def comments(table: str, summary: str, columns: Mapping[str, str]) -> str:
    """Return the statements that describe a table and its columns."""
    return "; ".join(
        [
            f"comment on table {table} is {quoted(summary)}",
            *(
                f"comment on column {table}.{name} is {quoted(said)}"
                for name, said in columns.items()
            ),
        ]
    )


def record(con: duckdb.DuckDBPyConnection, table: str, made_from: str) -> Entry:
    """Write down what ``table`` was made from, and a hash of what it now holds."""
    rows = con.execute(
        f"insert or replace into build.tables {content(table)} "
        "returning fingerprint, content, row_count",
        [table, made_from],
    )
    entry: Entry = rows.fetchall()[0]
    return entry


def known(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Tell whether it is written down what ``table`` holds."""
    rows = con.sql("select 1 from build.tables where table_name = $1", params=[table])
    return bool(rows.fetchall())


def content(table: str) -> str:
    """Return the query of a table's content: a sum of row hashes, so that order plays no part."""
    return (
        "select $1, $2, concat(count(*), ':', sum(hash(all_rows)::hugeint)), count(*) "
        f"from {table} as all_rows"
    )


def fingerprint(step: Step, book: Book) -> str:
    """Return the hash of the step's text and of what its inputs hold."""
    missing = set(step.inputs) - book.keys()
    if missing:
        raise RuntimeError(f"{step.table} reads {', '.join(sorted(missing))}, which nothing makes")
    held = [(table, book[table][1]) for table in sorted(set(step.inputs))]
    return hashlib.sha256(repr((step.digest, held, duckdb.__version__)).encode()).hexdigest()


def quoted(text: str) -> str:
    """Return ``text`` as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"

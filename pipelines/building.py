"""Makes each table of the warehouse once its text or what it is made from changed."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

import duckdb

from pipelines.steps import Step, steps
from pipelines.warehouse import Book, empty, held, parsed, transaction, write_down, written

COMMIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Built:
    """What became of one step: its rows, and whether it had to be made."""

    table: str
    row_count: int
    is_new: bool


def build(
    con: duckdb.DuckDBPyConnection, wanted: Iterable[Step] | None = None
) -> Iterator[list[Built]]:
    """Make every table whose text or inputs changed, or of these the ``wanted``, inputs first.

    A second of work is a transaction, since each costs its share of one, and is yielded once it
    is committed; a build that is killed goes on from there.
    """
    book, waiting = written(con), deque(steps().values() if wanted is None else wanted)
    while waiting:
        until, found = monotonic() + COMMIT_SECONDS, []
        with transaction(con):
            while waiting and monotonic() < until:
                found.append(brought_up(con, waiting.popleft(), book))
            write_down(con, {b.table: book[b.table] for b in found if b.is_new})
        yield found


def brought_up(con: duckdb.DuckDBPyConnection, step: Step, book: Book) -> Built:
    """Make one table where anything it depends on changed, and note it in ``book``."""
    wanted = fingerprint(step, book)
    made_from, _, row_count = book.get(step.table, ("", "", 0))
    if made_from == wanted:
        return Built(step.table, row_count, is_new=False)
    try:
        has_rows = fill(con, step)
        book[step.table] = held(con, step.table, wanted) if has_rows else empty(wanted)
    except BaseException as error:
        error.add_note(f"while making {step.table}")
        raise
    return Built(step.table, book[step.table][2], is_new=True)


def fill(con: duckdb.DuckDBPyConnection, step: Step) -> bool:
    """Replace the table by what its step makes now; tell whether that is any row."""
    if step.analyse is None:
        (make,) = parsed(f"create or replace table {step.table} as {step.text}")
        return con.execute(make).fetchall() != [(0,)]
    frame = step.analyse(con)
    con.register("analysed", frame)
    con.execute(f"create or replace table {step.table} as select * from analysed")
    con.unregister("analysed")
    return not frame.is_empty()


def fingerprint(step: Step, book: Book) -> str:
    """Return the hash of the step's text and of what its inputs hold."""
    missing = set(step.inputs) - book.keys()
    if missing:
        raise RuntimeError(f"{step.table} reads {', '.join(sorted(missing))}, which nothing makes")
    inputs = [(table, book[table][1]) for table in sorted(set(step.inputs))]
    return hashlib.sha256(repr((step.digest, inputs, duckdb.__version__)).encode()).hexdigest()

"""An analyst's own query: one read-only statement, in bounds of time, rows and size."""

from dataclasses import dataclass
from threading import Timer

import duckdb
import polars as pl

from dashboard import data

SECONDS = 30.0
ROWS = 5_000
BYTES = 50_000_000
READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


class QueryRefusedError(Exception):
    """A query that is not run, or that failed; its text is for the analyst."""


@dataclass(frozen=True)
class Answer:
    """The rows of a query, and whether there were more than the limit."""

    rows: pl.DataFrame
    is_cut: bool


def answer(query: str, *, seconds: float = SECONDS, limit: int = ROWS) -> Answer:
    """Run one query over the published file and return at most ``limit`` rows."""
    _, con = data.cursor()
    with con:
        _admit(con, query)
        timer = Timer(seconds, con.interrupt)
        timer.start()
        try:
            rows = con.sql(query).limit(limit + 1).pl()
        except duckdb.InterruptException:
            said = f"The query was stopped after {seconds:.0f} s. Ask for less, or filter earlier."
            raise QueryRefusedError(said) from None
        except duckdb.OutOfMemoryException:
            said = f"The query needs more memory than the {data.MEMORY} it may use."
            raise QueryRefusedError(said) from None
        except duckdb.PermissionException:
            said = "Only the published file can be read here: no other files, no network."
            raise QueryRefusedError(said) from None
        except (duckdb.Error, pl.exceptions.PolarsError) as error:
            raise QueryRefusedError(str(error)) from error
        finally:
            timer.cancel()
    if rows.estimated_size() > BYTES:
        raise QueryRefusedError(f"The answer is larger than {BYTES // 10**6} MB. Ask for less.")
    return Answer(rows.head(limit), rows.height > limit)


def _admit(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Let through exactly one statement that reads."""
    try:
        statements = con.extract_statements(query)
    except duckdb.Error as error:
        raise QueryRefusedError(str(error)) from error
    if not statements:
        raise QueryRefusedError("There is no query yet.")
    if len(statements) > 1:
        raise QueryRefusedError("One query at a time, please.")
    if statements[0].type not in READING:
        kind = statements[0].type.name.lower().replace("_", " ")
        raise QueryRefusedError(f"Only queries that read are run here, not {kind} statements.")

"""Makes the tables of one case after the other in one warehouse in memory.

Rows go through the real connector and the real models; what the pipeline does to be durable,
incremental and published has tests of its own. What is as it was for the case before is not made
again: that is most of what a case costs.
"""

import csv
import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import duckdb
import polars as pl
import sqlglot
from sqlglot import exp

from connectors.files import Files
from connectors.neutral import TABLES
from pipelines import raw, reaching, settings
from pipelines.building import fill
from pipelines.configuration import Configuration
from pipelines.steps import Step, steps
from pipelines.warehouse import prepare
from tests import support

# What each table of a warehouse was made from.
MADE: WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str, str]] = WeakKeyDictionary()


def warehouse() -> duckdb.DuckDBPyConnection:
    """Open the warehouse, with a raw table for every entity there is."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute("set threads = 1")
    prepare(con)
    for table, columns in raw.TABLES.items():
        con.execute(f"create table raw.{table} ({columns})")
    con.register("reached", pl.DataFrame(schema=reaching.SCHEMA))
    con.execute(f"create table {reaching.TABLE} as select * from reached")
    con.unregister("reached")
    MADE[con] = {}
    return con


def tell(
    con: duckdb.DuckDBPyConnection, folder: Path, wanted: Iterable[str], *, as_of: datetime,
    **told: Any,
) -> duckdb.DuckDBPyConnection:  # fmt: skip
    """Make the wanted tables of what ``support.organisation`` would publish whole."""
    tables = {name: told.pop(name) for name in TABLES if isinstance(told.get(name), list | tuple)}
    files = support.write(folder / "files", **tables)
    make(con, files, support.project(folder, **told).configuration, as_of, wanted)
    return con


def make(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    configuration: Configuration,
    as_of: datetime,
    wanted: Iterable[str],
) -> None:
    """Make the wanted tables, and what they are made from, of the neutral tables in a folder."""
    versions = configured(con, configuration, as_of) | landed(con, folder)
    needed = set().union(*map(ancestry, wanted))
    for table, step in steps().items():
        if table in needed:
            inputs = [versions.get(name, "") for name in step.inputs]
            made_from = hashlib.sha256("".join(inputs).encode()).hexdigest()
            if is_still_empty(con, step, versions):
                versions[table] = "empty"
                continue
            if MADE[con].get(f"{table} from") != made_from:
                # What is as empty as before is no reason to make anything again.
                MADE[con][table] = made_from if fill(con, step) else "empty"
                MADE[con][f"{table} from"] = made_from
            versions[table] = MADE[con][table]


def is_still_empty(con: duckdb.DuckDBPyConnection, step: Step, versions: dict[str, str]) -> bool:
    """Tell whether a table has no rows now, and can have none for want of rows to make it of."""
    return (
        step.analyse is None
        and MADE[con].get(step.table) == "empty"
        and any(versions.get(table) == "empty" for table in indispensable(step.text))
    )


@cache
def indispensable(query: str) -> frozenset[str]:
    """Return the tables each of which a query needs rows of to give any."""
    return without(sqlglot.parse_one(query, read="duckdb"), {})


def without(query: exp.Expression, common: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return the tables without whose rows a query has none; ``common`` has those of its CTEs."""
    common = dict(common)
    for one in query.ctes if isinstance(query, exp.Query) else ():
        common[one.alias] = without(one.this, common)
    if isinstance(query, exp.Subquery):
        return without(query.this, common)
    if isinstance(query, exp.SetOperation):
        sides = without(query.left, common), without(query.right, common)
        return sides[0] & sides[1] if isinstance(query, exp.Union) else sides[0]
    if isinstance(query, exp.Table):
        return frozenset({f"{query.db}.{query.name}"}) if query.db else common[query.name]
    if not isinstance(query, exp.Select) or query.args.get("from_") is None:
        return frozenset()
    counts = [found for each in query.expressions for found in each.find_all(exp.AggFunc)]
    if not query.args.get("group") and any(not one.find_ancestor(exp.Window) for one in counts):
        # A count of nothing is a row.
        return frozenset()
    found = without(query.args["from_"].this, common)
    for join in query.args.get("joins", ()):
        if join.side in ("RIGHT", "FULL"):
            return frozenset()
        if join.side != "LEFT" and join.kind != "ANTI":
            found |= without(join.this, common)
    return found


def configured(
    con: duckdb.DuckDBPyConnection, configuration: Configuration, as_of: datetime
) -> dict[str, str]:
    """Put the configuration under ``config``; return the version of each table."""
    run = settings.Run(as_of, as_of)
    rows = settings.rows(configuration, run)
    # Working days come from the calendar and the year, as a frame.
    days = repr((configuration.calendar, as_of.year))
    versions = {
        f"config.{table}": days + repr(found) if (found := rows.get(table)) != [] else "empty"
        for table in settings.TABLES
    }
    if MADE[con].get("config") != repr(versions):
        settings.write(con, configuration, run)
        MADE[con]["config"] = repr(versions)
    return versions


def landed(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """Put what the folder holds into ``raw``; return the version of each table."""
    versions = {}
    for table in TABLES:
        name = f"raw.{raw.table_of('files', table)}"
        batches = list(Files(folder).collect(table, {}))
        told = [batch.rows.rows() for batch in batches]
        versions[name] = repr(told) if any(told) else "empty"
        hold_good(folder / f"{table}.csv", batches)
        if MADE[con].get(name) != versions[name]:
            con.execute(f"delete from {name}")
            for batch in batches:
                con.register("landed", batch.rows)
                con.execute(
                    f"insert into {name} by name select 'files' as source, '' as scope, "
                    "$entity as entity, timestamptz '2000-01-01' as fetched_at, "
                    "false as is_deleted, * from landed",
                    {"entity": table},
                )
                con.unregister("landed")
            MADE[con][name] = versions[name]
    return versions


def hold_good(path: Path, batches: list) -> None:
    """Refuse a CSV with a row that the connector did: a case has no slips."""
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as opened:
            told = len(list(csv.reader(opened))) - 1
        assert told == sum(len(batch.rows) for batch in batches), f"a row of {path} is refused"


@cache
def ancestry(table: str) -> frozenset[str]:
    """Return a table and every table that it is made from."""
    found = {table}
    for one in steps()[table].inputs if table in steps() else ():
        found |= ancestry(one)
    return frozenset(found)

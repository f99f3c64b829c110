"""The macros of the published file: common questions with blanks, for any DuckDB client."""

import hashlib
from collections.abc import Iterator
from functools import cache

import duckdb

import sql
from pipelines import windows
from pipelines.warehouse import quoted
from sql import asking
from sql.asking import Macro

ANY_DAYS = "metrics_between"
SUMMARY = (
    "The five metrics of every service, team and of the organisation over any days, made by the "
    "very SQL of the marts; period is window."
)
MADE = """
select function_name from duckdb_functions()
where database_name = current_database() and function_type = 'table_macro' and not internal
"""
# A macro has no parameters but its arguments, and no clock but the file's.
BLANKS = {
    "$since": "cast(since_day as date)",
    "$until": "cast(until_day as date)",
    "$by": "'window'",
    "$unit": "'day'",
    "$length": "interval 1 day",
    "$today": "(select cast(as_of at time zone time_zone as date) from config.run)",
}


def write(con: duckdb.DuckDBPyConnection, database: str) -> None:
    """Make the macros in a database in place of those that it has."""
    ((home,),) = con.execute("select current_database()").fetchall()
    # Names in a macro are looked up where it is made, and where it is asked.
    con.execute(f"use {database}")
    try:
        for (name,) in con.execute(MADE).fetchall():
            con.execute(f"drop macro table {name}")
        for one in macros():
            con.execute(f"create macro {one.name}({', '.join(one.arguments)}) as table {one.text}")
            con.execute(f"comment on macro table {one.name} is {quoted(one.summary)}")
    finally:
        con.execute(f'use "{home}"')


def digest() -> str:
    """Return what changes when a macro does, without making them."""
    files = [*asking.macros(), *sql.models()]
    told = repr([SUMMARY, BLANKS, windows.DAYS, windows.PERIODS, *files])
    return hashlib.sha256(told.encode()).hexdigest()


def macros() -> Iterator[Macro]:
    """Yield the macros, each after those that it asks."""
    yield Macro(ANY_DAYS, SUMMARY, ("since_day", "until_day"), any_days())
    yield from asking.macros()


@cache
def any_days() -> str:
    """Return the query of the five metrics over the days since_day up to until_day."""
    parts = {"chosen_days": windows.DAYS, "chosen_periods": windows.PERIODS}
    for blank, text in BLANKS.items():
        parts = {name: query.replace(blank, text) for name, query in parts.items()}
    parts |= dict(windows.over_chosen(windows.wanted("marts.metrics")))
    return f"with {', '.join(f'{name} as ({query})' for name, query in parts.items())} from metrics"

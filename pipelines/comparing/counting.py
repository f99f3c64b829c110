"""Runs the SQL of other tools over a window, as temporary tables beside the published ones."""

from collections.abc import Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter

import duckdb

import sql
from pipelines.comparing.tools import Tool
from pipelines.errors import DrumbeatError
from pipelines.windows import Window

SCOPES = """
create or replace temp table chosen__scopes as
select distinct scope, name from facts.scopes
where $service is null or (scope = 'service' and name = $service)
"""
DAYS = """
create or replace temp table chosen__days as
with every_day as (
    select cast(unnest(generate_series($since, least($until - 1, $today), interval 1 day)) as date)
        as day
)
select
    case when $by = 'window' then $since
        else greatest(cast(date_trunc($unit, day) as date), $since) end as starts_on,
    day,
    cast(date_trunc('week', day) as date) as week_on,
    cast(date_trunc('month', day) as date) as month_on
from every_day
"""
PERIODS = """
create or replace temp table chosen__periods as
select starts_on, max(day) + 1 as ends_on from chosen__days group by starts_on
"""
SPAN = """
create or replace temp table chosen__span as
select $since as since_on, $until as until_on, $zone as time_zone,
    case when $by <> 'window' then cast(0 as double) end as nothing
"""
# A trend shows nought where there is nothing; the number of the window does not.
CHOSEN = ("chosen.scopes", "chosen.days", "chosen.periods", "chosen.span")


@cache
def models() -> Mapping[str, sql.Model]:
    """Return every model of another tool by its table, such as ``devlake.metrics``."""
    return {model.table: model for model in sql.peers()}


def below(tables: Sequence[str]) -> list[str]:
    """Return the models that tables are made by, inputs first."""
    found: dict[str, list[str]] = {}
    waiting = list(tables)
    while waiting:
        table = waiting.pop()
        if table not in found:
            found[table] = [name for name in sql.upstream(models()[table]) if name in models()]
            waiting += found[table]
    return list(TopologicalSorter(found).static_order())


@cache
def published() -> frozenset[str]:
    """Return the published tables that the other tools' numbers are made from."""
    read = {table for model in models().values() for table in sql.upstream(model)}
    return frozenset(read - models().keys() - set(CHOSEN))


def counted(
    con: duckdb.DuckDBPyConnection,
    chosen: Window,
    tools: Sequence[Tool],
    *,
    service: str | None = None,
    by: str = "window",
) -> None:
    """Make the tables of the tools, each called ``<tool>__<model>``."""
    check(con)
    params = {"since": chosen.since, "until": chosen.until, "by": by}
    today = chosen.as_of.astimezone(chosen.zone).date()
    unit = "day" if by == "window" else by
    con.execute(SCOPES, {"service": service})
    con.execute(DAYS, {**params, "today": today, "unit": unit})
    con.execute(PERIODS)
    con.execute(SPAN, {**params, "zone": chosen.zone.key})
    make(con, [f"{tool.key}.metrics" for tool in tools])


def check(con: duckdb.DuckDBPyConnection) -> None:
    """Raise where the published file is of an earlier version that lacks what is read."""
    query = "select concat(schema_name, '.', table_name) from duckdb_tables()"
    missing = published() - {name for (name,) in con.sql(query).fetchall()}
    if missing:
        raise DrumbeatError(
            f"the published file has no {', '.join(sorted(missing))}, an earlier version made it; "
            "run `drumbeat rebuild`"
        )


def make(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """Make tables, and what they are made by, over what was chosen."""
    for table in below(tables):
        con.execute(f"create or replace temp table {table.replace('.', '__')} as {query(table)}")


@cache
def query(table: str) -> str:
    """Return the query of a model, over the temporary tables that the others are made as."""
    names = {name.replace(".", "__"): name.replace(".", "__") for name in (*CHOSEN, *models())}
    return sql.over(models()[table], **names)

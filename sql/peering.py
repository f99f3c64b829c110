"""The SQL of other tools over chosen days: which tables they make, and by which queries."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from sql.models import Model, over, peers, upstream

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
def models() -> Mapping[str, Model]:
    """Return every model of another tool by its table, such as ``devlake.metrics``."""
    return {model.table: model for model in peers()}


def below(tables: Sequence[str]) -> list[str]:
    """Return the models that tables are made by, inputs first."""
    found: dict[str, list[str]] = {}
    waiting = list(tables)
    while waiting:
        table = waiting.pop()
        if table not in found:
            found[table] = [name for name in upstream(models()[table]) if name in models()]
            waiting += found[table]
    return list(TopologicalSorter(found).static_order())


@cache
def published() -> frozenset[str]:
    """Return the published tables that the other tools' numbers are made from."""
    read = {table for model in models().values() for table in upstream(model)}
    return frozenset(read - models().keys() - set(CHOSEN))


@cache
def query(table: str) -> str:
    """Return the query of a model, over the temporary tables that the others are made as."""
    names = {name.replace(".", "__"): name.replace(".", "__") for name in (*CHOSEN, *models())}
    return over(models()[table], **names)


def statements(
    tables: Sequence[str],
    *,
    service: str | None,
    days: Mapping[str, Any],
    zone: str,
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the statements that make tables, and what they are made by, as temporary ones.

    ``days`` has since, until, today and by: window, week or month.
    """
    unit = "day" if days["by"] == "window" else days["by"]
    shared = {name: days[name] for name in ("since", "until", "by")}
    yield SCOPES, {"service": service}
    yield DAYS, {**shared, "today": days["today"], "unit": unit}
    yield PERIODS, {}
    yield SPAN, {**shared, "zone": zone}
    yield from made(tables)


def made(tables: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the statements that make tables over what was chosen before."""
    for table in below(tables):
        name = table.replace(".", "__")
        yield f"create or replace temp table {name} as {query(table)}", {}

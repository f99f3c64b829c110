"""One row per metric, scope and span: whether the metric changed beyond chance.

Lead time: medians of the deployments of the last 4 weeks against those of the 26 before them.
Change fail rate: the last 4 and 13 weeks against the 26 before. Recovery: 13 against 26 weeks.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.analysis import trends
from pipelines.analysis.trends import Trend

TABLE = "facts.trends"
INPUTS = (
    "facts.owned_changes", "facts.rollouts", "facts.scopes", "facts.spells", "facts.today",
)  # fmt: skip
GRAIN = ("metric", "scope", "name", "week_count")
COLUMNS = {
    "metric": "change_lead_time, change_fail_rate or recovery_time.",
    "scope": "service, team or organisation.",
    "name": "The service, the team, or the word organisation.",
    "week_count": "Weeks that are looked at, against the 26 before them.",
    "verdict": "better, worse, no change beyond chance, or too few to tell.",
    "p": "Chance of as much by itself; null where too few.",
    "recent_count": "Deployments or failures in those weeks.",
    "before_count": "Deployments or failures in the 26 weeks before.",
    "recent_value": "Median of deployments' medians, hours; share; median recovery, hours.",
    "before_value": "The same of the 26 weeks before; null where there is none.",
}
BEFORE = 26
SPANS = (("change_lead_time", 4), ("change_fail_rate", 4), ("change_fail_rate", 13),
         ("recovery_time", 13))  # fmt: skip
OWNED = """
inner join facts.scopes as scopes on {table}.service = scopes.service
    and {table}.{day} >= scopes.from_on and {table}.{day} < scopes.until_on
"""
QUERIES = {
    "change_lead_time": "select scope, name, finished_on as day, "
    "median(lead_seconds) / 3600.0 as value, true as is_over from facts.owned_changes "
    "where not is_excluded group by scope, name, finished_on, deployment_id",
    "change_fail_rate": "select scopes.scope, scopes.name, rollouts.finished_on as day, "
    "cast(rollouts.is_failed as double) as value, true as is_over from facts.rollouts as rollouts"
    + OWNED.format(table="rollouts", day="finished_on"),
    "recovery_time": "select scopes.scope, scopes.name, spells.began_on as day, "
    "spells.seconds / 3600.0 as value, spells.is_over from facts.spells as spells"
    + OWNED.format(table="spells", day="began_on")
    + "where spells.measure = 'recovery'",
}


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return what the tests say of every scope that has anything to look at."""
    ((today,),) = con.execute("select today from facts.today").fetchall()
    rows = [row for metric, weeks in SPANS for row in verdicts(con, metric, weeks, today)]
    kinds = (pl.String, pl.String, pl.String, pl.Int64, pl.String, pl.Float64, pl.Int64, pl.Int64,
             pl.Float64, pl.Float64)  # fmt: skip
    schema = dict(zip(COLUMNS, kinds, strict=True))
    return pl.DataFrame(rows, schema=schema, orient="row")


def verdicts(
    con: duckdb.DuckDBPyConnection, metric: str, weeks: int, today: date
) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each scope."""
    recent_on = today - timedelta(weeks=weeks)
    before_on = recent_on - timedelta(weeks=BEFORE)
    found = con.sql(
        f"select * from ({QUERIES[metric]}) where day >= $1 and day < $2 order by all",
        params=[before_on, today],
    ).pl()
    for (scope, name), rows in found.group_by("scope", "name", maintain_order=True):
        recent = rows["day"].to_numpy() >= np.datetime64(recent_on)
        values, is_over = rows["value"].to_numpy(), rows["is_over"].to_numpy()
        told = tested(metric, values, is_over, recent)
        p = None if told.p is None else round(told.p, 9)
        counts = told.recent_count, told.before_count
        middles = [middle(metric, values[side], is_over[side]) for side in (recent, ~recent)]
        yield metric, scope, name, weeks, told.verdict, p, *counts, *middles


def middle(metric: str, values: Any, is_over: Any) -> float | None:
    """Return the value that stands for one side of a comparison."""
    if not len(values):
        return None
    if metric == "recovery_time":
        return trends.half_over(values, is_over)
    found = values.mean() if metric == "change_fail_rate" else np.median(values)
    return round(float(found), 9)


def tested(metric: str, values: Any, is_over: Any, recent: Any) -> Trend:
    """Return what the metric's own test says."""
    if metric == "change_lead_time":
        return trends.lead_time(values[recent], values[~recent])
    if metric == "change_fail_rate":
        sides = [(int(values[side].sum()), int(side.sum())) for side in (recent, ~recent)]
        return trends.change_fail_rate(sides[0], sides[1])
    return trends.recovery(values[recent], is_over[recent], values[~recent], is_over[~recent])

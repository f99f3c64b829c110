"""The five metrics over time, what was restated of them, and their trends."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import clocks, data
from sql import restating
from sql.names import WINDOWS
from sql.runs import Run


def metrics(
    scope: str, name: str, since: date, period: str, clock: str = ""
) -> dict[str, pl.DataFrame]:
    """Return the five metrics over time, by week in their own windows or by month.

    ``shown_on`` is where a window stands on the axis: the week it ends with, or its month.
    """
    found = data.ask(
        "select metrics.*, coalesce(beside.warnings, []) as warnings,"
        " case when period = 'month' then starts_on else ends_on - 7 end as shown_on"
        f" from {clocks.metrics(clock)} as metrics"
        " left join (select metric, scope, name, period, starts_on, list(words order by kind)"
        " as warnings from marts.warnings group by all) as beside"
        " using (metric, scope, name, period, starts_on)"
        " where scope = ? and name = ? and ends_on > ?"
        " and period in ('week', 'month', 'four_weeks', 'twelve_weeks') order by shown_on",
        [scope, name, since],
    )
    return {
        metric: found.filter(metric=metric, period="month" if period == "month" else window)
        for metric, window in WINDOWS.items()
    }


def restatements(scope: str, name: str, of: Run) -> list[dict[str, Any]]:
    """Return what reports told of the last 12 weeks that moved since, the latest week first."""
    found = data.ask(
        "select * replace (cast(then_value as double) as then_value,"
        " cast(now_value as double) as now_value) from marts.restatements"
        " where scope = ? and name = ? and has_moved and week_on >= ?"
        " order by week_on desc, list_position(?, metric)",
        [scope, name, of.this_week - timedelta(weeks=12), list(WINDOWS)],
    )
    return [row for row in found.to_dicts() if restating.differs(row)]


def trends(scope: str, name: str, names: Sequence[str]) -> pl.DataFrame:
    """Return what the tests say of a scope and of services."""
    return data.ask(
        "select scope, name, metric, week_count, verdict, recent_value, before_value, recent_count"
        " from facts.trends where (scope = ? and name = ?) or scope = 'service'"
        " and list_contains(?, name) order by scope, name, metric, week_count",
        [scope, name, list(names)],
    )

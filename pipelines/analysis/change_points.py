"""One row per metric, scope and week from which on its level was another one, of two years.

Found afterwards, so a later week may move or end it: it annotates charts and alarms nobody.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl

from pipelines.analysis import levels

TABLE = "marts.change_points"
INPUTS = ("marts.metrics",)
GRAIN = ("metric", "scope", "name", "changed_on")
COLUMNS = {
    "metric": "deployment_frequency, change_lead_time, change_fail_rate or rework_rate.",
    "scope": "service, team or organisation.",
    "name": "The service, the team, or the word organisation.",
    "changed_on": "First day of the first week of the new level.",
    "before_value": "Median of the weeks of the level before.",
    "after_value": "Median of the weeks of the new level.",
    "before_count": "Weeks of the level before, those without a value left out.",
    "after_count": "Weeks of the new level, those without a value left out.",
}
KINDS = (pl.String, pl.String, pl.String, pl.Date, pl.Float64, pl.Float64, pl.Int64, pl.Int64)
WEEKS = 104
SERIES = """
select metric, scope, name, starts_on,
    case when metric = 'deployment_frequency' then cast(n as double) else value end as level
from marts.metrics
where period = 'week' and is_finished and metric <> 'recovery_time'
order by metric, scope, name, starts_on
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the changes of every series."""
    found = con.sql(f"select * from ({SERIES}) where level is not null order by all").pl()
    rows = [
        (*key, *row)
        for key, series in found.group_by("metric", "scope", "name", maintain_order=True)
        for row in changed(series.tail(WEEKS))
    ]
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")


def changed(series: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Yield the changes of one series, each with the levels on its two sides."""
    level, weeks = series["level"], series["starts_on"]
    places = [0, *levels.changes(level.to_numpy()), len(level)]
    for first, place, last in zip(places, places[1:], places[2:], strict=False):
        before, after = level[first:place], level[place:last]
        middles = [round(float(side.median()), 9) for side in (before, after)]  # type: ignore[arg-type]
        yield weeks[place], *middles, len(before), len(after)

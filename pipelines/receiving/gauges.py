"""The published numbers as gauges: the last finished week of each service, team and everybody."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines import windows
from pipelines.receiving.exposition import Family, family, text

WEEKS = """
select metrics.*, cast(epoch(metrics.starts_on) as bigint) as week_start
from marts.metrics as metrics
where period = 'week' and is_finished
qualify row_number() over (partition by metric, scope, name order by starts_on desc) = 1
order by scope, name, metric
"""
SOURCES = """
select
    source, kind, epoch(max(latest_fetched_at)) as fetched_at,
    epoch(max(latest_event_at)) as event_at
from marts.sources group by all order by source
"""
FRESHNESS = """
select
    epoch(run.as_of) as as_of, (select epoch(max(finished_at)) from facts.deployments) as deployed
from config.run as run
"""
VALUES = (
    ("value", "value", "The metric in its unit: deployments per week, hours, or a rate of 0 to 1."),
    ("n", "n", "Deployments, changes or failed deployments behind the metric."),
    ("low", "low", "Lower end of what belongs to the metric: usual range, or 95 % interval."),
    ("high", "high", "Upper end of the same."),
    ("at_least", "at_least", "Recovery is longer than this, in hours; its median is not reached."),
    ("open_count", "open", "Failed deployments that are not recovered yet."),
    ("is_settled", "settled", "1 once the week is older than the attribution window."),
    ("is_too_few", "too_few", "1 where n is too small to tell anything."),
    ("week_start", "week_start_timestamp_seconds", "The first day of the week told of."),
)
Row = dict[str, Any]


def gauges(file: Path) -> bytes:
    """Return all that a published file tells to Prometheus."""
    with windows.published(file) as con:
        families = [*weeks(told(con, WEEKS)), *freshness(con, file)]
    return text(families)


def weeks(rows: list[Row]) -> Iterator[Family]:
    """Yield the metrics of the last finished weeks."""
    for column, name, said in VALUES:
        values = [(labels(row), row.get(column)) for row in rows]
        yield family(f"drumbeat_metric_{name}", said, values)
    rules = [({**labels(row), "definition": row["definition"]}, 1) for row in rows]
    yield family("drumbeat_metric_info", "The rules under which the metric is counted.", rules)


def labels(row: Row) -> dict[str, str]:
    """Return what tells a metric's series apart: whose it is, which, in which unit."""
    scope = row["scope"]
    whose = {scope: row["name"]} if scope in ("service", "team") else {}
    return {"scope": scope, **whose, "metric": row["metric"], "unit": row["unit"]}


def freshness(con: duckdb.DuckDBPyConnection, file: Path) -> Iterator[Family]:
    """Yield how old what is published is, and what each source brought last."""
    ((as_of, deployed),) = con.execute(FRESHNESS).fetchall()
    sources = [({"source": row["source"], "kind": row["kind"]}, row) for row in told(con, SOURCES)]
    for name, said, rows in (
        ("as_of", "The moment that the numbers tell of.", [({}, as_of)]),
        ("published", "When the numbers were published.", [({}, published_at(file))]),
        ("last_deployment", "End of the latest deployment of all.", [({}, deployed)]),
        ("source_fetched", "When a source last brought something new.",
         [(label, row["fetched_at"]) for label, row in sources]),
        ("source_event", "Latest time that a record of a source carries.",
         [(label, row["event_at"]) for label, row in sources]),
    ):  # fmt: skip
        yield family(f"drumbeat_{name}_timestamp_seconds", said, rows)


def published_at(file: Path) -> float:
    """Return when a file was published, as its name says."""
    stamp = file.stem.removeprefix("drumbeat-")[:21]
    return datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%f%z").timestamp()


def told(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """Return rows by the names of their columns."""
    found: list[Row] = con.sql(query).pl().to_dicts()
    return found

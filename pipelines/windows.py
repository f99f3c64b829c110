"""The five metrics over any window, made by the very SQL that makes the marts."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

import sql
from pipelines.errors import DrumbeatError
from pipelines.warehouse import opened

WEEKS = 12
WEEK_FORM = re.compile(r"(\d{4})-W(\d{2})", re.IGNORECASE | re.ASCII)
DELIVERED = ("marts.relinked_incidents", "marts.lowered_severities")
"""What is about weeks that a report told, whichever days are chosen."""
CHOSEN = {"facts.period_days": "chosen_days", "facts.scope_periods": "chosen_periods"}
DAYS = """
with days as (
    select cast(unnest(generate_series($since, $until - 1, interval 1 day)) as date) as day
),
truncated as (
    select day, cast(date_trunc($unit, day) as date) as whole_on from days
)
select
    $by as period,
    case when $by = 'window' then $since else greatest(whole_on, $since) end as starts_on,
    case
        when $by = 'window' then $until
        else least(cast(whole_on + $length as date), $until)
    end as ends_on,
    day
from truncated
"""
PERIODS = """
with scopes as (
    select scope, name, attribution_window_hours as window_hours from facts.scope_rules
),
periods as (
    select
        period, starts_on, ends_on, count(*) filter (where day <= $today) as day_count
    from chosen_days group by all
)
select
    scopes.scope,
    scopes.name,
    periods.*,
    $today >= periods.ends_on as is_finished,
    cast(
        (run.as_of - scopes.window_hours * interval 1 hour) at time zone run.time_zone
        as date
    ) >= periods.ends_on as is_settled
from scopes cross join periods cross join config.run as run
where periods.day_count > 0
"""


@dataclass(frozen=True, slots=True)
class Window:
    """Local days from ``since`` up to and without ``until``, as the calendar's zone has them."""

    as_of: datetime
    since: date
    until: date
    zone: ZoneInfo
    is_demo: bool = False
    is_git_only: bool = False

    def moment(self, day: date) -> str:
        """Return the midnight at which ``day`` begins, ISO 8601 with its offset."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone).isoformat()


@contextmanager
def published(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file to read; raises DrumbeatError where another release made it."""
    with opened(file, read_only=True) as con:
        try:
            yield con
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise DrumbeatError(
                f"{file.name} lacks what this release reads, so another one published it;"
                " `drumbeat rebuild` makes it again from what was collected"
            ) from error


def window(
    con: duckdb.DuckDBPyConnection, since: date | None = None, until: date | None = None
) -> Window:
    """Return the window asked for, by default the last 12 whole weeks."""
    ((as_of, zone_name, *kind),) = con.execute(
        "select as_of, time_zone, is_demo, is_git_only from config.run"
    ).fetchall()
    zone = ZoneInfo(zone_name)
    today = as_of.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    until = until or (monday if since is None or since < monday else today + timedelta(days=1))
    since = since or until - timedelta(weeks=WEEKS)
    if since > today:
        raise DrumbeatError(f"--since {since} is after the data's own day, {today}")
    if since >= until:
        raise DrumbeatError(f"--since {since} is not before --until {until}")
    return Window(as_of, since, until, zone, *kind)


def metrics(
    con: duckdb.DuckDBPyConnection,
    chosen: Window,
    *,
    by: str = "window",
    service: str | None = None,
    team: str | None = None,
) -> pl.DataFrame:
    """Return the rows of ``marts.metrics`` for the window's periods: services, teams, everybody."""
    build(con, chosen, by)
    scope, name = ("service", service) if service else ("team", team)
    known = con.execute("select name from facts.scopes where scope = $1", [scope]).fetchall()
    if name and (name,) not in known:
        names = ", ".join(sorted({one for (one,) in known})) or "none"
        raise DrumbeatError(f"no {scope} is called {name!r}; there are: {names}")
    kept = "true" if not name else "scope = $scope and name = $name"
    params = {"scope": scope, "name": name} if name else {}
    # What is usual comes from the weeks before, which a window of one's own does not hold.
    rows: pl.DataFrame = con.sql(
        "select metrics.* replace (case when metrics.unit = 'per week' then marts.low "
        "else metrics.low end as low, case when metrics.unit = 'per week' then marts.high "
        "else metrics.high end as high), coalesce(beside.words, []) as warnings "
        "from metrics left join marts.metrics as marts "
        "using (metric, scope, name, period, starts_on, ends_on) "
        "left join (select metric, scope, name, period, starts_on, "
        "list(words order by kind) as words from warnings group by all) as beside "
        "using (metric, scope, name, period, starts_on) "
        f"where {kept} order by case scope when 'organisation' then 1 "
        "when 'team' then 2 else 3 end, name, starts_on, case metric "
        "when 'deployment_frequency' then 1 when 'change_lead_time' then 2 "
        "when 'change_fail_rate' then 3 when 'recovery_time' then 4 else 5 end",
        params=params,
    ).pl()
    return rows


def build(con: duckdb.DuckDBPyConnection, chosen: Window, by: str) -> None:
    """Make every model below the calendar once more, over the chosen days, as temporary tables."""
    unit = "day" if by == "window" else by
    make(
        con,
        "chosen_days",
        DAYS.replace("$length", f"interval 1 {unit}"),
        {"since": chosen.since, "until": chosen.until, "by": by, "unit": unit},
    )
    today = chosen.as_of.astimezone(chosen.zone).date()
    make(con, "chosen_periods", PERIODS, {"today": today})
    for name, query in over_chosen(wanted()):
        make(con, name, query)


def make(
    con: duckdb.DuckDBPyConnection, name: str, query: str, params: dict[str, Any] | None = None
) -> None:
    """Make one temporary table, in place of an earlier one."""
    con.execute(f"create or replace temp table {name} as {query}", params or {})


def over_chosen(needed: set[str]) -> Iterator[tuple[str, str]]:
    """Yield name and query of the models that depend on days, over the chosen ones."""
    made = dict(CHOSEN)
    for table, model in sql.in_order().items():
        if table in needed - made.keys() and made.keys() & set(sql.upstream(model)):
            replaced = {of.replace(".", "__"): other for of, other in made.items()}
            yield model.name, sql.over(model, **replaced)
            made[table] = model.name


def wanted(*tables: str) -> set[str]:
    """Return what tables need, by default the five metrics and their warnings.

    What is about deliveries is left out.
    """
    found, waiting = set[str](), list(tables or ("marts.metrics", "marts.warnings"))
    while waiting:
        table = waiting.pop()
        if table in sql.in_order() and table not in found and table not in DELIVERED:
            found.add(table)
            waiting += sql.upstream(sql.in_order()[table])
    return found


def as_json(chosen: Window, rows: pl.DataFrame, *, by: str) -> dict[str, Any]:
    """Return the answer of ``drumbeat metrics --json``; nothing in it is NaN or infinite."""
    return {
        "as_of": chosen.as_of.isoformat(),
        "since": chosen.moment(chosen.since),
        "until": chosen.moment(chosen.until),
        "rows": [json_row(row, by) for row in rows.iter_rows(named=True)],
    }


FIELDS: Sequence[str] = (
    "scope", "name", "metric", "value", "unit", "n", "low", "high", "p75", "p90", "definition",
    "is_too_few", "warnings",
)  # fmt: skip


def json_row(row: dict[str, Any], by: str) -> dict[str, Any]:
    """Return one row with the fields that the design names."""
    found = {name: row[name] for name in FIELDS}
    if row["mean"] is not None:
        found["mean"] = row["mean"]
    if row["at_least"] is not None:
        found["at_least"] = row["at_least"]
    if row["open_count"] is not None:
        found["open"] = row["open_count"]
    if by != "window":
        found["period"] = row["starts_on"].isoformat()
    return found


def parse_week(text: str) -> date:
    """Return the Monday of a week written as ``2026-W47``."""
    found = WEEK_FORM.fullmatch(text.strip())
    if found is None:
        raise DrumbeatError(f"{text!r} is not a week: write year and ISO week, as in 2026-W47")
    year, week = map(int, found.groups())
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError as error:
        raise DrumbeatError(f"{text!r} is not a week: {year} has no week {week}") from error

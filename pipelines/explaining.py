"""Leads from one number to the deployments, changes and incidents behind it."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl

from pipelines import windows
from pipelines.behind import QUERIES, WAIT
from pipelines.errors import DrumbeatError
from pipelines.printing import aligned, notes, printable, title, told, value


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number and the rows behind it."""

    number: dict[str, Any]
    rows: pl.DataFrame
    is_git_only: bool = False

    def as_text(self) -> str:
        """Return the number in words and what to know when reading it, then its rows."""
        number = self.number
        said = (
            f"{title(number, is_git_only=self.is_git_only)} of {number['name']}, {period(number)}: "
            f"{value(number)}, n = {number['n']}{still_open(number)}, by {number['definition']}"
        )
        head = "\n".join([said, *(f"Note: {printable(note)}." for note in notes(number))])
        shown = self.rows.select(name for name in self.rows.columns if self.rows[name].count())
        lines = [shown.columns, *([told(cell) for cell in row] for row in shown.iter_rows())]
        return f"{head}\n\n{aligned(lines)}" if len(self.rows) else f"{head}\n\nNo rows."

    def as_json(self) -> str:
        """Return the same as JSON."""
        return json.dumps(
            {"number": self.number, "rows": self.rows.to_dicts()}, indent=1, default=str
        )


def still_open(number: dict[str, Any]) -> str:
    """Say how many of those behind a number are not over yet."""
    return f", {number['open_count']} still open" if number.get("open_count") else ""


def period(number: dict[str, Any]) -> str:
    """Say which days a number is of."""
    unit, since = number.get("period", "week"), number["starts_on"]
    if unit == "window":
        return f"{since} up to {number['ends_on']}"
    return str(since) if unit == "day" else f"{unit} of {since}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked about; left out, the last whole week."""

    week: str | None = None
    since: date | None = None
    until: date | None = None
    by: str | None = None

    def chosen(self, con: duckdb.DuckDBPyConnection) -> tuple[windows.Window, str]:
        """Return the window, and what its one period is called."""
        if self.week:
            since = windows.parse_week(self.week)
            return windows.window(con, since, since + timedelta(weeks=1)), "week"
        if self.until or (self.since and not self.by):
            return windows.window(con, self.since, self.until), "window"
        unit = self.by or "week"
        whole = windows.window(con)
        today = whole.as_of.astimezone(whole.zone).date()
        first = begun(self.since, unit) if self.since else begun(begun(today, unit) - DAY, unit)
        return windows.window(con, first, begun(first + LONGEST[unit], unit)), unit


DAY = timedelta(days=1)
LONGEST = {"day": DAY, "week": timedelta(days=7), "month": timedelta(days=31)}


def begun(day: date, unit: str) -> date:
    """Return the first day of the week or month that a day is in."""
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def explain(
    con: duckdb.DuckDBPyConnection,
    metric: str,
    *,
    service: str | None = None,
    team: str | None = None,
    week: str | None = None,
    days: Days | None = None,
) -> Explanation:
    """Return the number of some days, by default a week, and the rows that make it."""
    if metric not in QUERIES:
        known = ", ".join([*QUERIES, "deployment", "change", "incident"])
        raise DrumbeatError(f"no metric is called {metric!r}; there are: {known}")
    chosen, unit = (days or Days(week)).chosen(con)
    if metric == WAIT and unit == "day":
        raise DrumbeatError("the wait is told of weeks, months and windows of one's own")
    found = windows.metrics(con, chosen, by=unit, service=service, team=team)
    found = waits(con) if metric == WAIT else found
    scope = "service" if service else "team" if team else "organisation"
    name = service or team or scope
    numbers = found.filter(scope=scope, name=name, metric=metric).to_dicts()
    if not numbers:
        raise DrumbeatError(f"no {metric} is known of {period_of(chosen)}; ask for other days")
    (number,) = numbers
    params = {"scope": scope, "name": name, "since": chosen.since, "until": chosen.until}
    rows = con.sql(QUERIES[metric], params=params).pl()
    return Explanation(number, rows, chosen.is_git_only)


def waits(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the waits for production of the days that the metrics were just made of."""
    for name, query in windows.over_chosen(windows.wanted("marts.change_wait")):
        windows.make(con, name, query)
    found: pl.DataFrame = con.sql(
        f"select '{WAIT}' as metric, scope, name, period, starts_on, ends_on, 'hours' as unit, "
        "median_hours as value, change_count as n, low_hours as low, high_hours as high, "
        "at_least_hours as at_least, open_count, definition from change_wait"
    ).pl()
    return found


def period_of(chosen: windows.Window) -> str:
    """Say which days a window has."""
    return f"{chosen.since} up to {chosen.until}"

"""Which week and whose report it is, and what that is called."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta

import duckdb

from pipelines.errors import DrumbeatError
from pipelines.reports import reading
from pipelines.reports.reading import WEEK, Scope
from sql import words
from sql.runs import Run

EVERY = ""
"""In place of a scope's name: all that there are."""
LONGEST = 60
IN_SERVICE = (
    "select distinct name from marts.deployment_frequency where scope = $kind"
    " and period = 'week' and starts_on = $monday order by name"
)


def week(con: duckdb.DuckDBPyConnection, run: Run, day: date | None) -> date:
    """Return the Monday of the week to tell, if the history has it."""
    known = reading.known_weeks(con)
    if known is None:
        what = "release" if run.is_git_only else "production deployment"
        raise DrumbeatError(
            f"there is nothing to report: no {what} is known; run `drumbeat doctor` to see why"
        )
    day = run.this_week - WEEK if day is None else day
    # Counted back from the day, since one after the last Monday there is would not hold a week.
    monday = day - timedelta(days=day.weekday())
    first, last = known
    if first <= monday <= last:
        return monday
    if monday > run.this_week:
        until = f"the data ends on {words.day(run.local.date())}, in {week_name(run.this_week)}"
    elif monday < first:
        until = f"the first {run.noun} was in {week_name(first)}"
    else:
        until = f"the last service went out of service in {week_name(last)}"
    raise DrumbeatError(
        f"there is no report of {week_name(monday)}: {until}; choose a week from"
        f" {week_name(first)} to {week_name(last)} with --week"
    )


def scopes(con: duckdb.DuckDBPyConnection, monday: date, asked: Sequence[Scope]) -> list[Scope]:
    """Return what is to be told of, each once; raises DrumbeatError for what the week lacks."""
    return list(dict.fromkeys(one for scope in asked for one in _named(con, monday, scope)))


def known(con: duckdb.DuckDBPyConnection, monday: date, asked: Sequence[Scope]) -> list[Scope]:
    """Return what of it the week has."""
    return [scope for scope in asked if scope.name in _there(con, monday, scope)]


def _named(con: duckdb.DuckDBPyConnection, monday: date, scope: Scope) -> list[Scope]:
    there = _there(con, monday, scope)
    if scope.name == EVERY:
        return [Scope(scope.kind, name) for name in there]
    if scope.name not in there:
        raise DrumbeatError(
            f"no {scope.kind} of {week_name(monday)} is called {scope.name!r}; there are:"
            f" {', '.join(there) or 'none'}"
        )
    return [scope]


def _there(con: duckdb.DuckDBPyConnection, monday: date, scope: Scope) -> list[str]:
    params = {"kind": scope.kind, "monday": monday}
    return [name for (name,) in con.execute(IN_SERVICE, params).fetchall()]


def week_name(monday: date) -> str:
    """Write a week as 2026-W47."""
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02d}"


def name(monday: date, scope: Scope) -> str:
    """Return what the report is called, as a file too: drumbeat-2026-W47-team-payments."""
    whole = f"drumbeat-{week_name(monday)}"
    if scope.kind == "organisation":
        return whole
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", scope.name)[:LONGEST].strip("-")
    if slug != scope.name:
        # Two names may read alike without their other signs.
        digest = hashlib.sha256(scope.name.encode()).hexdigest()[:6]
        slug = f"{slug}-{digest}".lstrip("-")
    return f"{whole}-{scope.kind}-{slug}"

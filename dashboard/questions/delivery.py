"""How changes reach production: lead time, its stages and spread, and what waits."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import clocks, data


def lead_times(services: Sequence[str], since: date, clock: str = "") -> dict[str, pl.DataFrame]:
    """Return lead time over four weeks of some services, for the lines in tables."""
    found = data.ask(
        f"select name, value, p25, p75, ends_on from {clocks.metrics(clock)}"
        " where scope = 'service' and metric = 'change_lead_time'"
        " and period = 'four_weeks' and is_finished and ends_on > ?"
        " and name in (select unnest(?)) order by name, ends_on",
        [since, list(services)],
    )
    return {name: rows for (name,), rows in found.partition_by("name", as_dict=True).items()}


def stages(scope: str, name: str, week_on: date, clock: str = "") -> pl.DataFrame:
    """Return where lead time goes, the four weeks that end with one and the same a year before.

    The median is split by each stage's share of all hours, for medians of stages don't add up.
    """
    ends_on = week_on + timedelta(days=7)
    return data.ask(
        "select stages.*, ends_on = ? as is_now, metrics.value as lead_time_hours,"
        " metrics.p25, metrics.p50, metrics.p75, metrics.p90, metrics.is_too_few,"
        " coalesce(coding_hours, 0)"
        " + coalesce(pickup_hours, 0) + coalesce(review_hours, 0) + coalesce(merge_hours, 0)"
        " + coalesce(wait_hours, 0) + coalesce(deployment_hours, 0) as all_hours"
        f" from {clocks.stages(clock)} as stages inner join {clocks.metrics(clock)} as metrics"
        " using (scope, name, period, starts_on, ends_on)"
        " where scope = ? and name = ? and period = 'four_weeks'"
        " and metric = 'change_lead_time' and ends_on in (?, ?) and metrics.value is not null"
        " order by ends_on",
        [ends_on, scope, name, ends_on, ends_on - timedelta(days=364)],
    )


def largest_stage(name: str) -> dict[str, Any]:
    """Return the stage that took most of a service's lead time, empty where it is not known."""
    return data.row("from marts.largest_stages where service = ?", [name])


def spread(scope: str, name: str, clock: str = "") -> pl.DataFrame:
    """Return how many changes took how long, by doublings, in the last four whole weeks."""
    return data.ask(
        "from marts.lead_time_spread where scope = ? and name = ? and clock = coalesce(?, (select"
        " min(clock) from marts.change_lead_time where scope = ? and name = ?)) order by step",
        [scope, name, clock or None, scope, name],
    )


def waits(services: Sequence[str]) -> pl.DataFrame:
    """Return what waits longest in each service: how much, since when, and its usual wait."""
    return data.ask(
        "select overview.service, overview.waiting_count, overview.oldest_waiting_hours,"
        " overview.usual_wait_hours, oldest.change_id, oldest.kind, oldest.title, oldest.url"
        " from marts.service_overview as overview inner join marts.waiting_changes as oldest"
        " using (service) where service in (select unnest(?)) and waiting_count > 0"
        " qualify row_number() over (partition by service"
        " order by waiting_hours desc, change_id) = 1"
        " order by oldest_waiting_hours desc, service limit 8",
        [list(services)],
    )


def wait(scope: str, name: str, week_on: date) -> dict[str, Any]:
    """Return how long what was merged in a week waits for production."""
    return data.row(
        "from marts.change_wait where scope = ? and name = ? and period = 'week' and starts_on = ?",
        [scope, name, week_on],
    )


def waiting(name: str) -> pl.DataFrame:
    """Return what is merged and not yet deployed, oldest first."""
    query = "from marts.waiting_changes where service = ? order by waiting_hours desc, change_id"
    return data.ask(query, [name])

"""What failed, how often, what it carried, and how fast it was mended."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from dashboard import data

MOST_RATES = 14
MOST_CARRIED = 5


def fail_rate_of_all(ends_on: date) -> float | None:
    """Return the fail rate of all services over twelve weeks, the line services stand against."""
    found = data.row(
        "select change_fail_rate as value from marts.change_fail_rate"
        " where scope = 'organisation' and period = 'twelve_weeks' and ends_on = ?",
        [ends_on],
    )
    value: float | None = found.get("value")
    return value


def failing_more(ends_on: date) -> list[str]:
    """Return the services that fail more than all others over twelve weeks, beyond chance."""
    found = data.ask(
        "select group_name from marts.compared_failures where trait = 'service' and ends_on = ?"
        " and is_worse",
        [ends_on],
    )
    return found["group_name"].to_list()


def fail_rates(services: Sequence[str], ends_on: date) -> pl.DataFrame:
    """Return fail rates over the twelve weeks to a day, the highest first, unknown ones last."""
    return data.ask(
        "select service, change_fail_rate as value, low_rate as low, high_rate as high,"
        " coalesce(deployment_count, 0) as n, coalesce(is_too_few, true) as is_too_few"
        " from marts.service_overview as overview"
        " left join (from marts.change_fail_rate where scope = 'service'"
        " and period = 'twelve_weeks' and ends_on = ?) as rates on overview.service = rates.name"
        " where service in (select unnest(?)) and state <> 'retired'"
        " order by is_too_few or value is null, value desc, n desc, service limit ?",
        [ends_on, list(services), MOST_RATES],
    )


def failures(services: Sequence[str], since: date, until: datetime | None = None) -> pl.DataFrame:
    """Return the failed deployments of services since a day, the latest first."""
    return data.ask(
        "from marts.recent_failures where finished_at >= ? and (? is null or finished_at < ?)"
        " and service in (select unnest(?)) order by finished_at desc, rollout_id",
        [since, until, until, list(services)],
    )


def carried(rollouts: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what some failed deployments carried, five of each, pull requests first."""
    found = data.ask(
        "from marts.failed_changes where rollout_id in (select unnest(?))"
        " qualify row_number() over (partition by rollout_id"
        " order by kind desc, merged_at desc, change_id) <= ?"
        " order by kind desc, merged_at desc, change_id",
        [list(rollouts), MOST_CARRIED],
    )
    return {
        name: rows.to_dicts()
        for (name,), rows in found.partition_by("rollout_id", as_dict=True).items()
    }


def recovery_curves(scope: str, name: str) -> pl.DataFrame:
    """Return the share of failed deployments still open by hours, of two half years."""
    query = "from marts.recovery_curves where scope = ? and name = ? order by span, hours"
    return data.ask(query, [scope, name])

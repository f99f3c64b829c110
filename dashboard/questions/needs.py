"""Services, most in need first, and the next step of one."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard import data

SERVICES = (
    "from (select overview.*, rhythm.* exclude (service, team, tier, state, is_frozen, attention,"
    " deploy_day_count, waiting_count, oldest_waiting_hours, usual_wait_hours)"
    " from marts.service_overview as overview left join marts.cadence as rhythm using (service))"
)


def services(team: str = "", only: Sequence[str] = ()) -> pl.DataFrame:
    """Return services, most in need first: of one team or of all, some of them or every one."""
    return data.ask(
        f"{SERVICES} where ? in ('', team) and (? = [] or list_contains(?, service))"
        " order by attention,"
        " return_years desc nulls last,"
        " oldest_waiting_hours > 3 * usual_wait_hours desc nulls last, service",
        [team, list(only), list(only)],
    )


def service(name: str) -> dict[str, Any]:
    """Return one service, empty when there is none of that name."""
    return data.row(f"{SERVICES} where service = ?", [name])


def next_step(name: str) -> dict[str, Any]:
    """Return the first rule that holds of a service, empty where none does."""
    return data.row("from marts.next_steps where service = ? order by place limit 1", [name])

"""When services ship and how that comes out, and when they fell silent."""

from collections.abc import Sequence

import polars as pl

from dashboard import data


def weekdays(scope: str, name: str) -> pl.DataFrame:
    """Return the working weekdays of a scope: what was shipped, missed and avoided."""
    return data.ask(
        "from marts.weekdays where scope = ? and name = ? order by weekday", [scope, name]
    )


def outcomes(scope: str, name: str) -> pl.DataFrame:
    """Return how deployments of a scope came out, by weekday and by size."""
    query = "from marts.outcomes where scope = ? and name = ? order by trait, place"
    return data.ask(query, [scope, name])


def deployment_hours(scope: str, name: str) -> pl.DataFrame:
    """Return how often a scope deployed by weekday and hour; empty where that would tell of few."""
    query = "from marts.deployment_hours where scope = ? and name = ? order by weekday, hour"
    return data.ask(query, [scope, name])


def alarms(names: Sequence[str]) -> pl.DataFrame:
    """Return the spells of alarm of services, the latest first."""
    return data.ask(
        "select service, state, began_on, ended_on, return_years from facts.alarms"
        " where list_contains(?, service) order by began_on desc, service",
        [list(names)],
    )

"""The days of each service as arrays: what it deployed, holidays and freezes, and days to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np

from pipelines.analysis.operational_days import Days, Flags, Whole

INPUTS = (
    "config.cadence", "config.calendar", "config.holidays", "config.services",
    "facts.deploy_days", "facts.freezes", "facts.services", "facts.today",
)  # fmt: skip
AHEAD = 400
"""Days to come that are told of, for when the next deployment is expected."""


@dataclass(frozen=True, slots=True)
class ServiceDays:
    """The days of one service, from its first deploy-day to the last whole one, and days to come.

    ``counts`` int[T]; ``days`` datetime64[D], ``holiday`` and ``freeze`` bool, all [T + AHEAD].
    Today is whole once something was deployed on it.
    """

    service: str
    counts: Whole
    days: Days
    holiday: Flags
    freeze: Flags
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for every service: the working week, and how rare an alarm has to be."""

    today: date
    working_days: tuple[int, ...]
    threshold_years: float


def terms(con: duckdb.DuckDBPyConnection) -> Terms:
    """Return what the configuration and the run say."""
    ((today, week, years, alarms, count),) = con.execute(
        "select run.today, calendar.working_week, "
        "cadence.return_years, cadence.false_alarms, "
        "(select count(distinct service) from facts.deploy_days) "
        "from facts.today as run, config.calendar as calendar, config.cadence as cadence"
    ).fetchall()
    # So many services, each with a false alarm in so many years, make the alarms of one year.
    threshold = years if alarms is None else max(count / alarms, 1.0)
    return Terms(today, tuple(int(number) for number in week.split()), threshold)


def service_days(con: duckdb.DuckDBPyConnection, today: date) -> Iterator[ServiceDays]:
    """Yield the days of every service that has deployed."""
    told = con.sql("select service, day, deployment_count from facts.deploy_days").pl()
    if told.is_empty():
        return
    # Grouped and not sorted: of millions of rows that is most of the time.
    found = told.group_by("service").agg("day", "deployment_count").sort("service")
    ends = found["day"].list.len().cum_sum().to_list()
    on = found["day"].explode().to_numpy().astype("datetime64[D]")
    made = found["deployment_count"].explode().to_numpy()
    last = np.datetime64(today, "D")
    begin, end = min(on.min(), last), max(on.max(), last) + AHEAD + 1
    every, place, now = np.arange(begin, end), number(on, begin), number(last, begin)
    off = {country: marked(days, begin, end) for country, days in holidays(con).items()}
    countries = dict(con.execute("select service, country from config.services").fetchall())
    ((default,),) = con.execute("select country from config.calendar").fetchall()
    none = marked(on[:0], begin, end)
    frozen = freezes(con, begin, end)
    everywhere = frozen.get(None, none)
    for service, first, after in zip(found["service"], [0, *ends], ends, strict=False):
        own = place[first:after]
        # Today is whole once something was deployed on it.
        here, there = int(own.min()), max(now, int(own.max()) + 1)
        counts = np.zeros(there - here, dtype=np.int64)
        counts[own - here] = made[first:after]
        freeze = everywhere | frozen[service] if service in frozen else everywhere
        holiday = off.get(countries.get(service) or default, none)
        here_on = slice(here, there + AHEAD)
        yield ServiceDays(
            service, counts, every[here_on], holiday[here_on], freeze[here_on], bool(freeze[now])
        )


def marked(on: Days, begin: np.datetime64, end: np.datetime64) -> Flags:
    """Return which of the days from ``begin`` up to ``end`` are ``on``."""
    found = np.zeros(int((end - begin).astype(np.int64)), dtype=bool)
    found[(on[(on >= begin) & (on < end)] - begin).astype(np.int64)] = True
    return found


def number(on: Any, begin: np.datetime64) -> Any:
    """Return how many days after ``begin`` some day or days are."""
    return (on - begin).astype(np.int64)


def freezes(
    con: duckdb.DuckDBPyConnection, begin: np.datetime64, end: np.datetime64
) -> dict[str | None, Flags]:
    """Return which days from ``begin`` up to ``end`` lie in a freeze, by service; None is all."""
    found: dict[str | None, Flags] = {}
    for name, *between in con.execute(
        "select service, from_on, to_on from facts.freezes"
    ).fetchall():
        first, last = (number(np.datetime64(on, "D"), begin) for on in between)
        days = found.setdefault(name, marked(np.array([], "datetime64[D]"), begin, end))
        days[max(first, 0) : max(last + 1, 0)] = True
    return found


def holidays(con: duckdb.DuckDBPyConnection) -> dict[str, Days]:
    """Return the public holidays of each country in use."""
    found = con.sql("select country, day from config.holidays order by country, day").pl()
    return {
        str(country): rows["day"].to_numpy().astype("datetime64[D]")
        for (country,), rows in found.group_by("country", maintain_order=True)
    }

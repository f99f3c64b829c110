"""The days of each service as arrays: what it deployed, holidays and freezes, and days to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from pipelines.analysis.operational_days import Days, Flags, Whole

INPUTS = (
    "config.cadence", "config.calendar", "config.freezes", "config.holidays", "config.run",
    "config.services", "facts.deploy_days", "facts.services",
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
    ((today, week, years, alarms, count),) = con.sql(
        "select cast(run.as_of at time zone run.time_zone as date), calendar.working_week, "
        "cadence.return_years, cadence.false_alarms, "
        "(select count(distinct service) from facts.deploy_days) "
        "from config.run as run, config.calendar as calendar, config.cadence as cadence"
    ).fetchall()
    # So many services, each with a false alarm in so many years, make the alarms of one year.
    threshold = years if alarms is None else max(count / alarms, 1.0)
    return Terms(today, tuple(int(number) for number in week.split()), threshold)


def service_days(con: duckdb.DuckDBPyConnection, today: date) -> Iterator[ServiceDays]:
    """Yield the days of every service that has deployed."""
    off = holidays(con)
    countries = dict(con.sql("select service, country from config.services").fetchall())
    ((default,),) = con.sql("select country from config.calendar").fetchall()
    freezes = con.sql("select service, from_on, to_on from config.freezes").fetchall()
    found = con.sql("select * from facts.deploy_days order by service, day").pl()
    for (service,), rows in found.group_by("service", maintain_order=True):
        on = rows["day"].to_numpy().astype("datetime64[D]")
        last = np.datetime64(today, "D")
        end = last + (1 if on[-1] == last else 0)
        days = np.arange(on[0], max(end, on[-1] + 1) + AHEAD)
        counts = np.zeros(len(days) - AHEAD, dtype=np.int64)
        counts[(on - days[0]).astype(np.int64)] = rows["deployment_count"].to_numpy()
        freeze = np.zeros(len(days), dtype=bool)
        for name, from_on, to_on in freezes:
            if name in (None, service):
                freeze |= (days >= np.datetime64(from_on)) & (days <= np.datetime64(to_on))
        country = countries.get(service) or default
        holiday = np.isin(days, off.get(country, np.zeros(0, dtype="datetime64[D]")))
        yield ServiceDays(
            str(service), counts, days, holiday, freeze, bool(freeze[days == last].any())
        )


def holidays(con: duckdb.DuckDBPyConnection) -> dict[str, Days]:
    """Return the public holidays of each country in use."""
    found = con.sql("select country, day from config.holidays order by country, day").pl()
    return {
        str(country): rows["day"].to_numpy().astype("datetime64[D]")
        for (country,), rows in found.group_by("country", maintain_order=True)
    }

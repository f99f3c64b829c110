"""The days of each service as arrays: what it deployed, holidays and freezes, and days to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from pipelines.analysis.operational_days import Days, Flags, Whole

INPUTS = (
    "config.cadence", "config.calendar", "config.holidays", "config.run", "config.services",
    "facts.deploy_days", "facts.freezes", "facts.services",
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
    found = con.sql("select * from facts.deploy_days order by service, day").pl()
    if found.is_empty():
        return
    runs = found["service"].rle().struct.unnest()
    ends = runs["len"].cum_sum().to_list()
    on = found["day"].to_numpy().astype("datetime64[D]")
    made = found["deployment_count"].to_numpy()
    last = np.datetime64(today, "D")
    begin, end = on.min(), max(on.max(), last) + AHEAD + 1
    off = {country: marked(days, begin, end) for country, days in holidays(con).items()}
    countries = dict(con.sql("select service, country from config.services").fetchall())
    ((default,),) = con.sql("select country from config.calendar").fetchall()
    freezes = con.sql("select service, from_on, to_on from facts.freezes").fetchall()
    none = marked(on[:0], begin, end)
    for service, first, after in zip(runs["value"], [0, *ends], ends, strict=False):
        own = on[first:after]
        is_whole = own[-1] == last
        days = np.arange(own[0], max(last + (1 if is_whole else 0), own[-1] + 1) + AHEAD)
        counts = np.zeros(len(days) - AHEAD, dtype=np.int64)
        counts[(own - days[0]).astype(np.int64)] = made[first:after]
        freeze = np.zeros(len(days), dtype=bool)
        for name, from_on, to_on in freezes:
            if name in (None, service):
                freeze[span(from_on, to_on, days[0])] = True
        holiday = off.get(countries.get(service) or default, none)
        here = int((days[0] - begin).astype(np.int64))
        yield ServiceDays(
            service,
            counts,
            days,
            holiday[here : here + len(days)],
            freeze,
            bool(freeze[span(today, today, days[0])].any()),
        )


def marked(on: Days, begin: np.datetime64, end: np.datetime64) -> Flags:
    """Return which of the days from ``begin`` up to ``end`` are ``on``."""
    found = np.zeros(int((end - begin).astype(np.int64)), dtype=bool)
    found[(on[(on >= begin) & (on < end)] - begin).astype(np.int64)] = True
    return found


def span(from_on: date, to_on: date, first: np.datetime64) -> slice:
    """Return the places of some days where ``first`` has the place 0."""
    begin, end = (int((np.datetime64(on, "D") - first).astype(np.int64)) for on in (from_on, to_on))
    return slice(max(begin, 0), max(end + 1, 0))


def holidays(con: duckdb.DuckDBPyConnection) -> dict[str, Days]:
    """Return the public holidays of each country in use."""
    found = con.sql("select country, day from config.holidays order by country, day").pl()
    return {
        str(country): rows["day"].to_numpy().astype("datetime64[D]")
        for (country,), rows in found.group_by("country", maintain_order=True)
    }

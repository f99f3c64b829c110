"""One row per service that has deployed: its rhythm now, and when it is next expected to deploy.

Told from whole days: today counts once it has a deployment, until then yesterday's end is now.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from math import isfinite
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.analysis import service_days
from pipelines.analysis.operational_days import Floats, weights
from pipelines.analysis.rhythm import NEEDED, judged, next_window, thawed
from pipelines.analysis.service_days import AHEAD, ServiceDays, Terms
from pipelines.analysis.sights import VOLUME_DAYS, Sight, sighted

TABLE = "facts.cadence"
INPUTS = service_days.INPUTS
GRAIN = ("service",)
COLUMNS = {
    "service": "Service.",
    "state": "too_new, on_rhythm, watch, slowing, stalled or dormant.",
    "is_frozen": "True while today lies in a declared freeze.",
    "threshold_years": "From here on it is an alarm.",
    "return_years": "A silence like this, or so little, happens by itself once in so many years.",
    "r1": "The same of the silence since the last deploy-day.",
    "r4": "The same of the last four deploy-days.",
    "rv": "The same of the count of the last ten operational days.",
    "deploy_day_count": "Days on which it deployed.",
    "last_on": "The last of them.",
    "silent_days": "Operational days since then: about working days.",
    "usual_days": "Usual operational days between two deploy-days; null while too new.",
    "last_four_days": "Operational days since the fourth last deploy-day; null while too new.",
    "usual_four_days": "Usual operational days of four gaps before it; null while too new.",
    "unusual_since_on": "Since when it is unusual; null unless stalled, dormant or slowing.",
    "next_from": "Half of such waits end by this day; null while too new, or beyond a year.",
    "next_to": "Nine in ten of them end by this day.",
}
KINDS = (
    pl.String, pl.String, pl.Boolean, pl.Float64, pl.Float64, pl.Float64, pl.Float64, pl.Float64,
    pl.Int64, pl.Date, pl.Float64, pl.Float64, pl.Float64, pl.Float64, pl.Date, pl.Date,
    pl.Date,
)  # fmt: skip
TOGETHER = 250
"""So many services are judged at once."""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the rhythm of every service."""
    known = service_days.terms(con)
    services = service_days.service_days(con, known.today)
    rows: list[tuple[Any, ...]] = []
    while some := list(islice(services, TOGETHER)):
        rows += told(some, known)
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")


def told(some: Sequence[ServiceDays], known: Terms) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some services."""
    clocks = [
        np.cumsum(weights(extended(one), one.days, one.holiday, one.freeze, known.working_days))
        for one in some
    ]
    firsts = [first_told(one) for one in some]
    sights = [
        sighted(one.counts, clock[: len(one.counts)], first)
        for one, clock, first in zip(some, clocks, firsts, strict=True)
    ]
    found = judged(Sight.pooled(sights), known.threshold_years)
    window = next_window(
        found["silent"], found["gaps"], found["usual"] * found["gaps"], found["shape"]
    )
    found |= {"early": window[0], "late": window[1]}
    end = 0
    for one, clock, first in zip(some, clocks, firsts, strict=True):
        frozen = one.freeze[first : len(one.counts)]
        begin, end = end, end + len(frozen)
        now = {name: values[end - 1].item() for name, values in found.items()}
        now["state"] = str(thawed(found["state"][begin:end], frozen)[-1])
        yield row(one, clock, now, known)


def first_told(one: ServiceDays) -> int:
    """Return the number of the day to begin with: within a freeze, the last before it."""
    return len(one.counts) - 1 - int(one.freeze[: len(one.counts)][::-1].argmin())


def row(one: ServiceDays, clock: Floats, now: dict[str, Any], known: Terms) -> tuple[Any, ...]:
    """Return the row of one service."""
    on = np.flatnonzero(one.counts)
    here = len(one.counts) - 1
    ahead = clock[here + 1 :] - clock[here]
    return (
        one.service, now["state"], one.is_frozen, known.threshold_years,
        *(round(now[name], 6) for name in ("return_years", "r1", "r4", "rv")),
        len(on), one.days[on[-1]].item(), round(now["silent"], 6),
        *((None,) * 6 if len(on) < NEEDED else (
            round(now["usual"], 6), round(float(clock[here] - clock[on[-4]]), 6),
            round(4 * now["usual4"], 6), unusual_since(one, clock, on, now),
            on_day(one, ahead, now["early"]), on_day(one, ahead, now["late"]),
        )),
    )  # fmt: skip


def unusual_since(one: ServiceDays, clock: Floats, on: Any, now: dict[str, Any]) -> date | None:
    """Return the day since when it is unusual: the deploy-day, or the first of ten days."""
    state = now["state"]
    if state in ("stalled", "dormant"):
        return date.fromisoformat(str(one.days[on[-1]]))
    if state != "slowing":
        return None
    if now["r4"] >= now["rv"]:
        return date.fromisoformat(str(one.days[on[-4]]))
    here = clock[len(one.counts) - 1]
    return date.fromisoformat(str(one.days[np.searchsorted(clock, here - VOLUME_DAYS, "right")]))


def extended(one: ServiceDays) -> Any:
    """Return the counts with days to come on which nothing is known to be deployed."""
    return np.concatenate([one.counts, np.zeros(AHEAD, dtype=np.int64)])


def on_day(one: ServiceDays, ahead: Floats, wait: float) -> date | None:
    """Return the first day to come by whose end so many operational days have passed."""
    if not isfinite(wait) or wait > ahead[-1]:
        return None
    found: date = one.days[len(one.counts) + int(np.searchsorted(ahead, wait))].item()
    return found

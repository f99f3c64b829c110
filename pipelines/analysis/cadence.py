"""One row per service that has deployed: its rhythm now, and when it is next expected to deploy.

Told from whole days: today counts once it has a deployment, until then yesterday's end is now.
"""

from datetime import date
from math import isfinite
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.analysis import service_days
from pipelines.analysis.operational_days import Floats, weights
from pipelines.analysis.rhythm import NEEDED, VOLUME_DAYS, judged, next_window
from pipelines.analysis.service_days import AHEAD, ServiceDays, Terms

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


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the rhythm of every service."""
    known = service_days.terms(con)
    rows = [told(one, known) for one in service_days.service_days(con, known.today)]
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")


def told(one: ServiceDays, known: Terms) -> tuple[Any, ...]:
    """Return the row of one service."""
    whole = len(one.counts)
    thawed = np.flatnonzero(~one.freeze[:whole])
    # Within a freeze it is told as before it began, so that is where to begin.
    first = int(thawed[-1]) if len(thawed) else 0
    clock = np.cumsum(weights(extended(one), one.days, one.holiday, one.freeze, known.working_days))
    found = judged(
        one.counts,
        clock[:whole],
        one.freeze[:whole],
        threshold=known.threshold_years,
        first=first,
    )
    now = {name: values[-1] for name, values in found.items()}
    on = np.flatnonzero(one.counts)
    is_new = len(on) < NEEDED
    return (
        one.service, str(now["state"]), one.is_frozen, known.threshold_years,
        *(rounded(now[name]) for name in ("return_years", "r1", "r4", "rv")),
        len(on), one.days[on[-1]].item(), rounded(now["silent"]),
        *((None,) * 6 if is_new else (
            rounded(now["usual"]), rounded(clock[whole - 1] - clock[on[-4]]),
            rounded(4 * now["usual4"]), unusual_since(one, clock, on, now),
            *expected(one, clock, now),
        )),
    )  # fmt: skip


def unusual_since(one: ServiceDays, clock: Floats, on: Any, now: dict[str, Any]) -> date | None:
    """Return the day since when it is unusual: the deploy-day, or the first of ten days."""
    state = str(now["state"])
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


def expected(
    one: ServiceDays, clock: Floats, now: dict[str, Any]
) -> tuple[date | None, date | None]:
    """Return the days by which half and nine in ten of such waits are over."""
    whole = len(one.counts)
    total = now["usual"] * now["gaps"]
    window = next_window(now["silent"], now["gaps"], total, now["shape"])
    ahead = clock[whole:] - clock[whole - 1]
    return on_day(one, ahead, window[0]), on_day(one, ahead, window[1])


def on_day(one: ServiceDays, ahead: Floats, wait: float) -> date | None:
    """Return the first day to come by whose end so many operational days have passed."""
    if not isfinite(wait) or wait > ahead[-1]:
        return None
    found: date = one.days[len(one.counts) + int(np.searchsorted(ahead, wait))].item()
    return found


def rounded(value: Any) -> float:
    """Return a number to six places, as every engine tells it."""
    return round(float(value), 6)

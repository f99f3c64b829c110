"""One row per service and spell of alarm that began in the last two years, as it was to be told.

Told by the threshold of today, from what is known today; later days change nothing of a day.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.analysis import service_days
from pipelines.analysis.rhythm import ALARMS, replay
from pipelines.analysis.service_days import ServiceDays, Terms

TABLE = "facts.alarms"
INPUTS = service_days.INPUTS
GRAIN = ("service", "began_on")
COLUMNS = {
    "service": "Service.",
    "began_on": "First day at whose end it was stalled, slowing or dormant.",
    "ended_on": "First day at whose end it was none of these any more; null while it lasts.",
    "state": "The worst of the spell: slowing, stalled or dormant.",
    "return_years": "The most that was said of it: happens by itself once in so many years.",
}
KINDS = (pl.String, pl.Date, pl.Date, pl.String, pl.Float64)
SHOWN_DAYS = 730


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the spells of every service."""
    known = service_days.terms(con)
    rows = [
        row for one in service_days.service_days(con, known.today) for row in spells(one, known)
    ]
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")


def spells(one: ServiceDays, known: Terms) -> Iterator[tuple[Any, ...]]:
    """Yield the spells of one service in order."""
    whole = len(one.counts)
    days = one.days[:whole]
    found = replay(
        one.counts, days, one.holiday[:whole], one.freeze[:whole],
        threshold=known.threshold_years, working_days=known.working_days,
    )  # fmt: skip
    ranks = np.zeros(whole, dtype=np.int64)
    for rank, state in enumerate(ALARMS, start=1):
        ranks[found["state"] == state] = rank
    turns = np.flatnonzero(np.diff(np.concatenate([[0], ranks > 0, [0]])))
    for began, ended in zip(turns[::2], turns[1::2], strict=True):
        if began >= whole - SHOWN_DAYS:
            yield (
                one.service,
                days[began].item(),
                days[ended].item() if ended < whole else None,
                ALARMS[int(ranks[began:ended].max()) - 1],
                round(float(found["return_years"][began:ended].max()), 6),
            )

"""Who is on rhythm and who is not, from the published file; and how it would have told the past."""

from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.analysis.operational_days import weights
from pipelines.analysis.rhythm import ALARMS, NEEDED, replay
from pipelines.analysis.service_days import ServiceDays, Terms, service_days, terms
from pipelines.analysis.sights import rhythms
from pipelines.printing import MADE_UP, aligned
from sql import cadence_words

SHARES = (0.5, 0.9)
JSON = (
    "service", "state", "is_frozen", "return_years", "silent_working_days", "usual_working_days",
    "next_from", "next_to", "waiting_count",
)  # fmt: skip


def rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the services in service, those that need attention first."""
    found: list[dict[str, Any]] = (
        con.sql("from marts.cadence order by attention, service").pl().to_dicts()
    )
    return found


def as_json(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the answer of ``drumbeat cadence --json``."""
    ((as_of,),) = con.execute("select as_of from config.run").fetchall()
    told = []
    for row in rows(con):
        kept = {key: row[key] for key in JSON}
        kept["waiting_changes"] = kept.pop("waiting_count")
        for key in ("next_from", "next_to"):
            kept[key] = kept[key].isoformat() if kept[key] else None
        told.append(kept)
    return {"as_of": as_of.isoformat(), "rows": told}


def as_text(con: duckdb.DuckDBPyConnection) -> str:
    """Return when it is told of, and a line each service: state, what is said of it, what waits."""
    query = "select as_of, time_zone, is_demo from config.run"
    ((as_of, zone, is_demo),) = con.execute(query).fetchall()
    heading = [f"as of {as_of:%F %R} UTC, {zone}", *([MADE_UP] if is_demo else []), ""]
    lines = [
        [row["service"], cadence_words.state(row), cadence_words.said(row), waits(row)]
        for row in rows(con)
    ]
    table = aligned([["service", "state", "", "waiting"], *lines]) if lines else "No service yet."
    return "\n".join([*heading, table])


def waits(row: dict[str, Any]) -> str:
    """Say what waits, where anything does or a stall makes it matter."""
    is_told = row["waiting_count"] or row["state"] in ALARMS
    return cadence_words.waiting(row) if is_told else ""


def backtest(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return how the past would have been told, a row each service and one of all together.

    ``alarm_count`` spells of alarms in ``years``; of ``wait_count`` waits for a deployment
    ``half_share`` and ``most_share`` ended by the day by which half and nine in ten were expected.
    """
    known = terms(con)
    found = [past(one, known) for one in service_days(con, known.today)]
    told = pl.DataFrame(found, schema=PAST, orient="row")
    whole = told.select(
        pl.lit("all together").alias("service"),
        *(pl.col(name).sum() for name in list(PAST)[1:]),
    )
    shares = [
        (pl.col(f"{name}_count") / pl.col("wait_count")).round(3).alias(f"{name}_share")
        for name in ("half", "most")
    ]
    return pl.concat([told.sort("service"), whole]).with_columns(
        pl.col("years").round(2),
        *(pl.when(pl.col("wait_count") > 0).then(share) for share in shares),
    )


PAST = {
    "service": pl.String,
    "years": pl.Float64,
    "alarm_count": pl.Int64,
    "wait_count": pl.Int64,
    "half_count": pl.Int64,
    "most_count": pl.Int64,
}


def past(one: ServiceDays, known: Terms) -> tuple[str, float, int, int, int, int]:
    """Return the row of one service."""
    whole = len(one.counts)
    days, holiday, freeze = one.days[:whole], one.holiday[:whole], one.freeze[:whole]
    state = replay(
        one.counts, days, holiday, freeze,
        threshold=known.threshold_years, working_days=known.working_days,
    )["state"]  # fmt: skip
    is_alarm = np.isin(state, ALARMS)
    begun = int((is_alarm & ~np.concatenate([[False], is_alarm[:-1]])).sum())
    clock = np.cumsum(weights(one.counts, days, holiday, freeze, known.working_days))
    moments = clock[one.counts > 0]
    rhythm = rhythms(moments)
    # Each deploy-day but the last was followed by another, which is known.
    on = np.flatnonzero(one.counts)
    told, after = slice(NEEDED - 1, len(on) - 1), on[NEEDED:]
    within = [
        # The day expected is the first by whose end so much of the clock has passed.
        int((after <= np.searchsorted(clock, moments[told] + until(rhythm, told, share))).sum())
        for share in SHARES
    ]
    return one.service, whole / 365.25, begun, len(after), within[0], within[1]


def until(rhythm: Any, told: slice, share: float) -> Any:
    """Return the operational days within which that share of waits was expected to end."""
    from scipy.special import betaincinv

    gaps, total, shape = rhythm.gaps[told], rhythm.total[told], rhythm.shape[told]
    place = betaincinv(shape * gaps, shape, 1 - share)
    return total / place - total

"""Changes that somebody asked to hear of once they are live, and what is then said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from pipelines import locating
from pipelines.alerts.notices import LIVE, Notice, clean, identity
from pipelines.printing import printable
from pipelines.reports.outside import short
from sql.locating import state

Row = Mapping[str, Any]
PATIENCE = timedelta(days=90)
"""What is not live by then is not waited for any longer."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Awaited:
    """One change of one service that a channel waits for."""

    service: str
    change_id: str
    since: date


def live(con: duckdb.DuckDBPyConnection, awaited: Iterable[Awaited]) -> dict[Awaited, Row]:
    """Return those that are live, with where."""
    found = {one: locating.one(con, one.service, one.change_id) for one in awaited}
    return {one: row for one, row in found.items() if row is not None and is_live(row)}


def is_live(row: Row) -> bool:
    """Tell whether a change is live in any region, or never was anything else."""
    return bool(row["regions"]) or (row["is_before_history"] and not row["gone"])


def notice(
    channel: str, one: Awaited, row: Row, team: str | None, zone: str, as_of: datetime
) -> Notice:
    """Say that a change is live."""
    name = row["change_id"][:12] if row["kind"] == "commit" else row["change_id"]
    said = ": ".join(part for part in (state(dict(row), zone, as_of), row["title"]) if part)
    return Notice(
        id=identity(channel, one.service, LIVE, one.change_id),
        service=one.service,
        team=team or "",
        state=LIVE,
        since=min((found["live_since"].date() for found in row["regions"]), default=one.since),
        title=f"has {clean(name)} live",
        said=short(" ".join(printable(said).split()), LONGEST),
        waits="",
        waiting_changes=0,
        silent_working_days=None,
        usual_working_days=None,
        return_years=0.0,
        change=one.change_id,
    )

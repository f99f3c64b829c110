"""What the published file has to tell, and whether its moment is one to tell of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines import cadence, windows
from pipelines.alerts import depths, printing, unread
from pipelines.alerts.awaited import live
from pipelines.alerts.outbox import Outbox
from pipelines.alerts.planning import Occasion
from pipelines.alerts.telling import FOLDER, Say, Teller, Told
from pipelines.publishing import current
from pipelines.settings import Run

if TYPE_CHECKING:
    from pipelines.project import Project

Rows = list[Mapping[str, Any]]


def read(found: "Project") -> tuple[Rows, Occasion]:
    """Return the state of every service as published, and the occasion."""
    outbox = Outbox(found.data_dir / FOLDER)
    channels = found.configuration.alerts.channels
    waited_for = [one for channel in channels for one in outbox.read(channel.name).awaited]
    with windows.published(current(found.serving)) as con:
        told_of = replace(
            occasion(con, datetime.now(UTC)),
            live=live(con, waited_for),
            unread=unread.services(con, unread.kept(found.data_dir)),
        )
        return depths.joined(con, cadence.rows(con)), told_of


def occasion(con: duckdb.DuckDBPyConnection, now: datetime) -> Occasion:
    """Return which run was published."""
    ((as_of, known_at, zone, is_demo, has_as_of, has_known_at),) = con.execute(
        "select as_of, known_at, time_zone, is_demo, has_as_of, has_known_at from config.run"
    ).fetchall()
    run = Run(as_of, known_at, has_as_of=has_as_of, has_known_at=has_known_at)
    return Occasion(run, now, ZoneInfo(zone), is_demo=is_demo)


def after_refresh(found: "Project", say: Say) -> list[Told]:
    """Tell what a refresh found, unless it was of another moment or nobody is to be told."""
    alerts = found.configuration.alerts
    if not alerts.channels:
        return []
    rows, told_of = read(found)
    if told_of.run.has_as_of or told_of.run.has_known_at:
        return []
    for line in printing.unread(told_of.unread):
        say(line)
    return Teller(alerts, found.data_dir, say).tell(rows, told_of)

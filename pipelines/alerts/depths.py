"""Tells that a service of tier 1 can no longer be taken back, once for each deployment so.

Which deployment that is makes the notice's id, so whatever is computed again is told once.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb

from pipelines.alerts.notices import IRREVERSIBLE, Notice, identity
from sql import words

Row = Mapping[str, Any]
COLUMN = "irreversible"
ALARMING = """
select
    rollbacks.service, depths.stopped_id,
    cast(rollbacks.observed_at at time zone run.time_zone as date) as since
from marts.architecture_rollbacks as rollbacks
inner join facts.reversible_depths as depths on rollbacks.service = depths.service
cross join config.run as run
where rollbacks.is_alarming
"""


class Irreversible(NamedTuple):
    """The live deployment that can not be undone, and the day it ended."""

    deployment_id: str
    since: date


def joined(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> list[Row]:
    """Return rows of services, each with what it can not be taken back from, if anything."""
    try:
        alarming = con.execute(ALARMING).fetchall()
    except duckdb.CatalogException:
        # An earlier release published the file.
        alarming = []
    found = {service: Irreversible(*rest) for service, *rest in alarming}
    return [{**row, COLUMN: found.get(row["service"])} for row in rows]


def notice(channel: str, row: Row) -> Notice | None:
    """Say that a service can not be taken back, where that is so."""
    found: Irreversible | None = row.get(COLUMN)
    if found is None:
        return None
    return Notice(
        id=identity(channel, row["service"], IRREVERSIBLE, found.deployment_id),
        service=row["service"],
        team=row["team"] or "",
        state=IRREVERSIBLE,
        since=found.since,
        title="can not be taken back",
        said=f"the deployment of {words.day(found.since)} brought a migration that can not be "
        "undone, so the version before does not run on its database",
        waits="",
        waiting_changes=row["waiting_count"],
        silent_working_days=row["silent_working_days"],
        usual_working_days=row["usual_working_days"],
        return_years=row["return_years"],
    )

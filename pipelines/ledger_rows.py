"""What a report lands when it is delivered: the numbers of its last finished weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from pipelines import ledger
from pipelines.errors import DrumbeatError
from pipelines.ledger import Entry
from pipelines.project import Project

ENTITY = "rows"
WEEKS = 12
KEY = ("metric", "scope", "name", "week")
# What a second delivery may say otherwise without anything having moved.
OF_THE_DELIVERY = ("as_of", ledger.NUMBER)
KNOWS_LEDGER = """
select 1 from duckdb_columns() where schema_name = 'config' and table_name = 'run'
    and column_name = 'has_known_at' and database_name = current_database()
"""
TOLD = """
select
    weeks.metric, weeks.scope, weeks.name, weeks.week_on as week, weeks.value, weeks.unit, weeks.n,
    weeks.numerator, weeks.by_rule_value, weeks.at_least, weeks.definition, weeks.incidents,
    weeks.severities, run.as_of
from marts.weekly_values as weeks cross join config.run as run
where weeks.is_finished and weeks.week_on between $since and $edition
    and not run.has_as_of and not run.has_known_at
order by weeks.week_on, weeks.scope, weeks.name, weeks.metric
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one edition tells; nothing where its run told of another moment than its own."""

    edition: date
    rows: tuple[Entry, ...]


def delivery(con: duckdb.DuckDBPyConnection, edition: date) -> Delivery:
    """Read from a published file what the report of the week that begins on a day delivers."""
    if not con.sql(KNOWS_LEDGER).fetchall():
        # An earlier release published the file; what it tells can't be held against later ones.
        return Delivery(edition, ())
    since = edition - timedelta(weeks=WEEKS - 1)
    found = con.sql(TOLD, params={"since": since, "edition": edition}).pl().to_dicts()
    rows = ({**row, "edition": edition} for row in found)
    return Delivery(edition, tuple(map(as_json, rows)))


def as_json(row: Entry) -> Entry:
    """Return a row whose days and times are texts, times in UTC."""
    return {name: plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    """Return a day or a time as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def land(project: Project, told: Delivery, now: datetime) -> int:
    """Land a delivery: of an edition delivered before, what moved since; return how many rows."""
    if not told.rows:
        return 0
    year, week, _ = told.edition.isocalendar()
    scope = f"{year}-W{week:02d}"
    try:
        return ledger.enter(project, ENTITY, scope, lambda known: moved(known, told), now)
    except OSError as error:
        raise DrumbeatError(
            f"the report is not delivered: what it tells can not be kept in the landing zone: "
            f"{error}\nReports are written by who may write to {project.data_dir}."
        ) from error


def moved(known: Sequence[Entry], told: Delivery) -> Iterator[tuple[str, Entry]]:
    """Yield the rows that say something else than the edition's latest ones, with their ids."""
    latest = {key(row): content(row) for row in known}
    for row in told.rows:
        if latest.get(key(row)) != content(row):
            yield "/".join(key(row)), row


def key(row: Entry) -> tuple[str, ...]:
    """Return what a row is of."""
    return tuple(str(row[name]) for name in KEY)


def content(row: Entry) -> Entry:
    """Return what a row says."""
    return {name: value for name, value in row.items() if name not in OF_THE_DELIVERY}

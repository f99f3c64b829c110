"""What a report lands when it is delivered: numbers of its last finished weeks, and answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import duckdb

from pipelines import ledger
from pipelines.errors import DrumbeatError
from pipelines.ledger import Entry
from pipelines.project import Project
from pipelines.reports import reading
from pipelines.reports.reading import Edition, Row

WEEKS = 12
KEYS = {"rows": ("metric", "scope", "name", "week"), "answers": ("service", "topic")}
"""What each entity's records are of."""
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
ANSWERED = """
select questions.service, questions.topic, questions.state, run.as_of
from marts.architecture_questions as questions cross join config.run as run
where not run.has_as_of and not run.has_known_at
order by questions.service, questions.number
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one edition tells; nothing where its run told of another moment than its own."""

    edition: date
    rows: tuple[Entry, ...]
    answers: tuple[Entry, ...] = ()


def delivery(con: duckdb.DuckDBPyConnection, edition: date) -> Delivery:
    """Read from a published file what the report of the week that begins on a day delivers."""
    if not con.execute(KNOWS_LEDGER).fetchall():
        # An earlier release published the file; what it tells can't be held against later ones.
        return Delivery(edition, ())
    since = edition - timedelta(weeks=WEEKS - 1)
    found = con.sql(TOLD, params={"since": since, "edition": edition}).pl().to_dicts()
    return Delivery(edition, of(edition, found), of(edition, answers(con, edition)))


def answers(con: duckdb.DuckDBPyConnection, edition: date) -> list[Row]:
    """Return the answers of now, where the edition tells of now."""
    if not Edition(con, reading.run(con), edition).is_latest:
        return []
    try:
        found: list[Row] = con.sql(ANSWERED).pl().to_dicts()
    except duckdb.CatalogException:
        # An earlier release published the file.
        return []
    return found


def of(edition: date, found: Sequence[Row]) -> tuple[Entry, ...]:
    """Return rows as entries of an edition."""
    return tuple(as_json({**row, "edition": edition}) for row in found)


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
    year, week, _ = told.edition.isocalendar()
    scope = f"{year}-W{week:02d}"
    try:
        return sum(
            ledger.enter(project, entity, scope, partial(moved, entity, rows), now)
            for entity, rows in (("rows", told.rows), ("answers", told.answers))
            if rows
        )
    except OSError as error:
        raise DrumbeatError(
            f"the report is not delivered: what it tells can not be kept in the landing zone: "
            f"{error}\nReports are written by who may write to {project.data_dir}."
        ) from error


def moved(
    entity: str, told: Sequence[Entry], known: Sequence[Entry]
) -> Iterator[tuple[str, Entry]]:
    """Yield the rows that say something else than the edition's latest ones, with their ids."""
    latest = {key(entity, row): content(row) for row in known}
    for row in told:
        if latest.get(key(entity, row)) != content(row):
            yield "/".join(key(entity, row)), row


def key(entity: str, row: Entry) -> tuple[str, ...]:
    """Return what a row is of."""
    return tuple(str(row[name]) for name in KEYS[entity])


def content(row: Entry) -> Entry:
    """Return what a row says."""
    return {name: value for name, value in row.items() if name not in OF_THE_DELIVERY}

"""Writes down how far back each scope is read: ``raw.reached``, from the cursors in landing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from pipelines.landing import Landing, LandingFile
from pipelines.warehouse import record, transaction

TABLE = "raw.reached"
SINCE = "history_since"
STAMP = "%Y%m%dT%H%M%S%f"
SCHEMA: Mapping[str, Any] = {
    "source": pl.String,
    "entity": pl.String,
    "scope": pl.String,
    SINCE: pl.Datetime("us", "UTC"),
}


def write(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    kinds: Mapping[str, str],
    known_at: datetime | None = None,
) -> None:
    """Replace the table: one row for each scope of an entity whose history is not whole yet."""
    rows = list(reached(landing, kinds, known_at))
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with transaction(con):
        con.register("reached", frame)
        con.execute(f"create or replace table {TABLE} as select * from reached")
        con.unregister("reached")
        record(con, TABLE, "landing")


def reached(
    landing: Landing, kinds: Mapping[str, str], known_at: datetime | None
) -> Iterator[tuple[str, str, str, datetime]]:
    """Yield source, entity, scope and how far back it is read so far."""
    files = [file for file in landing.files() if file.source in kinds]
    if known_at:
        files = [file for file in files if begun(file) <= f"{known_at.astimezone(UTC):{STAMP}}"]
    newest = {(file.source, file.entity): file for file in files}
    for (source, entity), file in newest.items():
        found = landing.cursors_in(file) if known_at else landing.cursors(source, entity)
        for scope, cursor in found.items():
            if isinstance(cursor, Mapping) and cursor.get(SINCE):
                yield source, entity, scope, moment(str(cursor[SINCE]))


def begun(file: LandingFile) -> str:
    """Return when the run began that wrote the file, as its name says."""
    return file.name.split("-")[0]


def moment(text: str) -> datetime:
    """Return the time that a cursor states."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def since(con: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """Return for each source that is still being read from when on all begun scopes are whole."""
    rows = con.sql(f"select source, max({SINCE}) from {TABLE} group by source order by source")
    return dict(rows.fetchall())


def told(found: Mapping[str, datetime]) -> str:
    """Say it in a few words, empty where all is read."""
    if not found:
        return ""
    parts = [f"{source} since {at:%Y-%m-%d}" for source, at in found.items()]
    days = {at.date() for at in found.values()}
    return f"history since {days.pop()}" if len(days) == 1 else f"history of {', '.join(parts)}"

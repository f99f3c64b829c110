"""Collects one entity of every source that has it, and keeps the book of when that last worked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import duckdb

from connectors import Failure, SourceError
from pipelines import gathering, raw
from pipelines.collected import Collected
from pipelines.configuration import AnySource
from pipelines.gathering import PARALLEL
from pipelines.orchestration.warehouse import Warehouse

BOOK = (
    "create table if not exists build.collections (source text, entity text, "
    "collected_at timestamptz, error text, primary key (source, entity))"
)


def entity_of(table: str) -> str:
    """Return the entity that ``raw.<kind>__<entity>`` holds."""
    return table.split("__", 1)[1]


def sources_of(warehouse: Warehouse, table: str) -> Iterator[AnySource]:
    """Yield the configured sources whose records land in ``raw.<table>``."""
    entity = entity_of(table)
    for source in warehouse.project.configuration.sources:
        lands_here = raw.table_of(warehouse.project.kinds[source.name], entity) == table
        if lands_here and has(warehouse, source, entity):
            yield source


def has(warehouse: Warehouse, source: AnySource, entity: str) -> bool:
    """Tell whether a source has an entity; one that can not be asked says why when it is."""
    try:
        return entity in warehouse.connector(source).entities
    except SourceError:
        return True


def collect(warehouse: Warehouse, table: str) -> list[Collected]:
    """Collect all sources of ``raw.<table>`` side by side; one that fails stops no other."""
    entity = entity_of(table)

    def one(source: AnySource) -> Collected:
        return collect_entity(warehouse, source, entity)

    with ThreadPoolExecutor(PARALLEL) as pool:
        found = list(pool.map(one, sources_of(warehouse, table)))
    for collected in found:
        note(warehouse.con, collected, entity, datetime.now(UTC))
    return found


def collect_entity(warehouse: Warehouse, source: AnySource, entity: str) -> Collected:
    """Collect one entity of one source into the landing zone."""
    try:
        connector = warehouse.connector(source)
    except SourceError as error:
        return Collected(source.name, failures=(Failure(entity, "", error),))
    return gathering.collect_entity(warehouse.project, source, connector, entity)


def told(collected: Collected) -> int | str:
    """Say in one cell how much was new, and what could not be read."""
    if not collected.failures:
        return collected.landed
    return f"{collected.landed:,} new; {collected.error}" if collected.landed else collected.error


def note(con: duckdb.DuckDBPyConnection, collected: Collected, entity: str, now: datetime) -> None:
    """Write down what became of a collection; a failure leaves the time of the last success."""
    con.execute(BOOK)
    collected_at = None if collected.is_failed else now
    con.execute(
        "insert into build.collections values ($1, $2, $3, $4) "
        "on conflict do update set error = excluded.error, "
        "collected_at = coalesce(excluded.collected_at, collections.collected_at)",
        [collected.source, entity, collected_at, collected.error],
    )


def last_collected(
    con: duckdb.DuckDBPyConnection, table: str, source: str
) -> tuple[datetime | None, str]:
    """Return when ``source`` was last collected into ``raw.<table>``, and the error since.

    A refresh outside of Dagster leaves no note, but the records it fetched say when it was.
    """
    con.execute(BOOK)
    ((noted_at, error),) = con.execute(
        "select max(collected_at), coalesce(max(error), '') from build.collections "
        "where source = $1 and entity = $2",
        [source, entity_of(table)],
    ).fetchall()
    ((fetched_at,),) = con.execute(
        f"select max(fetched_at) from raw.{table} where source = $1", [source]
    ).fetchall()
    return max((at for at in (noted_at, fetched_at) if at), default=None), error

"""What Dagster is told of a table once it is made: rows, columns and a version of its content."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import dagster as dg
import duckdb

from pipelines.steps import steps
from pipelines.warehouse import written


def key(table: str) -> dg.AssetKey:
    """Return the asset of ``table``: ``facts.changes`` is ``facts/changes``."""
    return dg.AssetKey(table.split("."))


def materialized(
    con: duckdb.DuckDBPyConnection, further: Mapping[str, Mapping[str, Any]]
) -> Iterator[dg.MaterializeResult[None]]:
    """Yield the result of having made each table, with what ``further`` tells of it."""
    book, columns = written(con), columns_of(con, list(further))
    for table, told in further.items():
        _, content, row_count = book[table]
        schema = dg.TableSchema(columns[table])
        yield dg.MaterializeResult(
            asset_key=key(table),
            metadata={"dagster/row_count": row_count, "dagster/column_schema": schema, **told},
            data_version=dg.DataVersion(content),
        )


def columns_of(
    con: duckdb.DuckDBPyConnection, tables: list[str]
) -> Mapping[str, list[dg.TableColumn]]:
    """Return the columns of each table as DuckDB has them, described by their headers."""
    rows = con.execute(
        "select concat(schema_name, '.', table_name) as name, column_name, lower(data_type) "
        "from duckdb_columns() "
        "where database_name = current_database() and list_contains($1, name) "
        "order by name, column_index",
        [tables],
    ).fetchall()
    found: dict[str, list[dg.TableColumn]] = {table: [] for table in tables}
    for table, name, kind in rows:
        found[table].append(dg.TableColumn(name, kind, said(table).get(name)))
    return found


@cache
def said(table: str) -> Mapping[str, str]:
    """Return what the header of a table says of each column; nothing where we do not make it."""
    step = steps().get(table)
    return {column.name: column.comment for column in step.columns} if step else {}

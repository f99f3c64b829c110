"""What Dagster is told of a table once it is made: rows, columns and a version of its content."""

from typing import Any

import dagster as dg
import duckdb

from pipelines.steps import steps


def key(table: str) -> dg.AssetKey:
    """Return the asset of ``table``: ``facts.changes`` is ``facts/changes``."""
    return dg.AssetKey(table.split("."))


def materialized(
    con: duckdb.DuckDBPyConnection, table: str, **further: Any
) -> dg.MaterializeResult[None]:
    """Return the result of having made ``table``."""
    ((row_count, content),) = con.sql(
        "select row_count, content from build.tables where table_name = $1", params=[table]
    ).fetchall()
    told = {"dagster/row_count": row_count, "dagster/column_schema": schema(con, table)}
    return dg.MaterializeResult(
        asset_key=key(table), metadata={**told, **further}, data_version=dg.DataVersion(content)
    )


def schema(con: duckdb.DuckDBPyConnection, table: str) -> dg.TableSchema:
    """Return the columns of ``table`` as DuckDB has them, described by their headers."""
    step = steps().get(table)
    said = {column.name: column.comment for column in step.columns} if step else {}
    rows = con.sql(
        "select column_name, lower(data_type) from duckdb_columns() "
        "where database_name = current_database() and concat(schema_name, '.', table_name) = $1 "
        "order by column_index",
        params=[table],
    ).fetchall()
    return dg.TableSchema([dg.TableColumn(name, kind, said.get(name)) for name, kind in rows])

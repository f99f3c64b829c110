"""Tells a page that its published file can not fill from one that fails by itself."""

import re

import duckdb
import polars as pl

from dashboard import data
from sql.models import models

NAMED = re.compile(r"[\"'](\w+)[\"']")


def lacks(error: Exception) -> bool:
    """Return whether it is for what the published file lacks that a page could not be drawn.

    DuckDB says so of a table or column that a query names. A column that is missing from rows must
    be one that its model has and the file has not.
    """
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        return True
    # Polars calls a filter by a missing column a TypeError.
    if not isinstance(error, KeyError | TypeError | pl.exceptions.ColumnNotFoundError):
        return False
    column = NAMED.search(str(error))
    return column is not None and column[1] in _lacking()


def _lacking() -> set[str]:
    """Return the columns that models have and their tables in the published file have not."""
    found = data.ask(
        "select concat(schema_name, '.', table_name), list(column_name) from duckdb_columns()"
        " group by all"
    )
    known = dict(found.iter_rows())
    return {
        column.name
        for model in models()
        for column in model.columns
        if model.table in known and column.name not in known[model.table]
    }

"""Describes the published file: its macros, tables and columns, as a document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines.warehouse import opened

INTRODUCTION = """\
# What the published file holds

Written by `drumbeat schema`, out of the words that `data/serving/current.duckdb` itself carries: \
every DuckDB client shows them (`describe`, `duckdb_columns()`).
[For analysts](analysts.md) says how to open it, and has worked questions.

**marts** are what pages and report show, **facts** are rows as they happened, **config** the \
settings in force, **seeds** what others published.
Times are UTC, durations `_hours` or `_seconds`, rates 0 to 1; a rate with nothing to divide by \
is null."""
ORDER = "list_position(['marts', 'facts', 'config', 'seeds'], schema_name)"
MACROS = """
select function_name, parameters, comment from duckdb_functions()
where database_name = current_database() and function_type = 'table_macro' and not internal
order by function_name
"""
TABLES = f"""
select schema_name, table_name, comment from duckdb_tables()
where database_name = current_database() and {ORDER} is not null order by {ORDER}, table_name
"""
COLUMNS = """
select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
where database_name = current_database() order by column_index
"""


def document(file: Path) -> str:
    """Return the document of a published file, as Markdown."""
    with opened(file, read_only=True) as con:
        return "\n\n".join([INTRODUCTION, *macros(con), *tables(con)])


def macros(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield the list of macros."""
    rows = con.execute(MACROS).fetchall()
    lines = [
        f"| `{name}({', '.join(arguments)})` | {cell(said)} |" for name, arguments, said in rows
    ]
    yield "## Macros\n\nAsked as tables: `from metric('change_lead_time', 'checkout', " \
        "'2026-01-01', '2026-04-01')`."  # fmt: skip
    yield "\n".join(["| macro | gives |", "| --- | --- |", *lines])


def tables(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield each table with its columns, and a heading before the first of a schema."""
    columns = con.execute(COLUMNS).fetchall()
    schema = ""
    for layer, name, comment in con.execute(TABLES).fetchall():
        if layer != schema:
            schema = layer
            yield f"## {layer}"
        lines = [
            f"| `{column}` | {kind.lower()} | {cell(said)} |"
            for *table, column, kind, said in columns
            if table == [layer, name]
        ]
        yield f"### {layer}.{name}\n\n{comment or ''}"
        yield "\n".join(["| column | type | meaning |", "| --- | --- | --- |", *lines])


def cell(text: Any) -> str:
    """Return text for a cell of a Markdown table."""
    return str(text or "").replace("|", "\\|").replace("\n", " ")

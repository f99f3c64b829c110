"""What the published file holds: its macros, its tables, and what their columns mean."""

import polars as pl
import streamlit as st

from dashboard import data, marks
from sql.words import escape_html

TABLES = """
select concat(schema_name, '.', table_name) as name, comment from duckdb_tables()
where database_name = current_database() and not internal
order by list_position(['marts', 'facts', 'config', 'seeds'], schema_name), table_name
"""
COLUMNS = """
select column_name, data_type, comment from duckdb_columns()
where database_name = current_database() and concat(schema_name, '.', table_name) = ?
order by column_index
"""
MACROS = """
select function_name, parameters, comment from duckdb_functions()
where database_name = current_database() and function_type = 'table_macro' and not internal
order by function_name
"""
FIRST = "marts.metrics"
WITH_MACROS = "Macros: questions with blanks"


def show() -> None:
    """Show one table at a time; the names are searched by typing."""
    tables = dict(data.ask(TABLES).iter_rows())
    marks.chart_title("Tables", "facts are rows as they happened, marts are what pages show")
    named = list(tables)
    chosen = st.selectbox(
        "Table",
        [WITH_MACROS, *named],
        index=named.index(FIRST) + 1 if FIRST in tables else 0,
        key="table",
        label_visibility="collapsed",
    )
    with st.container(key="tables", height=520, border=False):
        if chosen == WITH_MACROS:
            marks.write(macro_table(data.ask(MACROS)))
        else:
            said = marks.caption((tables[chosen] or "").replace("`", ""))
            marks.write(said + column_table(data.ask(COLUMNS, [chosen])))


def column_table(found: pl.DataFrame) -> str:
    """Return one row a column: its name, its type and what it means."""
    heads = [marks.Column("Column", "keep"), marks.Column("Meaning", "title")]
    cells = [
        [
            f"<b>{escape_html(name)}</b><small>{escape_html(kind.lower())}</small>",
            escape_html(meaning or ""),
        ]
        for name, kind, meaning in found.iter_rows()
    ]
    return marks.table(heads, cells)


def macro_table(found: pl.DataFrame) -> str:
    """Return one row a macro: how it is asked, and what it gives."""
    heads = [marks.Column("Macro", "title"), marks.Column("Gives", "title")]
    cells = [
        [f"<b>from {escape_html(name)}({', '.join(blanks)})</b>", escape_html(said or "")]
        for name, blanks, said in found.iter_rows()
    ]
    return marks.table(heads, cells)

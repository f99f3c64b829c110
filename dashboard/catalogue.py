"""The tables of the published file with what their columns mean."""

import streamlit as st

from dashboard import data, marks
from sql.words import escape_html, escape_markdown


def show() -> None:
    """List schemas and tables; each opens to its columns."""
    tables = data.ask(
        "select schema_name, table_name, comment from duckdb_tables()"
        " where database_name = current_database() and not internal"
        " order by list_position(['marts', 'facts', 'config'], schema_name), 2"
    )
    columns = data.ask(
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns()"
        " where database_name = current_database() and not internal order by column_index"
    )
    for schema, name, comment in tables.iter_rows():
        with st.expander(escape_markdown(f"{schema}.{name}")):
            said = f'<p class="caption">{escape_html(comment)}</p>' if comment else ""
            own = columns.filter(schema_name=schema, table_name=name)
            cells = [
                [
                    f"<b>{escape_html(column)}</b><small>{escape_html(kind.lower())}</small>",
                    escape_html(meaning or ""),
                ]
                for _, _, column, kind, meaning in own.iter_rows()
            ]
            heads = [marks.Column("Column", "keep"), marks.Column("Meaning", "title")]
            marks.write(said + marks.table(heads, cells))

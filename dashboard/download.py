"""Rows as files: CSV that a spreadsheet shows and never runs, and Parquet."""

from io import BytesIO

import polars as pl
import streamlit as st

from sql.spreadsheet import harmless


def csv(frame: pl.DataFrame) -> str:
    """Write rows as CSV; lists and structures are written as their text."""
    columns = []
    for column in frame.iter_columns():
        name = harmless(column.name) or ""
        if column.dtype.is_numeric() or column.dtype.is_temporal() or column.dtype == pl.Boolean:
            columns.append(column.alias(name))
            continue
        cells = [None if cell is None else harmless(str(cell)) for cell in column.to_list()]
        columns.append(pl.Series(name, cells, dtype=pl.String))
    return pl.DataFrame(columns).write_csv()


def link(label: str, frame: pl.DataFrame, file_name: str) -> None:
    """Offer rows as a small link under what they were drawn as."""
    # Only who clicks pays for the file.
    st.download_button(
        label,
        lambda: csv(frame),
        file_name,
        "text/csv",
        key=f"download-{file_name}",
        type="tertiary",
        on_click="ignore",
    )


def parquet(label: str, frame: pl.DataFrame, file_name: str) -> None:
    """Offer rows as Parquet, with their types."""
    st.download_button(
        label,
        lambda: written(frame),
        file_name,
        "application/vnd.apache.parquet",
        key=f"download-{file_name}",
        type="tertiary",
        on_click="ignore",
    )


def written(frame: pl.DataFrame) -> bytes:
    """Write rows as Parquet."""
    out = BytesIO()
    frame.write_parquet(out)
    return out.getvalue()

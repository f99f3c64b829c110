"""A chart with all that belongs to it: title, how to read it, its evidence, PNG and CSV."""

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from dashboard import download, marks


def show(
    figure: go.Figure,
    *,
    key: str,
    title: str,
    caption: str = "",
    rows: pl.DataFrame | None = None,
    alt: str = "",
) -> None:
    """Draw a chart under its title and caption.

    The caption says the unit, how it is drawn and n. ``rows`` are what the CSV holds. A click on a
    point leads to the address that is its id.
    """
    with st.container(key=key, gap=None):
        if title:
            marks.chart_title(title, caption)
        draw(figure, key, alt or title)
        under(key, rows)


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """Put a figure on the page with its sentence for those who can't see it."""
    # The mode bar stays hidden, and staticPlot off keeps hovering.
    config = {"displayModeBar": False, "staticPlot": False}
    st.plotly_chart(figure, theme=None, key=f"{key}-plot", config=config, alt=alt)


def under(key: str, rows: pl.DataFrame | None, *, evidence: str = "") -> None:
    """Offer the picture and its rows as small links under it.

    ``evidence`` is where the latest point leads, for those who reach no point with a pointer.
    """
    with st.container(key=f"under-{key}", horizontal=True, gap="small"):
        saved = f'<a class="png" href="#{key}" aria-label="Save this picture as PNG">PNG</a>'
        said = 'class="evidence" target="_self" aria-label="What happened in the last whole period"'
        latest = f'<a {said} href="{evidence}">evidence</a>'
        marks.write(saved + (latest if evidence else ""))
        if rows is not None:
            download.link("CSV", rows, f"{key}.csv")


def csv(key: str, rows: pl.DataFrame) -> None:
    """Offer the rows of a table as a small link under it."""
    with st.container(key=f"under-{key}", horizontal=True, gap="small"):
        download.link("CSV", rows, f"{key}.csv")

"""A chart with all that belongs to it: title, how to read it, its evidence, PNG and CSV."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import download, marks

HEAD_START = 0.6
"""Seconds that the words above a reader's first picture are alone on the way to the browser."""
WORDS = 0.2
"""Seconds that the browser has for the words of a page before its pictures come."""


class Waiting(NamedTuple):
    """A picture whose place is kept."""

    place: DeltaGenerator
    figure: go.Figure
    key: str
    alt: str


_waiting: ContextVar[list[Waiting]] = ContextVar("pictures")


@contextmanager
def last() -> Iterator[None]:
    """Draw the pictures of a page when all its words are sent.

    Plotly takes the browser a tenth of a second for each, and words behind it wait, as do words
    that come with it; the pictures are there no later for that.
    """
    waiting: list[Waiting] = []
    _waiting.set(waiting)
    yield
    if waiting:
        _leave(WORDS)
    for found in waiting:
        # The mode bar stays hidden, and staticPlot off keeps hovering.
        config = {"displayModeBar": False, "staticPlot": False}
        found.place.plotly_chart(
            found.figure, theme=None, key=f"{found.key}-plot", config=config, alt=found.alt
        )


def _words_first() -> None:
    """Wait once, before a reader's first picture, for the browser to show the words above it.

    What follows needs Plotly and other scripts, five megabytes in all, and a browser that begins to
    read them shows nothing before it is through.
    """
    if "has_begun" not in st.session_state:
        _leave(HEAD_START)
    st.session_state["has_begun"] = True


def _leave(seconds: float) -> None:
    """Leave a browser, where there is one, alone with what it has."""
    if st.runtime.exists():
        time.sleep(seconds)


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
    """Keep the place of a figure, with its sentence for those who can't see it."""
    _words_first()
    # The place is as high as the picture will be, so that nothing moves when it comes.
    place = st.container(height=figure.layout.height, border=False, gap=None)
    _waiting.get().append(Waiting(place, figure, key, alt))


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

"""What people remember, drawn on any chart of time: a dotted line for a day, a pale span."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.parts import Tones
from sql.words import escape_html, short_day

DAY = timedelta(days=1)


def annotated(figure: go.Figure, rows: Sequence[dict[str, Any]], tone: Tones) -> go.Figure:
    """Return a chart of time with what happened in its range; pointed at, each says what.

    Rows carry starts_on, ends_on (itself included) and text, which comes from outside.
    """
    first, last = (_moment(bound) for bound in figure.layout.xaxis.range)
    shown = [row for row in rows if _at(row["starts_on"]) <= last and _end(row) > first]
    # A figure copies what it has for each thing that is added, so they are added in one go.
    layout = figure.layout
    layout.shapes = [*layout.shapes, *(_shape(row, first, last, tone) for row in shown)]
    layout.annotations = [*layout.annotations, *(_mark(row, first, tone) for row in shown)]
    return figure


def days(row: dict[str, Any]) -> str:
    """Say the days of an annotation."""
    first = short_day(row["starts_on"])
    return (
        first if row["starts_on"] == row["ends_on"] else f"{first} to {short_day(row['ends_on'])}"
    )


def _shape(row: dict[str, Any], first: datetime, last: datetime, tone: Tones) -> dict[str, Any]:
    start = max(_at(row["starts_on"]), first)
    place = {"xref": "x", "x0": start, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    if row["starts_on"] == row["ends_on"]:
        line = {"color": tone["ink3"], "width": 1, "dash": "dot"}
        return {**place, "type": "line", "x1": start, "line": line}
    fill = {"fillcolor": tone["quiet"], "line": {"width": 0}}
    return {**place, "type": "rect", "x1": min(_end(row), last), **fill}


def _mark(row: dict[str, Any], first: datetime, tone: Tones) -> dict[str, Any]:
    """Make the small sign over the line that tells what happened when it is pointed at."""
    return {
        "text": "▾",
        "hovertext": f"{days(row)}<br>{escape_html(row['text'])}",
        "x": max(_at(row["starts_on"]), first),
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": -6,
        "showarrow": False,
        "font": {"size": 12, "color": tone["ink3"]},
    }


def _at(on: date) -> datetime:
    return datetime.combine(on, time())


def _end(row: dict[str, Any]) -> datetime:
    return _at(row["ends_on"]) + DAY


def _moment(bound: Any) -> datetime:
    return bound if isinstance(bound, datetime) else _at(bound)

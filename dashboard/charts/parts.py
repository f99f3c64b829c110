"""What the charts are made of: figure, labels, axes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from sql import words

Tones = Mapping[str, str]


def figure(
    tone: Tones, traces: Sequence[Any], *, is_demo: bool = False, **layout: Any
) -> go.Figure:
    """Make a figure in one go: shapes and annotations added one by one copy all before them."""
    annotations = list(layout.pop("annotations", []))
    if is_demo:
        annotations.append(theme.watermark(tone))
    # A chart is sent anew when its rows change: what is drawn again has the same ones.
    layout |= {"annotations": annotations, "datarevision": 1}
    # Checking each value again takes longer than all else; tests check what the pages draw.
    return go.Figure(list(traces), theme.layout(tone, layout), _validate=False)


def addresses(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return where a click on each row leads, which is the id of its point; empty for nowhere."""
    return [row.get("address") or "" for row in rows]


def said(value: float | None, unit: str) -> str:
    """Say a metric's value with its unit."""
    if unit == "rate":
        return words.rate(value)
    if unit == "hours":
        return words.duration(value)
    return words.NOTHING if value is None else f"{value:.0f}"


def label(text: str, at: float, colour: str, *, is_bold: bool = False) -> dict[str, Any]:
    """Make a label that stands right of the plot, level with its value."""
    return {
        "text": f"<b>{text}</b>" if is_bold else text,
        "xref": "paper",
        "x": 1,
        "y": at,
        "xanchor": "left",
        "xshift": 6,
        "showarrow": False,
        "font": {"size": 12, "color": colour},
    }


def baseline(tone: Tones) -> dict[str, Any]:
    """Make the line that a chart stands on."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "paper",
        "y0": 0,
        "y1": 0,
        "line": {"color": tone["axis"], "width": 1},
    }


def middle(row: dict[str, Any]) -> datetime:
    """Place a bar: a week at its middle, a month over its own tick."""
    start = datetime.combine(row["starts_on"], datetime.min.time())
    if row["period"] == "month":
        return start
    half: timedelta = (row["ends_on"] - row["starts_on"]) / 2
    return start + half


def hover_period(row: dict[str, Any]) -> str:
    """Say the days of a row's period."""
    last = row["ends_on"] - timedelta(days=1)
    return f"{words.short_day(row['starts_on'])} to {words.short_day(last)}"


def span(since: date, rows: pl.DataFrame) -> list[date]:
    """Frame the chosen period, or what there is of it."""
    days = rows.filter(pl.col("shown_on") >= since)["shown_on"]
    first, last = (days[0], days[-1]) if len(days) else (since, since)
    room = timedelta(days=4 if rows.height and rows["period"][0] != "month" else 16)
    return [first - room, last + room + timedelta(days=room.days)]


def months(since: date, rows: pl.DataFrame) -> dict[str, Any]:
    """Name about four months, at their first day; within one month the first and the last day."""
    days = rows.filter(pl.col("shown_on") >= since)["shown_on"]
    if not len(days):
        return {"tickvals": []}
    every = pl.date_range(days[0], days[-1], "1d", eager=True)
    firsts = every.filter(every.dt.day() == 1).to_list()
    if not firsts:
        return {"tickvals": sorted({days[0], days[-1]}), "tickformat": "%-d %b"}
    stride = max(1, -(-len(firsts) // 4))
    return {"tickvals": firsts[stride // 2 :: stride], "tickformat": "%b"}

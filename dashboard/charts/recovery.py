"""How fast recovery is: the share still open, by hours since the failed deployment."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, figure
from sql import words

LINES = {"before": ("26 weeks before", "ink3", "quiet", "dash"),
         "now": ("last 26 weeks", "accent", "band", "solid")}  # fmt: skip


def recovery_curve(rows: pl.DataFrame, tone: Tones, *, is_demo: bool = False) -> go.Figure:
    """Draw Kaplan-Meier's curve of two half years, with its band and marks where some are open.

    Rows are those of marts.recovery_curves of one scope.
    """
    top = _reach(rows)
    traces: list[go.Scatter] = []
    labels = []
    for place, (span, (name, colour, fill, dash)) in enumerate(LINES.items()):
        found = rows.filter(span=span).sort("hours")
        if found.is_empty():
            continue
        traces += [_band(found, tone[fill]), _line(found, name, tone[colour], dash)]
        traces.append(_open(found, tone[colour]))
        labels.append(_label(found, name, 0.62 - 0.3 * (1 - place), tone[colour]))
    return figure(
        tone,
        traces,
        is_demo=is_demo,
        annotations=labels,
        height=250,
        margin={"l": 42, "r": 132, "t": 8, "b": 40},
        xaxis={
            "range": [0, top],
            "title": {"text": "hours since it failed", "font": {"size": 12, "color": tone["ink3"]}},
        },
        yaxis={"range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]},
    )


def _reach(rows: pl.DataFrame) -> float:
    """Choose how far the axis reaches: until nearly all are recovered."""
    late = rows.filter(pl.col("open_share") <= 0.08)["hours"]
    most = rows["hours"].max()
    reach = late.min() if len(late) else most
    return max(1.0, 1.15 * float(str(reach or 1)))


def _steps(rows: pl.DataFrame, column: str) -> tuple[list[float], list[float | None]]:
    found = rows.filter(pl.col(column).is_not_null())
    return [0.0, *found["hours"].to_list()], [1.0, *found[column].to_list()]


def _band(rows: pl.DataFrame, fill: str) -> go.Scatter:
    hours, low = _steps(rows, "low_share")
    _, high = _steps(rows, "high_share")
    # A step has two ends: the old share up to an hour, and the new one from it on.
    over, under = _corners(hours, high), _corners(hours, low)
    return go.Scatter(
        x=[x for x, _ in over] + [x for x, _ in reversed(under)],
        y=[y for _, y in over] + [y for _, y in reversed(under)],
        fill="toself", fillcolor=fill, opacity=0.75, line={"width": 0}, mode="lines",
        hoverinfo="skip",
    )  # fmt: skip


def _corners(hours: list[float], shares: list[Any]) -> list[tuple[float, float]]:
    points = [(hours[0], shares[0])]
    for at, share in zip(hours[1:], shares[1:], strict=True):
        points += [(at, points[-1][1]), (at, share)]
    return points


def _line(rows: pl.DataFrame, name: str, colour: str, dash: str) -> go.Scatter:
    hours, shares = _steps(rows, "open_share")
    return go.Scatter(
        x=hours,
        y=shares,
        mode="lines",
        line={"color": colour, "width": 1.8, "shape": "hv", "dash": dash},
        customdata=[
            f"{name}: {words.rate(share)} still open after {words.duration(at)}"
            for at, share in zip(hours, shares, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _open(rows: pl.DataFrame, colour: str) -> go.Scatter:
    """Mark with an upright line where some are still open."""
    found = rows.filter(pl.col("open_count") > 0)
    return go.Scatter(
        x=found["hours"].to_list(),
        y=found["open_share"].to_list(),
        mode="markers",
        marker={"symbol": "line-ns", "size": 9, "line": {"color": colour, "width": 1.6}},
        hoverinfo="skip",
    )


def _label(rows: pl.DataFrame, name: str, at: float, colour: str) -> dict[str, Any]:
    half = rows.filter(pl.col("open_share") <= 0.5)["hours"]
    middle = words.duration(half[0]) if len(half) else "not reached"
    return {
        "text": f"<b>{name}</b><br>median {middle}, n = {rows['failed_count'][0]}",
        "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "align": "left",
        "y": at, "yref": "paper", "showarrow": False, "font": {"size": 12, "color": colour},
    }  # fmt: skip

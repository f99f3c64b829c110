"""What happened: ticks, failures and their recovery along four weeks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, baseline, figure
from sql import words


def timeline(
    rows: pl.DataFrame, as_of: datetime, zone: str, tone: Tones, *, is_demo: bool = False
) -> go.Figure:
    """Draw four weeks of rollouts: ticks above the line, failed ones with their recovery below.

    The joining line is solid from confidence 0.9 on and dotted under it; weekends are grey.
    """
    there = ZoneInfo(zone)
    end = as_of.astimezone(there).replace(tzinfo=None)
    start = datetime.combine(end.date() - timedelta(days=28), datetime.min.time())
    shown = [
        {**row, "at": row["finished_at"].astimezone(there).replace(tzinfo=None)}
        for row in rows.to_dicts()
    ]
    shown = [row for row in shown if row["at"] >= start]
    failed = [row for row in shown if row["outcome"] == "failed"]
    return figure(
        tone,
        [_ticks(shown, tone), *_failures(failed, end, tone)],
        is_demo=is_demo,
        height=130,
        margin={"l": 8, "r": 8, "t": 4, "b": 24},
        shapes=[
            *_weekends(start, end, tone),
            {**baseline(tone), "y0": 0, "y1": 0, "yref": "y"},
        ],
        xaxis={
            "range": [start, end + timedelta(hours=12)],
            "tickvals": [day for day in _days(start, end) if day.weekday() == 0],
            "ticktext": [
                words.short_day(day.date()) for day in _days(start, end) if day.weekday() == 0
            ],
        },
        yaxis={"visible": False, "range": [-0.8, 0.9]},
    )


def _ticks(rows: Sequence[dict[str, Any]], tone: Tones) -> go.Scatter:
    """Draw all ticks as one path, which stays quick with thousands."""
    return go.Scatter(
        x=[value for row in rows for value in (row["at"], row["at"], None)],
        y=[0.0, 0.45, None] * len(rows),
        mode="lines",
        line={"color": tone["accent"], "width": 1.5},
        opacity=0.9 if len(rows) < 80 else 0.6,
        hoverinfo="skip",
    )


def _failures(rows: Sequence[dict[str, Any]], end: datetime, tone: Tones) -> list[go.Scatter]:
    traces = []
    for row in rows:
        hours = row["recovery_hours"]
        until = min(row["at"] + timedelta(hours=hours), end) if hours is not None else end
        is_certain = (row["confidence"] or 0) >= 0.9
        colour = tone["stall"]
        traces += [
            go.Scatter(
                x=[row["at"], row["at"]],
                y=[0.55, -0.4],
                mode="lines",
                line={"color": colour, "width": 1.3, "dash": "solid" if is_certain else "dot"},
                hoverinfo="skip",
            ),
            go.Scatter(
                x=[row["at"], until],
                y=[-0.4, -0.4],
                mode="lines",
                line={"color": colour, "width": 7},
                opacity=1.0 if is_certain else 0.45,
                hoverinfo="skip",
            ),
        ]
    triangles = go.Scatter(
        x=[row["at"] for row in rows],
        y=[0.62] * len(rows),
        mode="markers",
        marker={"symbol": "triangle-down", "size": 10, "color": tone["stall"]},
        customdata=[_told(row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return [*traces, triangles]


def _told(row: dict[str, Any]) -> str:
    hours = row["recovery_hours"]
    after = "still open" if hours is None else f"recovered after {words.duration(hours)}"
    return f"failed {words.short_day(row['at'].date())}, {row['at']:%H:%M}<br>{after}"


def _weekends(start: datetime, end: datetime, tone: Tones) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "x0": day,
            "x1": min(day + timedelta(days=2), end),
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "fillcolor": tone["quiet"],
            "line": {"width": 0},
            "layer": "below",
        }
        for day in _days(start, end)
        if day.weekday() == 5
    ]


def _days(start: datetime, end: datetime) -> list[datetime]:
    return [start + timedelta(days=count) for count in range((end - start).days + 1)]

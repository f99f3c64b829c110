"""What happened: ticks, failures and their recovery along some weeks, one lane a service."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, addresses, figure
from sql import words

LANE = 1.7
DAYS = 28


def timeline(
    rows: pl.DataFrame,
    as_of: datetime,
    zone: str,
    tone: Tones,
    *,
    lanes: Sequence[str] = (),
    days: int = DAYS,
    is_demo: bool = False,
) -> go.Figure:
    """Draw rollouts: ticks above the line, failed ones with their recovery below it.

    The joining line is solid from confidence 0.9 on and dotted under it; weekends are grey. With
    ``lanes`` each of these services has a line with its name. Rows carry the address of each.
    """
    there = ZoneInfo(zone)
    end = as_of.astimezone(there).replace(tzinfo=None)
    start = datetime.combine(end.date() - timedelta(days=days), datetime.min.time())
    place = {name: -LANE * index for index, name in enumerate(lanes)}
    shown = [
        {
            **row,
            "at": row["finished_at"].astimezone(there).replace(tzinfo=None),
            "lane": place.get(row["service"], 0.0),
        }
        for row in rows.to_dicts()
        if not lanes or row["service"] in place
    ]
    shown = [row for row in shown if row["at"] >= start]
    failed = [row for row in shown if row["outcome"] == "failed"]
    named = [day for day in _days(start, end) if day.weekday() == 0]
    bottom = min(place.values(), default=0.0)
    return figure(
        tone,
        [_ticks(shown, tone), *_failures(failed, end, tone), _targets(shown)],
        is_demo=is_demo,
        height=round(104 + 44 * max(len(lanes) - 1, 0)),
        margin={"l": 124 if lanes else 8, "r": 8, "t": 4, "b": 24},
        shapes=[
            *_weekends(start, end, tone),
            *(_ground(at, tone) for at in place.values() or [0.0]),
        ],
        xaxis={
            "range": [start, end + timedelta(hours=12 * days / 28)],
            "tickvals": named,
            "tickangle": 0,
            "ticktext": [words.short_day(day.date()) for day in named],
        },
        yaxis={
            "showgrid": False,
            "range": [bottom - 0.75, 0.95],
            "tickvals": list(place.values()),
            "ticktext": [words.escape_html(words.shortened(name, 18)) for name in place],
            "tickfont": {"size": 13, "color": tone["ink"]},
        },
    )


def _ticks(rows: Sequence[dict[str, Any]], tone: Tones) -> go.Scatter:
    """Draw all ticks as one path, which stays quick with thousands."""
    return go.Scatter(
        x=[value for row in rows for value in (row["at"], row["at"], None)],
        y=[value for row in rows for value in (row["lane"], row["lane"] + 0.45, None)],
        mode="lines",
        line={"color": tone["accent"], "width": 1.5},
        opacity=0.9 if len(rows) < 80 else 0.6,
        hoverinfo="skip",
    )


def _targets(rows: Sequence[dict[str, Any]]) -> go.Scatter:
    """Lay a point that is not seen on each tick: a path has no points to hover or click."""
    return go.Scatter(
        x=[row["at"] for row in rows],
        y=[row["lane"] + 0.3 for row in rows],
        ids=addresses(rows),
        mode="markers",
        marker={"size": 12, "opacity": 0},
        customdata=[f"{words.short_day(row['at'].date())}, {row['at']:%H:%M}" for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _failures(rows: Sequence[dict[str, Any]], end: datetime, tone: Tones) -> list[go.Scatter]:
    """Join all certain ones in one path and all inferred ones in another."""
    traces = []
    for is_certain in (True, False):
        found = [row for row in rows if ((row["confidence"] or 0) >= 0.9) is is_certain]
        traces += [
            _path(
                [(row["at"], row["at"], row["lane"] + 0.55, row["lane"] - 0.4) for row in found],
                {"color": tone["stall"], "width": 1.3, "dash": "solid" if is_certain else "dot"},
            ),
            _path(
                [(row["at"], _until(row, end), row["lane"] - 0.4, row["lane"] - 0.4)
                 for row in found],
                {"color": tone["stall"], "width": 7},
                1.0 if is_certain else 0.45,
            ),
        ]  # fmt: skip
    triangles = go.Scatter(
        x=[row["at"] for row in rows],
        y=[row["lane"] + 0.62 for row in rows],
        ids=addresses(rows),
        mode="markers",
        marker={"symbol": "triangle-down", "size": 10, "color": tone["stall"]},
        customdata=[_told(row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return [*traces, triangles]


def _until(row: dict[str, Any], end: datetime) -> datetime:
    hours = row["recovery_hours"]
    until: datetime = row["at"] + timedelta(hours=hours) if hours is not None else end
    return min(until, end)


def _path(
    pairs: Sequence[tuple[datetime, datetime, float, float]],
    line: dict[str, Any],
    opacity: float = 1.0,
) -> go.Scatter:
    return go.Scatter(
        x=[value for first, last, _, _ in pairs for value in (first, last, None)],
        y=[value for _, _, over, under in pairs for value in (over, under, None)],
        mode="lines",
        line=line,
        opacity=opacity,
        hoverinfo="skip",
    )


def _told(row: dict[str, Any]) -> str:
    hours = row["recovery_hours"]
    after = "still open" if hours is None else f"recovered after {words.duration(hours)}"
    when = f"failed {words.short_day(row['at'].date())}, {row['at']:%H:%M}"
    return f"{words.escape_html(row['service'])} {when}<br>{after}"


def _ground(at: float, tone: Tones) -> dict[str, Any]:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": at, "y1": at,
        "line": {"color": tone["axis"], "width": 1},
    }  # fmt: skip


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

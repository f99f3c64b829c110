"""Shares with their intervals: a dot a row, how many at the right, the whole as a line."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.parts import Tones, figure, label
from sql import words

ROW = 34


def rate_dots(
    rows: Sequence[dict[str, Any]], names: Sequence[str], tone: Tones, *, is_demo: bool = False
) -> go.Figure:
    """Draw fail rates of groups with their 95 % intervals against that of all groups together.

    ``rows`` have fail_rate, low_rate, high_rate, failed_count, deployment_count, is_too_few and
    is_worse; a group that fails more often beyond chance is a diamond in another colour. Too few
    is said.
    """
    told = [(row, name) for row, name in zip(rows, names, strict=True) if not row["is_too_few"]]
    count = sum(row["deployment_count"] for row in rows)
    whole = sum(row["failed_count"] for row in rows) / count if count else 0.0
    top = max([0.1, *(row["high_rate"] for row, _ in told)])
    return figure(
        tone,
        [_interval(told, tone), _dots(told, tone)],
        is_demo=is_demo,
        height=ROW * len(rows) + 46,
        margin={"l": 92, "r": 104, "t": 18, "b": 28},
        xaxis={"range": [0, top * 1.04], "tickformat": ".0%", "showgrid": True, "nticks": 4},
        yaxis={
            "categoryorder": "array",
            "categoryarray": list(names)[::-1],
            "range": [-0.6, len(rows) - 0.4],
            "tickvals": list(range(len(rows))),
            "ticktext": list(names)[::-1],
            "tickfont": {"size": 13, "color": tone["ink2"]},
            "showgrid": False,
        },
        shapes=[_whole(whole, tone)],
        annotations=[_above(whole, tone), *_ends(rows, names, tone)],
    )


def _interval(told: Sequence[tuple[dict[str, Any], str]], tone: Tones) -> go.Bar:
    return go.Bar(
        orientation="h",
        y=[name for _, name in told],
        x=[row["high_rate"] - row["low_rate"] for row, _ in told],
        base=[row["low_rate"] for row, _ in told],
        width=0.28,
        marker_color=[tone["stall" if row["is_worse"] else "accent"] for row, _ in told],
        opacity=0.35,
        hoverinfo="skip",
    )


def _dots(told: Sequence[tuple[dict[str, Any], str]], tone: Tones) -> go.Scatter:
    beyond = [row["is_worse"] for row, _ in told]
    return go.Scatter(
        y=[name for _, name in told],
        x=[row["fail_rate"] for row, _ in told],
        mode="markers",
        marker={
            "size": 11,
            "symbol": ["diamond" if one else "circle" for one in beyond],
            "color": [tone["stall" if one else "accent"] for one in beyond],
        },
        customdata=[words.rate_range(row["low_rate"], row["high_rate"]) for row, _ in told],
        hovertemplate="%{y}: %{x:.1%}, 95 % interval %{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _whole(whole: float, tone: Tones) -> dict[str, Any]:
    return {
        "type": "line", "x0": whole, "x1": whole, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": tone["ink3"], "width": 1, "dash": "dot"},
    }  # fmt: skip


def _above(whole: float, tone: Tones) -> dict[str, Any]:
    return {
        "text": "all", "x": whole, "yref": "paper", "y": 1, "yanchor": "bottom",
        "showarrow": False, "font": {"size": 12, "color": tone["ink3"]},
    }  # fmt: skip


def _ends(
    rows: Sequence[dict[str, Any]], names: Sequence[str], tone: Tones
) -> list[dict[str, Any]]:
    """Say at the right edge how much and of how many, or that they are too few."""
    found = []
    for place, (row, _) in enumerate(zip(rows, names, strict=True)):
        count = row["deployment_count"]
        said = "too few" if row["is_too_few"] else f"<b>{words.rate(row['fail_rate'])}</b>"
        found.append(label(f"{said}  n = {count}", len(rows) - 1 - place, tone["ink2"]))
    return found

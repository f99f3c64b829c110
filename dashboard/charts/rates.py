"""Who fails more: a dot and an interval for each service, beside the line of all."""

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, addresses, figure
from sql import words


def fail_rates(
    rows: pl.DataFrame, of_all: float | None, tone: Tones, *, is_demo: bool = False
) -> go.Figure:
    """Draw the fail rate of services with its interval, the highest on top.

    Rows carry service, value, low, high, n, is_too_few and is_worse: above all beyond chance, a
    diamond.
    """
    found = rows.to_dicts()
    names = [row["service"] for row in found]
    told = [row for row in found if row["value"] is not None and not row["is_too_few"]]
    top = min(1.0, max([0.2, *(1.1 * row["high"] for row in told)]))
    shapes = [_line(of_all, tone)] if of_all is not None else []
    return figure(
        tone,
        [_intervals(told, tone), _dots(told, tone)],
        is_demo=is_demo,
        annotations=[note for row in found for note in _notes(row, tone)],
        shapes=shapes,
        height=44 + 23 * max(len(found), 3),
        margin={"l": 118, "r": 104, "t": 8, "b": 24},
        xaxis={"range": [0, top], "tickformat": ".0%", "showgrid": True},
        yaxis={
            "showgrid": False,
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "range": [-0.7, len(names) - 0.3],
            "tickvals": names,
            "ticktext": [words.escape_html(words.shortened(name, 17)) for name in names],
            "tickfont": {"size": 13, "color": tone["ink"]},
            "ticklabelstandoff": 8,
        },
    )


def _intervals(rows: list[dict[str, Any]], tone: Tones) -> go.Bar:
    return go.Bar(
        y=[row["service"] for row in rows],
        base=[row["low"] for row in rows],
        x=[row["high"] - row["low"] for row in rows],
        orientation="h",
        width=0.3,
        marker={
            "color": [tone["stall" if row["is_worse"] else "accent"] for row in rows],
            "opacity": 0.35,
            "line": {"width": 0},
        },
        hoverinfo="skip",
    )


def _dots(rows: list[dict[str, Any]], tone: Tones) -> go.Scatter:
    beyond = [row["is_worse"] for row in rows]
    return go.Scatter(
        x=[row["value"] for row in rows],
        y=[row["service"] for row in rows],
        mode="markers",
        cliponaxis=False,
        marker={
            "symbol": ["diamond" if more else "circle" for more in beyond],
            "size": [11 if more else 9 for more in beyond],
            "color": [tone["stall" if more else "accent"] for more in beyond],
        },
        customdata=[
            f"{words.escape_html(row['service'])}: {words.rate(row['value'])},"
            f" 95 % interval {words.rate_range(row['low'], row['high'])}, n = {row['n']}"
            for row in rows
        ],
        ids=addresses(rows),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _line(of_all: float, tone: Tones) -> dict[str, Any]:
    return {
        "type": "line", "x0": of_all, "x1": of_all, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": tone["ink3"], "width": 1, "dash": "dot"},
    }  # fmt: skip


def _notes(row: dict[str, Any], tone: Tones) -> list[dict[str, Any]]:
    """Say the rate and n at the right edge, or that it is too few to tell."""
    is_told = row["value"] is not None and not row["is_too_few"]
    rate = f"<b>{words.rate(row['value'])}</b>  " if is_told else ""
    place = {"y": row["service"], "xref": "paper", "xanchor": "left", "showarrow": False}
    font = {"size": 12, "color": tone["ink2"]}
    notes = [{**place, "x": 1, "xshift": 8, "text": f"{rate}n = {row['n']}", "font": font}]
    if not is_told:
        few = {"size": 12, "color": tone["ink3"]}
        notes.append({**place, "x": 0, "xshift": 6, "text": "too few to tell", "font": few})
    return notes

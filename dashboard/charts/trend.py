"""One metric over time, small enough to stand beside four others."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import (
    Tones,
    addresses,
    baseline,
    figure,
    hover_period,
    label,
    months,
    said,
    span,
)

STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


COUNT_STEPS = tuple(step * 10**power for power in range(5) for step in (1, 2, 5))


HOUR_STEPS = (0.25, 0.5, 1, 2, 5, 12, 24, 48, 120, 240, 480, 960, 2400, 4800, 9600)


def metric_trend(
    rows: pl.DataFrame, since: date, tone: Tones, *, is_demo: bool = False
) -> go.Figure:
    """Draw one metric over time: band, line, last whole period and the unfinished one, hollow.

    Rows carry shown_on, value, low, high, unit and is_finished, in order of shown_on; address leads
    to the evidence.
    """
    rows = rows.filter(pl.col("shown_on") >= since)
    unit = rows["unit"][0] if rows.height else "rate"
    whole = rows.filter("is_finished").to_dicts()
    values = [row["value"] for row in whole if row["value"] is not None]
    bounds = [row["high"] for row in whole if row["high"] is not None]
    top = _top(values, bounds)
    last = next((row for row in reversed(whole) if row["value"] is not None), None)
    traces = [*_bands(whole, top, tone), _line(whole, unit, tone)]
    labels = []
    if last:
        # What was last known of earlier weeks is not how it stands now.
        is_now = last is whole[-1]
        colour = tone["accent" if is_now else "ink3"]
        traces.append(_dot(last, colour, colour))
        labels.append(label(said(last["value"], unit), last["value"], colour, is_bold=is_now))
    if unit == "per week":
        traces += [_dot(row, tone["paper"], tone["accent"]) for row in _unfinished(rows)]
    grid = _step(top, unit, last["value"] if last else None)
    if grid:
        labels.append(label(said(grid, unit), grid, tone["ink3"]))
    return figure(
        tone,
        traces,
        is_demo=is_demo,
        annotations=labels,
        height=128,
        margin={"l": 4, "r": 54, "t": 8, "b": 22},
        xaxis={**months(since, rows), "range": span(since, rows)},
        yaxis={
            "range": [-0.03 * top, 1.05 * top],
            "tickvals": [grid] if grid else [],
            "showticklabels": False,
        },
        shapes=[baseline(tone)],
    )


def _bands(rows: Sequence[dict[str, Any]], top: float, tone: Tones) -> list[go.Scatter]:
    """Fill one band for each unbroken run: a fill over a gap would draw a false wedge."""
    traces = []
    for is_known, run in groupby(rows, lambda row: row["low"] is not None):
        if not is_known:
            continue
        found = list(run)
        days = [row["shown_on"] for row in found]
        over = [min(row["high"] if row["high"] is not None else top, 1.1 * top) for row in found]
        under = [row["low"] for row in found]
        traces.append(
            go.Scatter(
                x=days + days[::-1],
                y=over + under[::-1],
                fill="toself",
                fillcolor=tone["band"],
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
            )
        )
    return traces


def _line(rows: Sequence[dict[str, Any]], unit: str, tone: Tones) -> go.Scatter:
    return go.Scatter(
        x=[row["shown_on"] for row in rows],
        y=[row["value"] for row in rows],
        mode="lines",
        line={"color": tone["accent"], "width": 1.8},
        connectgaps=False,
        customdata=[
            f"{hover_period(row)}<br>{said(row['value'], unit)}, n = {row['n']}" for row in rows
        ],
        ids=addresses(rows),
        hovertemplate="%{customdata}<extra></extra>",
    )


def _dot(row: dict[str, Any], fill: str, edge: str) -> go.Scatter:
    return go.Scatter(
        x=[row["shown_on"]],
        y=[row["value"]],
        mode="markers",
        cliponaxis=False,
        marker={"size": 7, "color": fill, "line": {"color": edge, "width": 1.6}},
        hoverinfo="skip",
    )


def _unfinished(rows: pl.DataFrame) -> list[dict[str, Any]]:
    return rows.filter(~pl.col("is_finished")).tail(1).to_dicts()


def _top(values: Sequence[float], bounds: Sequence[float]) -> float:
    """Choose how high an axis reaches: the band may leave it, the line never."""
    reach = max(values, default=0.0)
    return max(min(max(bounds, default=reach), 2.2 * reach), reach) or max(bounds, default=1.0) or 1


def _step(top: float, unit: str, taken: float | None) -> float:
    """Choose the one grid line: the highest round value whose label stays clear of the last."""
    steps = {"rate": STEPS, "hours": HOUR_STEPS}.get(unit, COUNT_STEPS)
    fit = (step for step in steps if 0.25 * top < step <= 0.97 * top)
    return max((s for s in fit if taken is None or abs(s - taken) > 0.19 * top), default=0.0)

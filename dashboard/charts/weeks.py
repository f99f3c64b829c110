"""How often: bars over the usual range."""

from collections.abc import Sequence
from datetime import date
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
    middle,
    months,
    span,
)
from sql import words

DAY_MS = 86_400_000
CLEAR = "rgba(0,0,0,0)"


def weekly_bars(
    rows: pl.DataFrame, since: date, tone: Tones, *, noun: str, is_demo: bool = False
) -> go.Figure:
    """Draw a bar for each week or month over its usual range, the unfinished one hatched.

    Rows carry starts_on, ends_on, shown_on, period, n, low, high and is_finished.
    """
    shown = rows.filter(pl.col("shown_on") >= since).to_dicts()
    usual = [row for row in shown if row["low"] is not None and row["is_finished"]]
    labels = []
    if usual:
        low, high = usual[-1]["low"], usual[-1]["high"]
        said = f"usual {words.count_range(low, high)}"
        labels.append(label(said, (low + high) / 2, tone["ink3"]))
    return figure(
        tone,
        # Plotly draws bars under every filled line, so the band behind bars is itself a bar.
        [_usual_band(usual, tone), _bars(shown, noun, tone)],
        is_demo=is_demo,
        annotations=labels,
        height=230,
        barmode="overlay",
        margin={"l": 30, "r": 92, "t": 8, "b": 24},
        xaxis={**months(since, rows), "range": span(since, rows)},
        yaxis={"rangemode": "tozero", "tickformat": "d"},
        shapes=[baseline(tone)],
    )


def _usual_band(usual: Sequence[dict[str, Any]], tone: Tones) -> go.Bar:
    return go.Bar(
        x=[middle(row) for row in usual],
        base=[row["low"] for row in usual],
        y=[row["high"] - row["low"] for row in usual],
        width=7 * DAY_MS,
        marker={"color": tone["band"], "line": {"width": 0}, "cornerradius": 0},
        hoverinfo="skip",
    )


def _bars(shown: Sequence[dict[str, Any]], noun: str, tone: Tones) -> go.Bar:
    whole = [row["is_finished"] for row in shown]
    is_monthly = bool(shown) and shown[0]["period"] == "month"
    return go.Bar(
        x=[middle(row) for row in shown],
        y=[row["n"] for row in shown],
        width=(20 if is_monthly else 4.6) * DAY_MS,
        marker={
            "color": [tone["accent"] if done else CLEAR for done in whole],
            "line": {"color": tone["accent"], "width": [0 if done else 1 for done in whole]},
            "pattern": {
                "shape": ["" if done else "/" for done in whole],
                "fgcolor": tone["accent"],
                "size": 5,
            },
        },
        ids=addresses(shown),
        customdata=[hover_period(row) for row in shown],
        hovertemplate=f"%{{customdata}}: %{{y}} {noun}s<extra></extra>",
    )

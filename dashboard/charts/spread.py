"""How spread lead time is: changes by doublings of hours, the median and the slow end named."""

from collections.abc import Mapping
from math import log2

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, baseline, figure
from sql import words

# Of each step where it begins, on a scale of doublings; the first holds all that is shorter.
FIRST = -3
NAMED = (0.5, 2, 8, 32, 128, 512, 2048)


def spread(
    rows: pl.DataFrame, marks: Mapping[str, float | None], tone: Tones, *, is_demo: bool = False
) -> go.Figure:
    """Draw a bar for each step of lead time, and a line at each of the named hours.

    Rows carry step, from_hours, to_hours and change_count.
    """
    found = rows.to_dicts()
    most = max((row["change_count"] for row in found), default=1)
    last = max((row["step"] for row in found), default=9)
    first = min((row["step"] for row in found), default=1)
    places = {name: min(max(log2(hours), FIRST), 12.0) for name, hours in marks.items() if hours}
    return figure(
        tone,
        [
            go.Bar(
                x=[FIRST + row["step"] + 0.5 for row in found],
                y=[row["change_count"] for row in found],
                width=0.9,
                marker={"color": tone["accent2"]},
                customdata=[f"{_between(row)}: {words.counted(row['change_count'], 'change')}"
                            for row in found],
                hovertemplate="%{customdata}<extra></extra>",
            )
        ],
        is_demo=is_demo,
        height=190,
        margin={"l": 30, "r": 8, "t": 40, "b": 24},
        xaxis={
            "range": [FIRST + min(first, 2), FIRST + max(last, 9) + 1],
            "tickvals": [log2(hours) for hours in NAMED],
            "ticktext": [words.duration(hours) for hours in NAMED],
            "tickangle": 0,
        },
        yaxis={"range": [0, 1.08 * most], "tickformat": "d"},
        shapes=[baseline(tone), *(_line(at, tone) for at in places.values())],
        annotations=[
            _name(f"{name}: {words.duration(marks[name])}", at, index, tone)
            for index, (name, at) in enumerate(places.items())
        ],
    )  # fmt: skip


def _between(row: dict[str, float]) -> str:
    if not row["from_hours"]:
        return f"under {words.duration(row['to_hours'])}"
    if row["to_hours"] is None:
        return f"over {words.duration(row['from_hours'])}"
    return f"{words.duration(row['from_hours'])} to {words.duration(row['to_hours'])}"


def _line(at: float, tone: Tones) -> dict[str, object]:
    return {
        "type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1.02,
        "line": {"color": tone["ink"], "width": 1.2, "dash": "dot"},
    }  # fmt: skip


def _name(text: str, at: float, index: int, tone: Tones) -> dict[str, object]:
    """Name a line above the plot, each at its own height, so that no two touch."""
    return {
        "text": text, "x": at, "xanchor": "right" if at > 4 else "center", "yref": "paper",
        "y": 1.02, "yanchor": "bottom",
        "yshift": 16 * (index % 2), "showarrow": False, "font": {"size": 12, "color": tone["ink"]},
    }  # fmt: skip

"""When people ship: weekday by hour, one hue."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.parts import Tones, figure
from sql.words import WEEKDAYS


def hours(rows: Sequence[dict[str, Any]], tone: Tones, *, is_demo: bool = False) -> go.Figure:
    """Draw counts by weekday and hour, darker for more; rows have weekday, hour and a count."""
    counts = {(row["weekday"], row["hour"]): row["deployment_count"] for row in rows}
    first = min(hour for _, hour in counts)
    last = max(hour for _, hour in counts)
    across = range(first, last + 1)
    cells = go.Heatmap(
        x=list(across),
        y=list(WEEKDAYS),
        z=[[counts.get((day, hour)) for hour in across] for day in range(1, 8)],
        colorscale=[[0, tone["band"]], [0.5, tone["accent2"]], [1, tone["accent"]]],
        zmin=0,
        xgap=3,
        ygap=3,
        showscale=False,
        hoverongaps=False,
        hovertemplate="%{y}, from %{x}:00: %{z}<extra></extra>",
    )
    return figure(
        tone,
        [cells],
        is_demo=is_demo,
        height=7 * 28 + 46,
        margin={"l": 38, "r": 8, "t": 4, "b": 28},
        xaxis={"tickvals": [hour for hour in across if hour % 2 == 0]},
        yaxis={"autorange": "reversed", "showgrid": False, "dtick": 1},
    )

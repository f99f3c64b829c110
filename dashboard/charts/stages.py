"""Where lead time goes: one bar a period, split by stage."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.parts import Tones, figure
from sql import words

# The first word of a stage's row; work is drawn solid and waiting hatched.
STAGES = (
    ("coding", "coding_hours", False),
    ("pickup", "pickup_hours", True),
    ("review", "review_hours", False),
    ("merge", "merge_hours", True),
    ("wait", "wait_hours", True),
    ("deploy", "deployment_hours", False),
)


def stages(rows: pl.DataFrame, tone: Tones, *, is_demo: bool = False) -> go.Figure:
    """Draw one bar a period, the median lead time split by stage; its total at the end.

    Rows carry the hours of each stage, all_hours, lead_time_hours and is_now, oldest first.
    """
    found = rows.filter(pl.col("all_hours") > 0).to_dicts()
    names = ["4 weeks" if row["is_now"] else "a year before" for row in found]
    traces, labels, heads = [], [], []
    totals = [row["lead_time_hours"] for row in found]
    longest = max(totals, default=1.0)
    # The names of stages stand over the longer bar, where there is room for them.
    over = totals.index(longest) if totals else 0
    solid = iter((tone["accent"], tone["accent2"], tone["ink3"]))
    for name, column, is_waiting in STAGES:
        parts = [_part(row, column) for row in found]
        if not any(parts):
            continue
        colour = tone["slowtint"] if is_waiting else next(solid)
        traces.append(_stage_bar(name, names, parts, found, colour, is_waiting, tone))
        heads.append((name, is_waiting, parts[over], sum(bar.x[over] for bar in traces[:-1])))
    if len(heads) == 1:
        # Only the whole is known: a stage's name over it would claim to know more.
        heads = []
    for head, is_waiting, length, start in heads:
        # A name needs room for its letters, or it touches the next one.
        if length > 0.028 * len(head) * longest:
            colour = tone["slow"] if is_waiting else tone["accent"]
            labels.append(_above(head, start + length / 2, names[over], colour))
    for name, row in zip(names, found, strict=True):
        total = words.duration(row["lead_time_hours"])
        labels.append(_total(total, row["lead_time_hours"], name, tone["ink"]))
    return figure(
        tone,
        traces,
        is_demo=is_demo,
        annotations=labels,
        barmode="stack",
        height=40 + 64 * max(len(found), 1),
        margin={"l": 82, "r": 62, "t": 26, "b": 4},
        xaxis={"visible": False, "range": [0, longest]},
        yaxis={
            "showgrid": False,
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "tickfont": {"size": 13, "color": tone["ink"]},
        },
    )


def _part(row: dict[str, Any], column: str) -> float:
    return float(row["lead_time_hours"] * (row[column] or 0) / row["all_hours"])


def _stage_bar(
    name: str,
    names: Sequence[str],
    parts: Sequence[float],
    found: Sequence[dict[str, Any]],
    colour: str,
    is_waiting: bool,
    tone: Tones,
) -> go.Bar:
    longest = max(row["lead_time_hours"] for row in found)
    inside = [words.duration(part) if part > 0.1 * longest else "" for part in parts]
    # Over hatching a number reads better bold.
    inside = [f"<b>{one}</b>" if one and is_waiting else one for one in inside]
    return go.Bar(
        y=list(names),
        x=list(parts),
        orientation="h",
        width=0.52,
        text=inside,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 12, "color": tone["ink"] if is_waiting else _on(colour)},
        marker={
            "color": colour,
            "line": {"color": tone["paper"], "width": 1},
            "pattern": {
                "shape": "/" if is_waiting else "",
                "fgcolor": tone["slowmark"],
                "bgcolor": colour,
                "size": 7,
                "solidity": 0.1,
            },
        },
        customdata=[f"{name}: {words.duration(part)}" for part in parts],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _above(text: str, at: float, name: str, colour: str) -> dict[str, Any]:
    return {
        "text": text,
        "x": at,
        "y": name,
        "yshift": 34,
        "showarrow": False,
        "font": {"size": 12, "color": colour},
    }


def _total(text: str, at: float, name: str, colour: str) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>",
        "x": at,
        "y": name,
        "xanchor": "left",
        "xshift": 7,
        "showarrow": False,
        "font": {"size": 13, "color": colour},
    }


def _on(colour: str) -> str:
    """Choose pure white or black for text on a colour, whichever reads better."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#FFFFFF"

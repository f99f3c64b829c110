"""Colours, the Plotly template and the stylesheet, all from one set of tokens."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.io import templates

from sql.drawing.tones import DARK, LIGHT

# Ours is laid under each chart; Plotly's own would come on top.
templates.default = None
SANS = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'


def tones() -> Mapping[str, str]:
    """Return the colours of the mode that the reader's browser is in."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@cache
def stylesheet() -> str:
    """Return the style element; the browser picks light or dark by itself."""
    pairs = (f"--{name}:light-dark({light},{DARK[name]});" for name, light in LIGHT.items())
    css = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    return f"<style>.stApp{{{''.join(pairs)}}}\n{css}</style>"


def layout(tone: Mapping[str, str], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the template of a mode under a chart's own layout.

    As its values, since Plotly takes a template for a change whenever it is asked to draw, and
    Streamlit asks twice for each chart.
    """
    return _over(_template(tuple(tone.items())), own)


@cache
def _template(tone: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    found: dict[str, Any] = template(dict(tone)).layout.to_plotly_json()
    return found


def _over(under: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        key: _over(under[key], value)
        for key, value in own.items()
        if isinstance(value, dict) and isinstance(under.get(key), dict)
    }
    return {**under, **own, **nested}


def template(tone: Mapping[str, str]) -> go.layout.Template:
    """Make the Plotly template of one mode."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "fixedrange": True,
        "ticks": "",
        "tickfont": {"size": 12, "color": tone["ink3"]},
        "nticks": 4,
        "gridcolor": tone["line"],
        "gridwidth": 1,
    }
    hover = {
        "bgcolor": tone["panel"],
        "bordercolor": tone["axis"],
        "font": {"color": tone["ink"], "size": 13, "family": SANS},
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"size": 13, "color": tone["ink2"], "family": SANS},
            "colorway": [
                tone[n] for n in ("accent", "slowmark", "ink3", "accent2", "stall", "ink")
            ],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 24},
            "showlegend": False,
            "dragmode": False,
            "xaxis": axis,
            "yaxis": {**axis, "showgrid": True},
            "bargap": 0.28,
            "barcornerradius": 1,
            "hoverlabel": hover,
            "uniformtext": {"mode": "hide", "minsize": 11},
            "colorscale": {
                "sequential": [[0, tone["band"]], [0.5, tone["accent2"]], [1, tone["accent"]]]
            },
        }
    )


def watermark(tone: Mapping[str, str]) -> dict[str, object]:
    """Make the faint word that marks a picture of made-up data wherever it is pasted."""
    return {
        "text": "demo",
        "xref": "paper",
        "yref": "paper",
        "x": 0.5,
        "y": 0.5,
        "showarrow": False,
        "opacity": 0.1,
        "font": {"size": 30, "color": tone["ink3"]},
    }

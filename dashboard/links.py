"""Links between pages that do not reload the document."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import polars as pl
import streamlit as st

from dashboard import filters

JS = Path(__file__).with_suffix(".js")
KEY = "links"


def address(page: str, choices: Mapping[str, str]) -> str:
    """Return the address of a page with choices of its filters, escaped."""
    told = "&".join(f"{key}={quote(value, safe='')}" for key, value in choices.items() if value)
    return (page or ".") + (f"?{told}" if told else "")


def leading(rows: pl.DataFrame, to: Callable[[dict[str, Any]], str]) -> pl.DataFrame:
    """Give each row the address that a click on it leads to."""
    return rows.with_columns(
        pl.Series("address", [to(row) for row in rows.to_dicts()], dtype=pl.String)
    )


def listen(page: str) -> bool:
    """Hear which link the reader follows; tell whether it leads away from ``page``.

    Its choices are kept first; then the browser goes on, by the page's own navigation.
    """
    going = st.session_state.pop("going", None)
    is_leaving = going is not None and going["page"] != page
    _listener()(key=KEY, data=going if is_leaving else None, on_went_change=_followed)
    return is_leaving


@cache
def _listener() -> Any:
    return st.components.v2.component("drumbeat_links", js=JS.read_text(encoding="utf-8"))


def _followed() -> None:
    """Keep the choices of the link that was followed, and where it leads."""
    href = st.session_state[KEY].get("went") or ""
    parts = urlsplit(href)
    told: dict[str, str | None] = dict(parse_qsl(parts.query))
    if parts.path.strip("./") == "flow":
        # Else what was chosen there before would hide what the link speaks of.
        told = {**filters.WHOLE, **told}
    filters.choose(told)
    st.session_state["steps"] = st.session_state.get("steps", 0) + 1
    step = st.session_state["steps"]
    st.session_state["going"] = {"to": href, "page": parts.path.strip("./"), "step": step}

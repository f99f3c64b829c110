"""The search box: is a change live, since when, in which regions, else when it is expected."""

import streamlit as st

from dashboard import data, marks
from dashboard.frame import Frame
from sql import locating
from sql.words import capital, escape_html

HELP = capital(locating.HELP)
MOST = 8


def box(page: Frame) -> None:
    """Ask for a change and say where it is."""
    with st.container(key="where"):
        asked = st.text_input(
            "Is a change live?", key="where-asked", placeholder=HELP, width=560
        ).strip()
    if not asked:
        return
    which, value = locating.which(asked)
    rows = data.ask(locating.CHANGES.format(which=which), [value]).to_dicts()
    if not rows:
        # A commit inside a pull request is known by the commit graph alone.
        hint = f"drumbeat where {asked}" if locating.SHA.fullmatch(asked) else ""
        marks.empty("No change is called that.", f"{HELP}.", hint)
        return
    placed = [
        locating.placed(
            row, data.ask(locating.REGIONS, [row["service"], row["change_id"]]).to_dicts()
        )
        for row in rows[:MOST]
    ]
    told = "".join(
        f"<p><b>{escape_html(locating.head(row))}</b><br>"
        f"{escape_html(locating.state(row, page.run.zone, page.run.as_of))}</p>"
        for row in placed
    )
    more = len(rows) - MOST
    tail = f'<p class="caption">and {more} more</p>' if more > 0 else ""
    marks.write(f'<div class="found">{told}{tail}</div>')

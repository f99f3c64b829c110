"""The same data as other tools count it: the SQL of each over the last twelve whole weeks."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import streamlit as st

from dashboard import data, marks
from dashboard.frame import Frame
from dashboard.marks import Column
from dashboard.questions import offered
from sql import names, peering
from sql.runs import Run
from sql.tools import FOUND, METRICS, OURS, cell, numbers
from sql.words import escape_html

WEEKS = 12
EVERYBODY = "The whole organisation"
OLD = "This published file can't be compared: an earlier version made it."


@st.fragment
def show(page: Frame) -> None:
    """Offer to compare; what that costs is paid by who asks."""
    chosen = st.selectbox(
        "Compare the numbers of",
        [EVERYBODY, *offered.service_names()],
        index=None,
        key="compared",
        placeholder="Compare the numbers of ...",
        label_visibility="collapsed",
        width=300,
    )
    if chosen is None:
        return
    service = "" if chosen == EVERYBODY else chosen
    try:
        with st.spinner("Counting"):
            found = asked(service, page.run)
    except duckdb.CatalogException:
        marks.empty(OLD, "Build it again:", "drumbeat rebuild")
        return
    marks.write(table(found, is_git_only=page.run.is_git_only))


def asked(service: str, run: Run) -> list[dict[str, Any]]:
    """Return the numbers of all tools, ours first, kept while the file is current."""
    path, _ = data.cursor()
    since = run.this_week - timedelta(weeks=WEEKS)
    return _counted(str(path), service, since, run.this_week, run.zone)


@st.cache_data(max_entries=64, show_spinner=False)
def _counted(path: str, service: str, since: date, until: date, zone: str) -> list[dict[str, Any]]:
    scope, name = ("service", service) if service else ("organisation", "organisation")
    with data.opened(Path(path)) as con:
        query = "from metrics_between($since, $until) where scope = $scope and name = $name"
        params = {"since": since, "until": until, "scope": scope, "name": name}
        ours = con.sql(query, params=params).pl().to_dicts()
        found = [{"tool": OURS, "their_name": names.metric(row["metric"]), **row} for row in ours]
        days = {"since": since, "until": until, "today": until, "by": "window"}
        tables = [f"{tool.key}.metrics" for tool in FOUND]
        for text, told in peering.statements(tables, service=service or None, days=days, zone=zone):
            con.execute(text, told).fetchall()
        for tool in FOUND:
            query = f"from {tool.key}__metrics where scope = $scope and name = $name"
            wide = con.sql(query, params={"scope": scope, "name": name}).pl()
            for row in wide.iter_rows(named=True):
                found += numbers(tool, row, "window")
    return found


def table(found: list[dict[str, Any]], *, is_git_only: bool) -> str:
    """Return one row a tool and one column a metric, each with what stands behind it."""
    titles = {OURS: "Drumbeat"} | {tool.key: tool.title for tool in FOUND}
    columns = [Column("", "name")] + [
        Column(names.metric(metric, is_git_only=is_git_only), "title") for metric in METRICS
    ]
    cells = []
    for key, title in titles.items():
        mine = {row["metric"]: row for row in found if row["tool"] == key}
        cells.append([f"<b>{escape_html(title)}</b>", *(said(mine.get(one)) for one in METRICS)])
    return marks.table(columns, cells, "blocks")


def said(row: dict[str, Any] | None) -> str:
    """Say a number, with what its tool calls it and how many stand behind it below."""
    if row is None:
        return ""
    number, _, behind = cell(row).rpartition(" (")
    called = row.get("their_name", "")
    small = f"{escape_html(called)}, {behind.rstrip(')')}" if called else behind.rstrip(")")
    return f'<span class="ink">{escape_html(number)}</span><small>{small}</small>'

"""What the evidence shows of how services are deployed, each trait told apart from the next."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import polars as pl

from dashboard import architecture, data
from dashboard.frame import Frame
from dashboard.marks import Column, caption, table
from sql.words import escape_html, few

MOST_NAMES = 6
MOST_FIRST = 8
FIRST: Mapping[tuple[str, str], str] = {
    ("Rolled back now", "project"): "A rollback now is a project: past an irreversible step",
    ("Failures taken back by", "project"): "A failure took a project to take back",
    ("What a flag did", "failed"): "An incident is put down to turning up a flag",
    ("Schema and code", "risky"): "A migration that takes something away went out with code",
    ("Way to production", "bypass_no"): "Protections were bypassed",
    ("Canaries", "level_0"): "Slow rollouts that nothing looks at",
    ("Way to production", "direct_commit_no"): "Commits went to production past any change",
    ("Declared state", "drifted"): "What runs has drifted from what is declared",
    ("Canary verdicts", "fast_promoted"): "Canaries were promoted past their steps",
    ("Schema and code", "data_with_code"): "A migration that moves data went out with code",
    ("Way to production", "workflow_no"): "Pipelines were changed without a review",
    ("Way to production", "setting_no"): "Settings were changed by no reviewed change",
    ("Versions at once", "several"): "Regions ran apart outside of a rollout",
    ("Artifacts", "two_digests"): "Versions with two digests: not built once",
    ("Artifacts", "anew"): "Versions first ran in production",
    ("Rollbacks practised", "no"): "The runbook of a rollback was never tried",
    ("Rollbacks practised", "stale"): "The claim that rollbacks are practised has run out",
    ("Canaries", "level_1"): "Rollouts in steps that nothing judges",
    ("Shadow traffic", "configured"): "Shadow traffic is configured, and was never sent",
    ("Topology changed", "other_team"): "Topology is changed in a repository of another team",
    ("Fridays", "yes"): "Fridays are avoided beyond chance",
    ("Open branches", "long"): "Branches stay open for long",
}
"""What is worth a look first, in this order: what broke something or can not be taken back, then
what went past the way to production, then what was never tried. The unknown is not among it."""
CAPTION = (
    "what broke something or can not be taken back, then what went past the way to production, then"
    " what was never tried; a choice of where to look, no grade"
)


def seen(service: str, team: str) -> pl.DataFrame:
    """Return every trait that was seen of a service, else of a team's or of all, in their order."""
    return data.ask(
        "select habits.* from marts.architecture_habits as habits"
        " inner join marts.service_overview as overview using (service)"
        " where ? in ('', service) and ? in ('', team) order by place, service",
        [service, team],
    )


def worth_a_look(found: pl.DataFrame) -> pl.DataFrame:
    """Return those of the habits that are worth a look, as they are said, in their order."""
    order = {key: place for place, key in enumerate(FIRST)}
    rows = [
        {**row, "place": order[key], "says": FIRST[key]}
        for row in found.to_dicts()
        if (key := (row["aspect"], row["habit"])) in FIRST
    ]
    return pl.DataFrame(rows, schema=found.schema).sort("place", "service")


def first(found: pl.DataFrame, page: Frame) -> str:
    """Return the first of what is worth a look: what, how often and at which services."""
    columns = [Column("What", "name"), Column("Seen", "num"), Column("Where", "said")]
    if page.service:
        columns = columns[:2]
    cells = []
    for says, of in groupby(found.to_dicts(), key=lambda row: row["says"]):
        rows = list(of)
        count = sum(row["case_count"] for row in rows)
        cells.append([escape_html(says), f"{count:,}", _names(rows, page)][: len(columns)])
    more = len(cells) - MOST_FIRST
    tail = caption(f"and {more} more, below with all that is seen") if more > 0 else ""
    return table(columns, cells[:MOST_FIRST], "blocks first") + tail


def apart(found: pl.DataFrame, page: Frame) -> str:
    """Return a line for each aspect: how often of a service, else at which services."""
    columns = [Column("About", "name"), Column("What is seen", "said")]
    cells = []
    for aspect, rows in groupby(found.iter_rows(named=True), key=lambda row: row["aspect"]):
        habits = groupby(rows, key=lambda row: row["says"])
        told = (escape_html(says) + _how_often(list(of), page) for says, of in habits)
        cells.append([escape_html(aspect), "<br>".join(told)])
    return table(columns, cells, "blocks")


def _how_often(rows: list[dict[str, Any]], page: Frame) -> str:
    if page.service:
        # Where nothing is counted, once says nothing.
        return f": <b>{rows[0]['case_count']:,}</b>" if rows[0]["aspect_count"] != 1 else ""
    return f": <b>{_names(rows, page)}</b>"


def _names(rows: list[dict[str, Any]], page: Frame) -> str:
    return few([architecture.to(row["service"], page) for row in rows], MOST_NAMES)

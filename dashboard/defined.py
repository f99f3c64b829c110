"""The definitions that numbers are made under: each id, its rules, and what changed when."""

import json
from typing import Any

import polars as pl

from dashboard import data, marks
from dashboard.frame import Frame
from dashboard.marks import Column
from sql import names, words
from sql.words import escape_html

CHANGES = """
select since_at, metric, service, definition, replaced from facts.definition_changes
where replaced is not null order by since_at desc, entry desc limit 20
"""


def show(page: Frame) -> None:
    """Write the rules in force, and since when."""
    order = list(names.WINDOWS)
    found = data.ask(
        "from marts.definitions order by list_position(?, metric), definition", [order]
    )
    marks.write(rule_table(found, page))
    changes = data.ask(CHANGES)
    if not changes.is_empty():
        marks.chart_title("What changed", "all weeks are counted anew when a rule changes")
        marks.write(change_table(changes, page))


def rule_table(found: pl.DataFrame, page: Frame) -> str:
    """Return one row a definition."""
    columns = [Column("Metric", "name"), Column("Rules", "title")]
    cells = [
        [
            f"<b>{escape_html(named(row['metric'], page))}</b>"
            f"<small>{escape_html(row['definition'])}</small>",
            escape_html(rules(row)),
        ]
        for row in found.to_dicts()
    ]
    return marks.table(columns, cells, "blocks")


def rules(row: dict[str, Any]) -> str:
    """Say the rules that an id is short for."""
    if row["is_mixed"]:
        return f"Its services are counted by several: {row['rules']}."
    told = json.loads(row["rules"])
    return "; ".join(f"{name.replace('_', ' ')}: {value(told[name])}" for name in told)


def value(found: object) -> str:
    """Say the value of a rule."""
    if isinstance(found, list):
        return ", ".join(map(str, found)) or "none"
    return f"{found:g}" if isinstance(found, float) else str(found).replace("_", " ")


def change_table(found: pl.DataFrame, page: Frame) -> str:
    """Return one row a change of definition."""
    columns = [Column("Since", "keep"), Column("Metric", "name"), Column("Definition", "title")]
    cells = [
        [
            escape_html(words.day(page.run.day(row["since_at"]))),
            f"<b>{escape_html(named(row['metric'], page))}</b>"
            f"<small>{escape_html(row['service'] or 'the organisation')}</small>",
            escape_html(f"{row['definition'] or 'no own any more'} in place of {row['replaced']}"),
        ]
        for row in found.to_dicts()
    ]
    return marks.table(columns, cells, "blocks")


def named(metric: str, page: Frame) -> str:
    """Return what a metric is called."""
    return names.metric(metric, is_git_only=page.run.is_git_only)

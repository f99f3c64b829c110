"""What people remember when they look at charts: said in words under the charts that mark it."""

from datetime import date
from typing import Any

import polars as pl

from dashboard import data, marks
from dashboard.charts.annotated import days
from dashboard.charts.parts import said
from dashboard.frame import Frame
from sql import names, words
from sql.words import escape_html

MOST = 4
UNITS = {"deployment_frequency": "per week", "change_lead_time": "hours"}


def annotations(page: Frame, since: date | None = None) -> pl.DataFrame:
    """Return what happened to the page's scope since a day, the latest first."""
    scope, name = page.scope
    return data.ask(
        "select starts_on, ends_on, text from facts.annotations where ends_on >= $1"
        " and (service is null or (service = $3 and $2 = 'service'))"
        " and (team is null or (team = $3 and $2 = 'team') or ($2 = 'service' and team in"
        " (select team from marts.service_overview where service = $3)))"
        " order by starts_on desc, text",
        [since or page.since, scope, name],
    )


def changes(page: Frame) -> pl.DataFrame:
    """Return when the level of a metric of the page's scope became another one."""
    rows = data.ask(
        "select metric, changed_on, before_value, after_value from marts.change_points"
        " where scope = ? and name = ? and changed_on >= ? order by changed_on desc, metric",
        [*page.scope, page.since],
    ).to_dicts()
    return pl.DataFrame(
        [
            {"metric": row["metric"], **dict.fromkeys(("starts_on", "ends_on"), row["changed_on"]),
             "text": level(row, is_git_only=page.run.is_git_only)}
            for row in rows
        ],
        schema={"metric": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "text": pl.String},
    )  # fmt: skip


def level(row: dict[str, Any], *, is_git_only: bool) -> str:
    """Say a change of level: its metric, before and after."""
    name = names.metric(row["metric"], is_git_only=is_git_only).lower()
    unit = UNITS.get(row["metric"], "rate")
    return f"{name} from {said(row['before_value'], unit)} to {said(row['after_value'], unit)}"


def say(found: pl.DataFrame) -> None:
    """Write what charts mark, for those who can not point at it."""
    if found.is_empty():
        return
    told = [f"{days(row)}: {escape_html(row['text'])}" for row in found.head(MOST).to_dicts()]
    more = found.height - MOST
    told += [f"and {words.counted(more, 'earlier one')}"] if more > 0 else []
    marks.write(f'<p class="caption">Marked ▾ on the charts: {"; ".join(told)}.</p>')

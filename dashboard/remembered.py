"""What people remember when they look at charts: said in words under the charts that mark it."""

from datetime import date

import polars as pl

from dashboard import data, marks
from dashboard.charts.annotated import days
from dashboard.frame import Frame
from sql import words
from sql.words import escape_html

MOST = 4


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


def say(found: pl.DataFrame) -> None:
    """Write what charts mark, for those who can not point at it."""
    if found.is_empty():
        return
    told = [f"{days(row)}: {escape_html(row['text'])}" for row in found.head(MOST).to_dicts()]
    more = found.height - MOST
    told += [f"and {words.counted(more, 'earlier one')}"] if more > 0 else []
    marks.write(f'<p class="caption">Marked ▾ on the charts: {"; ".join(told)}.</p>')

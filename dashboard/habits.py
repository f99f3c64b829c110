"""What the evidence shows of how services are deployed, each trait told apart from the next."""

from itertools import groupby

import polars as pl

from dashboard import data
from dashboard.frame import Frame
from dashboard.marks import Column, table
from sql.words import escape_html

MOST_NAMES = 6


def seen(service: str, team: str) -> pl.DataFrame:
    """Return every trait that was seen of a service, else of a team's or of all, in their order."""
    return data.ask(
        "select habits.* from marts.architecture_habits as habits"
        " inner join marts.service_overview as overview using (service)"
        " where ? in ('', service) and ? in ('', team) order by place, service",
        [service, team],
    )


def apart(found: pl.DataFrame, page: Frame) -> str:
    """Return a line for each aspect: how often of a service, else at which services."""
    columns = [Column("About", "name"), Column("What is seen", "said")]
    cells = []
    for aspect, rows in groupby(found.iter_rows(named=True), key=lambda row: row["aspect"]):
        habits = groupby(rows, key=lambda row: row["says"])
        told = (escape_html(says) + _how_often(list(of), page) for says, of in habits)
        cells.append([escape_html(aspect), "<br>".join(told)])
    return table(columns, cells, "blocks")


def _how_often(rows: list[dict[str, object]], page: Frame) -> str:
    if page.service:
        # Where nothing is counted, once says nothing.
        return f": <b>{rows[0]['case_count']:,}</b>" if rows[0]["aspect_count"] != 1 else ""
    names = [escape_html(str(row["service"])) for row in rows]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f": <b>{', '.join(names[:MOST_NAMES])}{more}</b>"

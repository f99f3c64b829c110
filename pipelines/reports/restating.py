"""What the report says of earlier ones: which of their numbers moved, and why."""

from collections.abc import Sequence

import duckdb

from pipelines.reports.contents import Cell, Column, Table
from pipelines.reports.outside import short
from pipelines.reports.reading import MINE, NAME, WEEK, Edition, Row
from sql import names, restating, words
from sql.words import Part, Sentence

WEEKS = 12
SAID = 3
MOST = 8
"""Rows of the table; every one of them is in marts.restatements."""
SCOPES = ("organisation", "team", "service")
ASKED = f"""
select
    metric, scope, name, week_on, unit, delivered_at, cast(then_value as double) as then_value,
    then_at_least, then_n, then_definition, cast(now_value as double) as now_value, now_at_least,
    now_n, now_definition, cast(movement as double) as movement,
    cast(late_part as double) as late_part, cast(override_part as double) as override_part,
    cast(definition_part as double) as definition_part, later_incident_count,
    unlinked_incident_count, is_late, is_overruled, has_moved
from marts.restatements where week_on between $since and $monday and (
    $scope = 'organisation' or scope = $scope and name = $name
    or scope = 'service' and name in (select service from {MINE})
)
order by week_on desc, list_position(['organisation', 'team', 'service'], scope), name,
    list_position($metrics, metric)
"""
CAPTION = (
    "What the report of each week told, and what that is now: the last 12 weeks, where it moved by"
    " a point or more (a rate), or by a hundredth of what was told."
)


def restatements(edition: Edition) -> list[Row]:
    """Return what earlier reports told of the last twelve weeks, moved or not."""
    try:
        since = edition.week - (WEEKS - 1) * WEEK
        return edition.ask(ASKED, since=since, metrics=list(names.WINDOWS))
    except duckdb.CatalogException:
        # An earlier release published the file.
        return []


def opening(edition: Edition, found: Sequence[Row]) -> Sentence:
    """Say what moved of the report's own numbers; nothing where nothing was reported yet."""
    if not found:
        return ()
    moved = [row for row in found if restating.differs(row)]
    if not moved:
        return (Part(restating.UNMOVED),)
    whole = [row for row in moved if row["scope"] == edition.scope.kind]
    said = restating.sentences(whole, SAID, is_git_only=edition.run.is_git_only)
    told = len({row["week_on"] for row in whole})
    more = _more(max(told - SAID, 0), len(moved) - len(whole), edition.scope.kind)
    parts = [*said, *([(Part(more),)] if more else [])]
    return tuple(part for place, one in enumerate(parts) for part in _joined(place, one))


def _joined(place: int, sentence: Sentence) -> Sentence:
    return ((Part(" "),) if place else ()) + sentence


def _more(weeks: int, rest: int, scope: str) -> str:
    parts = [words.counted(weeks, "earlier week")] if weeks else []
    of = "teams and services" if scope == "organisation" else "services"
    parts += [f"{words.counted(rest, 'more number')} of {of}"] if rest else []
    verb = "is" if weeks + rest == 1 else "are"
    return f"{words.capital(words.listed(parts))} {verb} under Restated." if parts else ""


def table(edition: Edition, found: Sequence[Row]) -> Table | None:
    """Return every number that moved, the latest week first; nothing where none did."""
    moved = [row for row in found if restating.differs(row)]
    if not moved:
        return None
    columns = (
        Column("Week"),
        Column("Of"),
        Column("Metric"),
        Column("Told", True),
        Column("Now", True),
        Column("Why"),
    )
    rows = tuple(_row(edition, row) for row in moved[:MOST])
    more = f"And {len(moved) - MOST} more, in marts.restatements." if len(moved) > MOST else ""
    return Table("restated", "Restated", CAPTION, columns, rows, more)


def _row(edition: Edition, row: Row) -> tuple[Cell, ...]:
    scope = "" if row["scope"] == "organisation" else row["scope"]
    name = edition.run.organisation if row["scope"] == "organisation" else row["name"]
    return (
        Cell(str(row["week_on"].isocalendar().week), is_strong=True),
        Cell(short(name, NAME), scope),
        Cell(names.metric(row["metric"], is_git_only=edition.run.is_git_only)),
        Cell(restating.then(row)),
        Cell(restating.now(row), is_strong=True),
        Cell(restating.why(row, is_git_only=edition.run.is_git_only)),
    )

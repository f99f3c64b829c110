"""What changed beyond chance: the verdicts of the tests, in words."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from pipelines.reports.contents import Column, Mark, Said, Table
from pipelines.reports.outside import short
from pipelines.reports.reading import MINE, NAME, Edition, Row
from sql import names, words
from sql.words import Part, Sentence

ASKED = f"""
from facts.trends where (scope = $scope and name = $name) or $scope = 'organisation'
    or (scope = 'service' and name in (select service from {MINE}))
order by list_position(['organisation', 'team', 'service'], scope), name,
    list_position($metrics, metric), week_count
"""
CHANGED = ("worse", "better")
VERBS: Mapping[str, Mapping[str, str]] = {
    "change_lead_time": {"worse": "takes longer to deliver", "better": "delivers sooner"},
    "change_fail_rate": {"worse": "fails more often", "better": "fails less often"},
    "recovery_time": {"worse": "takes longer to recover", "better": "recovers sooner"},
}
TITLE = "What changed beyond chance"
CAPTION = (
    "Against the 26 weeks before; by itself each would happen less often than once in two hundred"
    " times. An organisation with many services sees a few such by chance alone."
)
FEW = "too few to tell"


def trends(edition: Edition) -> list[Row]:
    """Return what the tests say of everything that the report is of, as of now."""
    try:
        return edition.ask(ASKED, metrics=list(names.WINDOWS))
    except duckdb.Error:
        # An earlier release published the file.
        return []


def table(edition: Edition, found: Sequence[Row], then: str) -> Table:
    """Return what changed, and in one line what did not."""
    columns = (Column(""), Column(""))
    if not edition.is_latest:
        return Table("beyond", TITLE, then, columns, ())
    changed = [
        row for row in found if row["verdict"] in CHANGED and row["before_value"] is not None
    ]
    rows = tuple((Mark(row["verdict"]), Said(_changed(edition, row))) for row in changed)
    after = " ".join(_others(edition, found)) or "Too little has been deployed to tell."
    return Table("beyond", TITLE, CAPTION if rows else "", columns, rows, after)


def _changed(edition: Edition, row: Row) -> Sentence:
    """Say one change: ``Web-shop fails more often: 27 % of its last 86 deployments, ...``."""
    who = words.capital(_who(edition, row))
    verb = VERBS[row["metric"]][row["verdict"]]
    return (Part(f"{who} {verb}", "strong"), Part(f": {_values(edition, row)}."))


def _values(edition: Edition, row: Row) -> str:
    noun, before = edition.run.noun, "in the six months before"
    if row["metric"] == "change_fail_rate":
        count = words.counted(row["recent_count"], noun)
        return (
            f"{words.rate(row['recent_value'])} of the {count} of {row['week_count']} weeks,"
            f" {words.rate(row['before_value'])} {before}"
        )
    now = words.duration(row["recent_value"])
    if row["recent_value"] is None:
        now = "not half of them over yet"
    of = "failures" if row["metric"] == "recovery_time" else f"{noun}s"
    return (
        f"{now} in the last {row['week_count']} weeks ({row['recent_count']} {of}),"
        f" {words.duration(row['before_value'])} {before}"
    )


def _others(edition: Edition, found: Sequence[Row]) -> Iterator[str]:
    """Yield what did not change of the report's own metrics, and of what too little is known."""
    own = [row for row in found if row["scope"] == edition.scope.kind]
    still = _metrics(row for row in own if row["verdict"] == "no change beyond chance")
    gone = _metrics(row for row in own if row["verdict"] in CHANGED)
    if same := [name for name in still if name not in gone]:
        yield f"{words.capital(words.listed(same))}: no change beyond chance."
    few = _metrics(row for row in own if row["verdict"] == FEW)
    if unknown := [name for name in few if name not in (*still, *gone)]:
        yield f"{words.capital(words.listed(unknown))}: {FEW}."
    rest = [row for row in found if row["scope"] == "service" != edition.scope.kind]
    told = {row["name"] for row in rest if row["verdict"] != FEW}
    if silent := sorted({row["name"] for row in rest} - told):
        yield f"{words.capital(_some(silent))}: {FEW}."


def _metrics(rows: Iterator[Row]) -> list[str]:
    return list(dict.fromkeys(names.metric(row["metric"]).lower() for row in rows))


def _some(found: Sequence[str]) -> str:
    said = [short(name, NAME) for name in found]
    return words.listed([*said[:5], f"{len(said) - 5} more services"] if len(said) > 6 else said)


def _who(edition: Edition, row: Row) -> str:
    if row["scope"] == "organisation":
        return edition.run.organisation
    return short(row["name"], NAME)

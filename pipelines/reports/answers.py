"""Which questions of deployment architecture are answered otherwise than before, or with no."""

from collections.abc import Sequence

import duckdb

from pipelines.reports.contents import Cell, Column, Table
from pipelines.reports.outside import short
from pipelines.reports.reading import MINE, NAME, Edition, Row
from sql import words

MOST = 8
ANSWERS = f"""
with before as (
    select *
    from facts.delivered_answers
    where edition_on < $monday
    qualify edition_on = max(edition_on) over ()
)

select
    questions.service, questions.number, questions.topic, questions.question, questions.state,
    before.state as before_state, before.edition_on as before_on, questions.known_by,
    questions.answer, questions.observed_at, questions.evidence_url
from marts.architecture_questions as questions
inner join {MINE} using (service)
left join before using (service, topic)
where questions.topic <> 'frequency'
    and (questions.state in ('no', 'stale') or questions.state <> before.state)
order by
    coalesce(questions.state <> before.state, false) desc,
    -- What Fridays lack says again what other questions are about.
    questions.topic = 'friday',
    questions.service, questions.number
"""
CAPTION = (
    "Answers that are no or stale, and those that are other than in the report before, first."
    " Unknown is no worse than yes; how often it ships stands above. There is no total."
)


def answers(edition: Edition) -> list[Row]:
    """Return what is answered with no, not seen lately, or otherwise than in the report before."""
    try:
        return edition.ask(ANSWERS)
    except duckdb.CatalogException:
        # An earlier release published the file.
        return []


def tables(edition: Edition, found: Sequence[Row]) -> list[Table]:
    """Return the section, where it has anything to say."""
    if not found:
        return []
    columns = (Column("Service"), Column("Question"), Column("State"), Column("Answer"))
    rows = tuple(
        (
            Cell(short(row["service"], NAME), is_strong=True),
            Cell(row["topic"].replace("_", " ")),
            Cell(row["state"], before(row)),
            Cell(row["answer"], seen(edition, row), words.address(row["evidence_url"])),
        )
        for row in found[:MOST]
    )
    left = len(found) - MOST
    more = f"And {left} more, on the page Architecture and in drumbeat scorecard." * (left > 0)
    return [Table("answers", "Deployment architecture", CAPTION, columns, rows, more)]


def before(row: Row) -> str:
    """Say what the answer was, where that was another."""
    if row["before_state"] in (None, row["state"]):
        return ""
    return f"{row['before_state']} in week {row['before_on'].isocalendar().week}"


def seen(edition: Edition, row: Row) -> str:
    """Say of when the evidence is."""
    return words.moment(row["observed_at"], edition.run.zone) if row["observed_at"] else ""

"""What can still move a number: people who overrule the rules, and the age at which weeks hold."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard import data, marks
from dashboard.frame import Frame
from dashboard.marks import Column, table
from sql import names, words
from sql.words import escape_html

DECIDED = """
select * from marts.overrides
where starts_on >= ? and (scope = 'organisation' or scope = 'team')
order by starts_on desc, scope, name
"""
ENTRIES = "from facts.overrides order by decided_on desc, override_id desc limit 20"
SETTLED = """
select service, list(metric order by metric) as metrics,
    list(settled_age_weeks order by metric) as ages,
    list(why order by metric) as whys
from marts.settled_ages group by service order by service
"""
DOES = {
    "link": "{incident} is due to {deployment}",
    "unlink": "{incident} is not due to {deployment}",
    "failed": "{deployment} failed",
    "held": "{deployment} did not fail",
}


def overruled(page: Frame) -> None:
    """Write what people say against the rules, and how often, in both directions."""
    entries = data.ask(ENTRIES)
    if entries.is_empty():
        marks.write(marks.caption("Nobody does: no entry is known."))
        return
    marks.write(count_table(data.ask(DECIDED, [page.since])))
    marks.write(entry_table(entries))


def count_table(found: pl.DataFrame) -> str:
    """Return how often each team overruled in each month, and in which direction."""
    columns = [
        Column("Of", "name"), Column("Month", "keep"), Column("Decisions", "num"),
        Column("For a failure", "num"), Column("Against one", "num"),
        Column("In words", "words"),
    ]  # fmt: skip
    cells = [
        [
            f"<b>{escape_html(row['name'] if row['scope'] == 'team' else 'all teams')}</b>",
            f"{row['starts_on']:%Y-%m}",
            *(str(row[f"{count}_count"]) for count in ("override", "more", "fewer")),
            f"{words.counted(row['override_count'], 'decision')}: {row['more_count']} for a"
            f" failure, {row['fewer_count']} against one",
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "blocks")


def entry_table(found: pl.DataFrame) -> str:
    """Return what each entry says, why, and whether it does anything."""
    columns = [Column("Decided", "keep"), Column("What", "name"), Column("Why", "title")]
    cells = [
        [
            words.short_day(row["decided_on"]),
            f"<b>{escape_html(said(row))}</b>"
            + (
                f"<small>does nothing: {escape_html(row['problem'])}</small>"
                if row["problem"]
                else ""
            ),
            escape_html(row["reason"]),
        ]
        for row in found.to_dicts()
    ]
    return table(columns, cells, "blocks")


def said(row: dict[str, Any]) -> str:
    """Say what an entry decides."""
    return DOES[row["does"]].format(incident=row["incident_id"], deployment=row["deployment_id"])


def settled(page: Frame) -> None:
    """Write from which age on the weeks of each service hold, metric by metric."""
    found = data.ask(SETTLED)
    known = found.filter(pl.col("ages").list.eval(pl.element().is_not_null()).list.any())
    if known.is_empty():
        marks.write(
            marks.caption("Not known yet: that takes 8 weeks which reports told for 12 weeks.")
        )
        return
    order = [names.metric(one, is_git_only=page.run.is_git_only) for one in sorted(names.WINDOWS)]
    columns = [Column("Service", "name"), *(Column(one, "num") for one in order)]
    marks.write(
        table(
            [*columns, Column("In words", "words")],
            (settled_row(row, order) for row in known.to_dicts()),
            "blocks",
        )
    )


def settled_row(row: dict[str, Any], order: Sequence[str]) -> list[str]:
    """Return the ages of one service, and all of them in words for a narrow screen."""
    ages = [age(*told) for told in zip(row["ages"], row["whys"], strict=True)]
    in_words = "; ".join(f"{one}: {said}" for one, said in zip(order, ages, strict=True))
    return [f"<b>{escape_html(row['service'])}</b>", *ages, in_words]


def age(weeks: int | None, why: str | None) -> str:
    """Say an age, or why there is none."""
    if weeks is None:
        return escape_html(why or words.NOTHING)
    return "at once" if weeks == 0 else words.counted(weeks, "week")

"""What is late or silent, and what that may hide from the numbers of a page."""

from collections.abc import Sequence

from dashboard.questions import freshness
from sql import words
from sql.runs import Run

ALL = ("deployments", "incidents", "changes", "commits")
HIDES = {
    "deployments": "the newest weeks of all five metrics may be too small",
    "incidents": "the newest fail rates and recoveries may be too low",
    "changes": "the newest lead times and waits may lack changes",
    "commits": "the newest lead times may lack changes",
}


def lines(things: Sequence[str], run: Run) -> list[str]:
    """Say of each silent source among ``things`` since when, and what that may hide."""
    return [
        f"{row['source']} has told of no {row['thing']} since {words.short_day(row['last_on'])}:"
        f" {HIDES.get(row['thing'], 'its newest numbers may be too small')}."
        for row in freshness.silent().to_dicts()
        if row["thing"] in things and not run.is_demo
    ]

"""What stands beside the lead time: its stages, and the wait from merge to deployment."""

from typing import Any

from tests.reference.delivered import NAMES
from tests.reference.facts import Facts
from tests.reference.organisation import Row
from tests.reference.scopes import delivered, periods, scopes
from tests.reference.uncertainty import kaplan_meier


def beside(facts: Facts) -> tuple[dict[tuple[Any, ...], Row], dict[tuple[Any, ...], Row]]:
    """Return the rows of ``marts.change_wait`` and ``marts.lead_time_stages`` by their grain."""
    waits, stages = {}, {}
    today = facts.organisation.day(facts.organisation.as_of)
    for scope in scopes(facts):
        waiting = [row for row in facts.waits if scope.has_change(row, "merged_on")]
        changes = [
            row for row in delivered(facts) if scope.has_change(row) and not row["is_excluded"]
        ]
        for period, starts_on, ends_on in periods(scope, today):
            key = (scope.scope, scope.name, period, starts_on)
            done = [row for row in changes if starts_on <= row["finished_on"] < ends_on]
            if done or period != "day":
                stages[key] = {"change_count": len(done), **hidden(done)}
            if period in ("week", "month"):
                begun = [row for row in waiting if starts_on <= row["merged_on"] < ends_on]
                spells = [(row["seconds"] / 3600, row["is_over"]) for row in begun]
                median, low, high, at_least = kaplan_meier(spells)
                waits[key] = {
                    "change_count": len(begun),
                    "open_count": sum(not row["is_over"] for row in begun),
                    "median_hours": median,
                    "low_hours": low,
                    "high_hours": high,
                    "at_least_hours": at_least,
                }
    return waits, stages


def hidden(changes: list[Row]) -> Row:
    """Return the hours of each stage, but for reviews where one or two people wrote it all."""
    authors = {
        row["author"].lower() for row in changes if row["author"] and row["kind"] == "pull_request"
    }
    hides = len(authors) in (1, 2)
    told = {
        stage: None if hides and ("pickup" in stage or "review" in stage) else value
        for stage, value in sums(changes).items()
    }
    return {"author_count": len(authors), "hides_reviews": hides, **told}


def sums(changes: list[Row]) -> Row:
    """Return the hours of each stage in all, null where no change knows it."""
    found = {}
    for stage in (*NAMES, *(f"working_{name}" for name in NAMES)):
        known = [row[stage] for row in changes if row[stage] is not None]
        found[f"{stage}_hours"] = sum(known) / 3600 if known else None
    return found

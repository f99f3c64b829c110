"""How restatements are said: what a report told of a week, what that is now, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sql import names, words
from sql.words import Part, Sentence

Row = Mapping[str, Any]
UNMOVED = "Nothing that was reported earlier has moved by a point or more."
NOUNS = {"change_lead_time": "change", "recovery_time": "failed {}"}


def sentences(rows: Sequence[Row], most: int, *, is_git_only: bool = False) -> list[Sentence]:
    """Say what moved, a sentence for each week, the latest ``most`` weeks."""
    weeks = sorted({row["week_on"] for row in rows}, reverse=True)[:most]
    return [
        week([row for row in rows if row["week_on"] == monday], is_git_only=is_git_only)
        for monday in weeks
    ]


def week(rows: Sequence[Row], *, is_git_only: bool = False) -> Sentence:
    """Say what moved in one week: ``Week 46: change fail rate 8 % is now 11 %, ...``."""
    said = [Part(f"Week {rows[0]['week_on'].isocalendar().week}: ")]
    for place, row in enumerate(rows):
        name = names.metric(row["metric"], is_git_only=is_git_only)
        said += [
            Part(f"{'; ' if place else ''}{name[:1].lower()}{name[1:]} {then(row)} is now "),
            Part(now(row), "strong"),
            Part(f", {why(row, is_git_only=is_git_only)}"),
        ]
    return (*said, Part("."))


def differs(row: Row) -> bool:
    """Tell whether a reader would see the movement."""
    return bool(row["has_moved"]) and then(row) != now(row)


def then(row: Row) -> str:
    """Say what was told."""
    return value(row["then_value"], row["then_at_least"], row["unit"])


def now(row: Row) -> str:
    """Say what it is now."""
    return value(row["now_value"], row["now_at_least"], row["unit"])


def value(number: float | None, at_least: float | None, unit: str) -> str:
    """Say a number of one week; ``none`` where there is nothing to divide by."""
    if number is None:
        return f"more than {words.duration(at_least)}" if at_least is not None else "none"
    if unit == "rate":
        return words.rate(number)
    return words.duration(number) if unit == "hours" else f"{number:.3g} a week"


def why(row: Row, *, is_git_only: bool = False) -> str:
    """Say why it moved: late data, people's decisions, another definition."""
    if row["now_definition"] is None:
        return "no longer told"
    reasons = []
    if row["is_late"]:
        has_other_rules = row["now_definition"] != row["then_definition"]
        reasons.append("by other rules" if has_other_rules else late(row, is_git_only=is_git_only))
    if row["is_overruled"]:
        reasons.append("by people's decisions")
    return words.listed(reasons)


def late(row: Row, *, is_git_only: bool = False) -> str:
    """Say what became known after the report."""
    later, unlinked = row["later_incident_count"], row["unlinked_incident_count"]
    more = row["now_n"] - row["then_n"]
    said = [_counted(later, "incident", "linked later")] if later else []
    said += [_counted(unlinked, "incident", "no longer linked")] if unlinked else []
    if more and not said:
        what = "release" if is_git_only else "deployment"
        noun = NOUNS.get(row["metric"], "{}").format(what)
        said = [_counted(abs(more), noun, "known later" if more > 0 else "fewer than told")]
    return words.listed(said) or "by what became known later"


def _counted(count: int, noun: str, what: str) -> str:
    return f"{words.small(count)} {noun if count == 1 else f'{noun}s'} {what}"

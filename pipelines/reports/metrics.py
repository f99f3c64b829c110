"""The table of the five metrics: each over its own window, against what it was before."""

import math
import statistics
from collections.abc import Mapping
from datetime import date

from pipelines.reports import reading
from pipelines.reports.care import care
from pipelines.reports.contents import Bars, Cell, Column, Table, Trend
from pipelines.reports.reading import WEEK, Edition, Row
from sql import names, words
from sql.names import ENOUGH, WINDOWS

SPANS = {"week": "1 week", "four_weeks": "4 weeks", "twelve_weeks": "12 weeks"}
NOUNS = {"change_lead_time": "change", "recovery_time": "failure"}
CAPTION = "Each over the window named below it, which ends with this week."
HEADS = ("Now", "Range", "Week before", "12-week median")


def table(edition: Edition, history: Mapping[str, Mapping[date, Row]]) -> Table:
    """Return the five metrics of the organisation."""
    alone, targets = reading.week_alone(edition), reading.targets(edition)
    rows = [
        (
            *_cells(edition, metric, history[metric], alone.get(metric)),
            *([Cell(_target(metric, targets.get(metric)))] if targets else []),
            _trend(edition, metric, history[metric]),
            _behind(metric, history[metric].get(edition.week)),
        )
        for metric in WINDOWS
    ]
    columns = (
        Column("Metric"),
        *(Column(head, True) for head in (*HEADS, *(["Target"] if targets else []))),
        Column("12 months"),
        Column("n", True),
    )
    after = care(edition) + _how_to_read(edition, has_targets=bool(targets))
    bars = _bars(edition, history["deployment_frequency"])
    return Table("metrics", "Five metrics", CAPTION, columns, tuple(rows), after, bars)


def said(metric: str, row: Row | None) -> str:
    """Say a metric's value: a count, a duration, a rate, or that half is not reached."""
    if row is None:
        return words.NOTHING
    if metric == "deployment_frequency":
        return str(row["n"])
    if row["value"] is None and row["at_least"] is not None:
        return f"more than {words.duration(row['at_least'])}"
    return words.duration(row["value"]) if row["unit"] == "hours" else words.rate(row["value"])


def _cells(
    edition: Edition, metric: str, history: Mapping[date, Row], alone: Row | None
) -> tuple[Cell, ...]:
    found = history.get(edition.week)
    name = names.metric(metric, is_git_only=edition.run.is_git_only)
    span = SPANS[WINDOWS[metric]]
    if WINDOWS[metric] != "week" and alone is not None and alone["n"]:
        span += f"; this week {said(metric, alone)}, n = {alone['n']}"
    is_so_far = metric == "deployment_frequency" and not edition.is_finished
    return (
        Cell(name, span, is_strong=True),
        Cell(said(metric, found), "so far" if is_so_far else "", is_strong=True),
        Cell(_range(edition, metric, found)),
        Cell(said(metric, history.get(edition.week - WEEK))),
        Cell(_median(metric, edition, history)),
    )


def _range(edition: Edition, metric: str, row: Row | None) -> str:
    if row is None:
        return words.NOTHING
    low, high = _band(metric, row)
    if metric == "deployment_frequency":
        # A week that is not over says nothing against whole ones.
        return words.count_range(low, high) if edition.is_finished else words.NOTHING
    is_time = row["unit"] == "hours"
    return words.duration_range(low, high) if is_time else words.rate_range(low, high)


def _band(metric: str, row: Row) -> tuple[float | None, float | None]:
    """Return what is usual, the middle half of changes, or the 95 % interval."""
    ends = ("p25", "p75") if metric == "change_lead_time" else ("low", "high")
    return row[ends[0]], row[ends[1]]


def median_before(metric: str, edition: Edition, history: Mapping[date, Row]) -> float | None:
    """Return the median of the twelve values before, from eight on.

    A recovery time that is not reached is longer than every one that is: infinite.
    """
    before = (history.get(edition.week - count * WEEK) for count in range(1, 13))
    found = [_number(metric, row) for row in before if row is not None]
    known = [value for value in found if value is not None]
    return statistics.median(known) if len(known) >= ENOUGH else None


def _median(metric: str, edition: Edition, history: Mapping[date, Row]) -> str:
    middle = median_before(metric, edition, history)
    if middle is None:
        return words.NOTHING
    return "not reached" if math.isinf(middle) else _plainly(metric, middle)


def _plainly(metric: str, value: float) -> str:
    if metric == "deployment_frequency":
        return f"{value:g}"
    return words.rate(value) if metric.endswith("_rate") else words.duration(value)


def _number(metric: str, row: Row) -> float | None:
    if metric == "deployment_frequency":
        return float(row["n"])
    value: float | None = row["value"]
    return math.inf if value is None and row["at_least"] is not None else value


def _target(metric: str, target: float | None) -> str:
    if target is None:
        return words.NOTHING
    if metric == "deployment_frequency":
        return f"{target:g} a service"
    return words.rate(target) if metric.endswith("_rate") else words.duration(target)


def _trend(edition: Edition, metric: str, history: Mapping[date, Row]) -> Cell | Trend:
    weeks = [edition.week - count * WEEK for count in range(51, -1, -1)]
    rows = [history.get(week) for week in weeks]
    if not edition.is_finished:
        rows[-1] = None
    values = [None if row is None else _shown(metric, row) for row in rows]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Cell("no history yet")
    bands = [(None, None) if row is None else _band(metric, row) for row in rows]
    ends = f"from {_plainly(metric, known[0])} to {_plainly(metric, known[-1])}"
    name = names.metric(metric, is_git_only=edition.run.is_git_only)
    title = f"{name}, 12 months: {ends}"
    return Trend(values, [low for low, _ in bands], [high for _, high in bands], title)


def _shown(metric: str, row: Row) -> float | None:
    number = _number(metric, row)
    return None if number is None or math.isinf(number) else number


def _behind(metric: str, row: Row | None) -> Cell:
    count, noun = row["n"] if row else 0, NOUNS.get(metric, "")
    still = f", {row['open_count']} open" if row and row["open_count"] else ""
    return Cell(str(count), (noun if count == 1 or not noun else f"{noun}s") + still)


def _how_to_read(edition: Edition, *, has_targets: bool) -> str:
    noun = edition.run.noun
    said = (
        "Rates and times of one week rest on few, hence the longer windows. Range: what is usual"
        " (frequency, 10th to 90th percentile of the 16 whole weeks before), the middle half of"
        " changes (lead time), the 95 % interval (recovery and rates). Week before: the same"
        " window a week earlier. 12-week median: of the twelve values before this one, from eight"
        f" on. n: {noun}s, where nothing else is said; a rate without any is an en dash."
    )
    if has_targets:
        said += f" Targets: at least that many {noun}s a week; at most that time or rate."
    return said


def _bars(edition: Edition, history: Mapping[date, Row]) -> Bars | None:
    rows = [row for week, row in sorted(history.items()) if week <= edition.week]
    if len(rows) < 2:
        return None
    noun = edition.run.noun
    counts = tuple(int(row["n"]) for row in rows)
    caption = (
        f"A bar is a week, the last one this week with {counts[-1]};"
        f" the highest has {max(counts)}. Band: what was usual then."
    )
    if not edition.is_finished:
        caption += " Hollow: the week that is not over."
    return Bars(
        title=f"{words.capital(noun)}s a week, {words.counted(len(rows), 'week')}",
        caption=caption,
        first_on=rows[0]["week"],
        counts=counts,
        low=[row["low"] for row in rows],
        high=[row["high"] for row in rows],
        is_last_unfinished=not edition.is_finished,
    )

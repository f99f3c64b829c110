"""The five metrics of an organisation, from its facts."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.reference.changes import NAMES
from tests.reference.facts import Facts
from tests.reference.organisation import ALWAYS, NEVER, Row

Z = 1.959964
WEEK = timedelta(weeks=1)
WIDTHS = {"week": 1, "four_weeks": 4, "twelve_weeks": 12}


def quantile(values: list[float], share: float) -> float | None:
    """Return a quantile, linear between the two nearest values."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Return the ends of Wilson's score interval."""
    if not n:
        return None, None
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(centre - half, 0), min(centre + half, 1)


def kaplan_meier(spells: list[tuple[float, bool]]) -> tuple[float | None, ...]:
    """Return median, low, high and at least, of lengths and whether each is over.

    The band inverts log-log Greenwood intervals; where the curve is 0 they are not defined, so
    the last end of all gives none (as in R's survfit).
    """
    survival, greenwood = 1.0, 0.0
    median = low = high = None
    for length in sorted({length for length, _ in spells}):
        at_risk = sum(other >= length for other, _ in spells)
        ended = sum(other == length and is_over for other, is_over in spells)
        survival *= 1 - ended / at_risk
        if median is None and round(survival, 9) <= 0.5:
            median = length
        if not ended or at_risk == ended:
            continue
        greenwood += ended / (at_risk * (at_risk - ended))
        spread = Z * math.sqrt(greenwood) / abs(math.log(survival))
        if low is None and survival ** math.exp(spread) <= 0.5:
            low = length
        if high is None and survival ** math.exp(-spread) <= 0.5:
            high = length
    at_least = None if median is not None else max((length for length, _ in spells), default=None)
    return median, low, high, at_least


class Scope:
    """What is counted together: a service, a team of the time, or everybody."""

    def __init__(self, facts: Facts, scope: str, name: str, spans: list[Any]) -> None:
        self.scope, self.name, self.spans = scope, name, spans
        mine = [row["finished_on"] for row in facts.rollouts if self.has(row)]
        used = [
            (service, until)
            for service, since, until in spans
            if any(
                row["service"] == service and since <= row["finished_on"] < until
                for row in facts.rollouts
            )
        ]
        self.first_on = min(mine, default=None)
        self.last_on = max(
            (min(facts.services[service].retired_on or NEVER, until) for service, until in used),
            default=NEVER,
        )

    def has(self, row: Row, on: str = "finished_on") -> bool:
        """Tell whether a row of a service counts here."""
        return any(
            row["service"] == service and since <= row[on] < until
            for service, since, until in self.spans
        )


def scopes(facts: Facts) -> Iterator[Scope]:
    """Yield every service, team and the organisation."""
    teams: dict[str, list[Any]] = {}
    for name, service in facts.services.items():
        yield Scope(facts, "service", name, [(name, ALWAYS, NEVER)])
        ends = [*(since for _, since in service.teams[1:]), NEVER]
        for (team, since), until in zip(service.teams, ends, strict=False):
            teams.setdefault(team, []).append((name, since, until))
    for team, spans in teams.items():
        yield Scope(facts, "team", team, spans)
    everybody = [(name, ALWAYS, NEVER) for name in facts.services]
    yield Scope(facts, "organisation", "organisation", everybody)


def periods(scope: Scope, today: date) -> Iterator[tuple[str, date, date]]:
    """Yield the periods in which a scope could have shipped."""
    if scope.first_on is None:
        return
    found = set()
    day = scope.first_on
    monday = day - timedelta(days=day.weekday())
    while monday <= today:
        for period, width in WIDTHS.items():
            found.add((period, monday - (width - 1) * WEEK, monday + WEEK))
            found.add((period, monday, monday + width * WEEK))
        monday += WEEK
    while day <= today:
        month = day.replace(day=1)
        found.add(("day", day, day + timedelta(days=1)))
        found.add(("month", month, (month + timedelta(days=31)).replace(day=1)))
        day += timedelta(days=1)
    for period, starts_on, ends_on in sorted(found):
        last_week_on = ends_on - WEEK if period in WIDTHS else starts_on
        has_begun = last_week_on <= today
        if has_begun and scope.first_on < ends_on and starts_on < scope.last_on:
            yield period, starts_on, ends_on


def metrics(facts: Facts) -> dict[tuple[Any, ...], Row]:
    """Return every row of ``marts.metrics`` by its grain."""
    found: dict[tuple[Any, ...], Row] = {}
    organisation = facts.organisation
    today = organisation.day(organisation.as_of)
    settled = organisation.day(
        organisation.as_of - timedelta(hours=organisation.rule("attribution_window_hours"))
    )
    for scope in scopes(facts):
        rollouts = [row for row in facts.rollouts if scope.has(row)]
        changes = [row for row in delivered(facts) if scope.has(row)]
        for period, starts_on, ends_on in periods(scope, today):
            within = (starts_on, ends_on)
            for metric, row in of_period(
                facts,
                [row for row in rollouts if within[0] <= row["finished_on"] < within[1]],
                [row for row in changes if within[0] <= row["finished_on"] < within[1]],
                (min(ends_on, today + timedelta(days=1)) - starts_on).days,
                is_sparse=period == "day",
            ):
                if (metric, period) == ("change_lead_time", "twelve_weeks"):
                    # Quantiles over so long a window are made for nobody.
                    continue
                key = (metric, scope.scope, scope.name, period, starts_on)
                found[key] = {
                    "ends_on": ends_on,
                    "is_finished": today >= ends_on,
                    "is_settled": settled >= ends_on,
                    **row,
                }
    usual(found)
    return found


def delivered(facts: Facts) -> list[Row]:
    """Return the changes whose lead times count."""
    has_bots = facts.organisation.rule("bots_changes") == "in"
    return [
        row
        for row in facts.deployment_changes
        if not row["is_before_history"] and (has_bots or not row["is_bot"])
    ]


def beside(facts: Facts) -> tuple[dict[tuple[Any, ...], Row], dict[tuple[Any, ...], Row]]:
    """Return the rows of ``marts.change_wait`` and ``marts.lead_time_stages`` by their grain."""
    waits, stages = {}, {}
    today = facts.organisation.day(facts.organisation.as_of)
    for scope in scopes(facts):
        waiting = [row for row in facts.waits if scope.has(row, "merged_on")]
        changes = [row for row in delivered(facts) if scope.has(row) and not row["is_excluded"]]
        for period, starts_on, ends_on in periods(scope, today):
            key = (scope.scope, scope.name, period, starts_on)
            done = [row for row in changes if starts_on <= row["finished_on"] < ends_on]
            if done or period != "day":
                stages[key] = {"change_count": len(done), **sums(done)}
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


def sums(changes: list[Row]) -> Row:
    """Return the hours of each stage in all, null where no change knows it."""
    found = {}
    for stage in NAMES:
        known = [row[stage] for row in changes if row[stage] is not None]
        found[f"{stage}_hours"] = sum(known) / 3600 if known else None
    return found


def of_period(
    facts: Facts, rollouts: list[Row], changes: list[Row], days: int, *, is_sparse: bool
) -> Iterator[tuple[str, Row]]:
    """Yield the metrics of what was deployed in one period."""
    n = len(rollouts)
    if n or not is_sparse:
        yield "deployment_frequency", {"value": n * 7 / days, "unit": "per week", "n": n}
        for metric, mark in (("change_fail_rate", "is_failed"), ("rework_rate", "is_rework")):
            hits = sum(row[mark] for row in rollouts)
            low, high = wilson(hits, n)
            value = hits / n if n else None
            yield metric, {"value": value, "unit": "rate", "n": n, "low": low, "high": high}
    if changes or not is_sparse:
        leads = [row["lead"] / 3600 for row in changes if not row["is_excluded"]]
        yield (
            "change_lead_time",
            {
                "value": quantile(leads, 0.5),
                "unit": "hours",
                "n": len(leads),
                **{f"p{share}": quantile(leads, share / 100) for share in (25, 75, 90)},
            },
        )
    failed = [row for row in rollouts if row["is_failed"]]
    if failed or not is_sparse:
        yield "recovery_time", recovery(facts, failed)


def recovery(facts: Facts, failed: list[Row]) -> Row:
    """Return the recovery time of failed rollouts."""
    spells = []
    for row in failed:
        end = row["recovered_at"] or facts.organisation.as_of
        length = max((end - row["failed_at"]).total_seconds(), 0)
        spells.append((length / 3600, row["recovered_at"] is not None))
    median, low, high, at_least = kaplan_meier(spells)
    return {
        "value": median,
        "unit": "hours",
        "n": len(failed),
        "low": low,
        "high": high,
        "at_least": at_least,
        "open_count": sum(not is_over for _, is_over in spells),
    }


def usual(found: dict[tuple[Any, ...], Row]) -> None:
    """Put the usual range of the 16 weeks before beside the frequency of a week."""
    weeks: dict[Any, list[tuple[date, float]]] = {}
    for metric, scope, name, period, starts_on in sorted(found):
        if (metric, period) == ("deployment_frequency", "week"):
            row = found[metric, scope, name, period, starts_on]
            before = [value for _, value in weeks.setdefault((scope, name), [])[-16:]]
            if len(before) >= 8:
                row |= {"low": quantile(before, 0.1), "high": quantile(before, 0.9)}
            weeks[scope, name].append((starts_on, row["value"]))

"""The five metrics of an organisation, from its facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.reference.facts import Facts
from tests.reference.lead_time import lead_time, quantile
from tests.reference.organisation import Row
from tests.reference.scopes import Scope, delivered, periods, scopes
from tests.reference.uncertainty import kaplan_meier, wilson


def metrics(facts: Facts) -> dict[tuple[Any, ...], Row]:
    """Return every row of ``marts.metrics`` by its grain."""
    found: dict[tuple[Any, ...], Row] = {}
    organisation = facts.organisation
    today = organisation.day(organisation.as_of)
    for scope in scopes(facts):
        window = timedelta(hours=scope.largest("attribution_window_hours"))
        settled = organisation.day(organisation.as_of - window)
        rollouts = [row for row in facts.rollouts if scope.has(row)]
        changes = [row for row in delivered(facts) if scope.has_change(row)]
        pipelines = [row for row in facts.failed_pipelines if scope.has(row)]
        for period, starts_on, ends_on in periods(scope, today):
            within = [
                [row for row in rows if starts_on <= row["finished_on"] < ends_on]
                for rows in (rollouts, changes, pipelines)
            ]
            days = (min(ends_on, today + timedelta(days=1)) - starts_on).days
            for metric, row in of_period(scope, *within, days, is_sparse=period == "day"):
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


def of_period(
    scope: Scope,
    rollouts: list[Row],
    changes: list[Row],
    pipelines: list[Row],
    days: int,
    *,
    is_sparse: bool,
) -> Iterator[tuple[str, Row]]:
    """Yield the metrics of what was deployed in one period."""
    n, minimum = len(rollouts), scope.largest("minimum_count")
    if n or not is_sparse:
        yield "deployment_frequency", {
            "value": n * 7 / days, "unit": "per week", "n": n, "is_too_few": False,
        }  # fmt: skip
        yield "rework_rate", rate(sum(row["is_rework"] for row in rollouts), n, minimum)
    if n or pipelines or not is_sparse:
        failed = sum(row["is_failed"] for row in rollouts) + len(pipelines)
        by_rule = sum(row["is_failed_by_rule"] for row in rollouts) + len(pipelines)
        yield (
            "change_fail_rate",
            {
                **rate(failed, n + len(pipelines), minimum),
                "beside": {
                    "failed_count": failed,
                    "deployment_count": n + len(pipelines),
                    "by_rule_rate": rate(by_rule, n + len(pipelines), minimum)["value"],
                },
            },
        )
    if changes or not is_sparse:
        yield "change_lead_time", lead_time(scope, changes)
    broken = [row for row in rollouts if row["is_failed"]]
    if broken or not is_sparse:
        yield "recovery_time", recovery(scope.facts, broken, min(minimum, 5))


def rate(hits: int, n: int, minimum: int) -> Row:
    """Return a share with its interval."""
    low, high = wilson(hits, n)
    return {
        "value": hits / n if n else None, "unit": "rate", "n": n, "low": low, "high": high,
        "is_too_few": n < minimum,
    }  # fmt: skip


def recovery(facts: Facts, failed: list[Row], minimum: int) -> Row:
    """Return the recovery time of failed rollouts."""
    spells = []
    for row in failed:
        end = row["recovered_at"] or facts.organisation.as_of
        length = max((end - row["recovery_began_at"]).total_seconds(), 0)
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
        "is_too_few": len(failed) < minimum,
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

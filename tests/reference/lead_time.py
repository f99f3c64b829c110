"""The lead time of one period: quantiles, means, and an interval that resamples deployments."""

import math
from collections import defaultdict
from typing import Any

from scipy.stats import t

from tests.reference.organisation import Row

SHARES = (25, 75, 90)


def quantile(values: list[float], share: float) -> float | None:
    """Return a quantile, linear between the two nearest values."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def lead_time(scope: Any, changes: list[Row]) -> Row:
    """Return the lead time of changes as its scope's rules have it told, and what stands beside."""
    known = [row for row in changes if not row["is_excluded"]]
    deployments = {row["deployment_id"] for row in known}
    minimum = scope.largest("minimum_count")
    clocks = {"calendar": "lead", "working": "working_lead"}
    stage = clocks[scope.agreed("clock")]
    hours = [row[stage] / 3600 for row in known]
    is_mean = scope.agreed("lead_time_value") == "mean"
    groups = list(grouped(known, stage))
    low = high = None
    if len(deployments) >= max(minimum, 2):
        low, high = (of_mean if is_mean else woodruff)(groups)
    return {
        "value": mean(hours) if is_mean else quantile(hours, 0.5),
        "unit": "hours",
        "n": len(hours),
        "low": low,
        "high": high,
        **{f"p{share}": quantile(hours, share / 100) for share in (*SHARES, 50)},
        "mean": mean(hours),
        "is_too_few": len(deployments) < minimum,
        "beside": {
            "change_count": len(known),
            "excluded_count": len(changes) - len(known),
            "deployment_count": len(deployments),
            **both(known),
        },
    }


def both(known: list[Row]) -> Row:
    """Return quantiles and means on both clocks."""
    found = {}
    for lead in ("", "working_"):
        hours = [row[f"{lead}lead"] / 3600 for row in known]
        found[f"{lead}median_hours"] = quantile(hours, 0.5)
        found[f"{lead}mean_hours"] = mean(hours)
        for share in SHARES:
            found[f"{lead}p{share}_hours"] = quantile(hours, share / 100)
    return found


def mean(values: list[float]) -> float | None:
    """Return the mean."""
    return math.fsum(values) / len(values) if values else None


def grouped(known: list[Row], stage: str) -> list[list[float]]:
    """Return the lead times of each deployment."""
    found = defaultdict(list)
    for row in known:
        found[row["deployment_id"]].append(row[stage])
    return list(found.values())


def woodruff(groups: list[list[float]]) -> tuple[float | None, float | None]:
    """Return Woodruff's interval of the median, in hours, where deployments are clusters."""
    seconds = [value for group in groups for value in group]
    median = quantile(seconds, 0.5) or 0.0
    count = len(groups)
    share = sum(value <= median for value in seconds) / len(seconds)
    squares = 0.0
    for group in groups:
        own = sum(value <= median for value in group) / len(group)
        squares += (len(group) * (own - share)) ** 2
    error = math.sqrt(count / (count - 1) * squares) / len(seconds)
    half = float(t.ppf(0.975, count - 1)) * error
    hours = [value / 3600 for value in seconds]
    return quantile(hours, max(0.5 - half, 0)), quantile(hours, min(0.5 + half, 1))


def of_mean(groups: list[list[float]]) -> tuple[float | None, float | None]:
    """Return the interval of a mean, in hours: of a ratio of sums over deployments."""
    size = sum(map(len, groups))
    count = len(groups)
    centre = sum(map(sum, groups)) / size
    squares = sum((sum(group) - len(group) * centre) ** 2 for group in groups)
    half = float(t.ppf(0.975, count - 1)) * math.sqrt(count / (count - 1) * squares) / size
    return max(centre - half, 0) / 3600, (centre + half) / 3600

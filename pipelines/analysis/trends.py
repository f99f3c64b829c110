"""Whether a metric changed beyond chance: tests over arrays, each with the same three answers.

Lead time: Mann and Whitney's rank test (1947) on the medians of deployments. Change fail rate: the
tail of a beta-binomial. Recovery: the log-rank test of Mantel (1966), open failures censored.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["better", "worse", "no change beyond chance", "too few to tell"]

LEVEL = 0.005
LEAD_RECENT, LEAD_BEFORE = 6, 12
"""Deployments needed on either side."""
RECOVERY_NEEDED = 8


@dataclass(frozen=True, slots=True)
class Trend:
    """What a test says: the verdict, the chance of as much by itself, and what it looked at."""

    verdict: Verdict
    p: float | None
    recent_count: int
    before_count: int


def lead_time(recent: Floats, before: Floats) -> Trend:
    """Compare medians of deployments, hours: lower is better."""
    counts = len(recent), len(before)
    if counts[0] < LEAD_RECENT or counts[1] < LEAD_BEFORE:
        return Trend("too few to tell", None, *counts)
    # It takes a second to load, so only where there is something to test.
    from scipy.stats import mannwhitneyu

    p = float(mannwhitneyu(recent, before, alternative="two-sided").pvalue)
    return Trend(
        verdict(p, is_worse=float(np.median(recent)) > float(np.median(before))), p, *counts
    )


def change_fail_rate(recent: tuple[int, int], before: tuple[int, int]) -> Trend:
    """Compare failed deployments and all of them, recent against before: lower is better."""
    failed, count = recent
    if not count or not before[1]:
        return Trend("too few to tell", None, count, before[1])
    more = tail(failed, count, before)
    fewer = 1 - tail(failed + 1, count, before)
    p = min(1.0, 2 * min(more, fewer))
    # With so few deployments even the most telling outcome would tell nothing.
    least = 2 * min(tail(count, count, before), 1 - tail(1, count, before))
    if least >= LEVEL:
        return Trend("too few to tell", p, count, before[1])
    return Trend(verdict(p, is_worse=more < fewer), p, count, before[1])


def tail(failed: int, count: int, before: tuple[int, int]) -> float:
    """Return the chance of at least ``failed`` of ``count``, given what was before.

    Beta-binomial: the rate before is known from its own counts, with Jeffreys' prior.
    """
    from scipy.special import betaln, gammaln, logsumexp

    if failed > count:
        return 0.0
    alpha, beta = before[0] + 0.5, before[1] - before[0] + 0.5
    k = np.arange(failed, count + 1)
    choose = gammaln(count + 1) - gammaln(k + 1) - gammaln(count - k + 1)
    logs = choose + betaln(k + alpha, count - k + beta) - betaln(alpha, beta)
    return min(1.0, float(np.exp(logsumexp(logs))))


def recovery(recent: Floats, recent_over: Flags, before: Floats, before_over: Flags) -> Trend:
    """Compare recoveries, hours until over or until now while open: sooner is better."""
    from scipy.special import ndtr

    counts = len(recent), len(before)
    if min(counts) < RECOVERY_NEEDED:
        return Trend("too few to tell", None, *counts)
    expected, spread, seen = log_rank(recent, recent_over, before, before_over)
    if spread <= 0:
        return Trend("too few to tell", None, *counts)
    z = (seen - expected) / np.sqrt(spread)
    p = float(2 * ndtr(-abs(z)))
    return Trend(verdict(p, is_worse=seen < expected), p, *counts)


def log_rank(
    one: Floats, one_over: Flags, other: Floats, other_over: Flags
) -> tuple[float, float, int]:
    """Return the ends expected in the first group were both alike, their variance, those seen."""
    times = np.unique(np.concatenate([one[one_over], other[other_over]]))
    at_risk = (one[None, :] >= times[:, None]).sum(axis=1)
    every = at_risk + (other[None, :] >= times[:, None]).sum(axis=1)
    ends = (one[one_over][None, :] == times[:, None]).sum(axis=1)
    all_ends = ends + (other[other_over][None, :] == times[:, None]).sum(axis=1)
    share = at_risk / every
    left = np.where(every > 1, (every - all_ends) / np.maximum(every - 1, 1), 0.0)
    return (
        float((all_ends * share).sum()),
        float((all_ends * share * (1 - share) * left).sum()),
        int(ends.sum()),
    )


def half_over(hours: Floats, is_over: Flags) -> float | None:
    """Return after how long half are over, by Kaplan and Meier; None where that is not reached."""
    left = 1.0
    for time in np.unique(hours[is_over]):
        left *= 1 - float((hours[is_over] == time).sum() / (hours >= time).sum())
        # Halves that are off by the last bit of a product are halves.
        if left <= 0.5 + 1e-12:
            return float(time)
    return None


def verdict(p: float, *, is_worse: bool) -> Verdict:
    """Return what a chance of so much by itself says."""
    if p >= LEVEL:
        return "no change beyond chance"
    return "worse" if is_worse else "better"

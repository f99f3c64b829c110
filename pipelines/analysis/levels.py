"""When the level of a series changed, found afterwards: binary segmentation on ranks.

Of every split with enough on both sides the rank sum of Wilcoxon (1945), corrected for ties, is
told in standard deviations; the largest is a change where it passes a bound, and either side is
then looked at alone. Ranks ask for no distribution, so counts, hours and shares are one rule.
Weeks hang together: what is found so is looked for again with a bound as much higher as their
correlation within the levels makes rank sums vary.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 8
"""Values on either side of a change."""
BOUND = 3.6
"""Without any change 1 in 200 series of 104 independent values reach it, by simulation."""
MOST_ALIKE = 0.95


def changes(values: Floats) -> list[int]:
    """Return the places at which another level begins, in order."""
    found = segments(values, BOUND)
    if not found:
        return []
    alike = correlation(values, found)
    return segments(values, BOUND * float(np.sqrt((1 + alike) / (1 - alike))))


def segments(values: Floats, bound: float, begins: int = 0) -> list[int]:
    """Return the places at which the rank sums of a split pass a bound, in order."""
    if len(values) < 2 * LEAST:
        return []
    found = np.abs(scores(values))[LEAST - 1 : len(values) - LEAST]
    # What differs by less than arithmetic is a tie, which the first wins.
    place = int(np.flatnonzero(found >= found.max() - 1e-9)[0]) + LEAST
    if found.max() < bound:
        return []
    before = segments(values[:place], bound, begins)
    return [*before, begins + place, *segments(values[place:], bound, begins + place)]


def correlation(values: Floats, places: list[int]) -> float:
    """Return how much of a value's rank the next one shares within the levels, from 0 up.

    Levels are known from the values themselves, which takes 1/n from it for each; that is put back.
    """
    left = ranked(values)[0]
    for first, after in zip([0, *places], [*places, len(values)], strict=True):
        left[first:after] -= left[first:after].mean()
    every = float((left**2).sum())
    if every <= 0:
        return 0.0
    shared = float((left[1:] * left[:-1]).sum()) / every + (len(places) + 1) / len(values)
    return min(max(shared, 0.0), MOST_ALIKE)


def ranked(values: Floats) -> tuple[Floats, Floats]:
    """Return the rank of each value, the mean one where some are equal, and how many are equal."""
    _, which, times = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(times) - (times - 1) / 2)[which], times.astype(np.float64)


def scores(values: Floats) -> Floats:
    """Return for each split how far the rank sum of what is before it is from no change."""
    count = len(values)
    ranks, times = ranked(values)
    before = np.arange(1, count)
    ties = float((times**3 - times).sum())
    spread = before * (count - before) / 12 * ((count + 1) - ties / (count * (count - 1)))
    away = np.cumsum(ranks)[:-1] - before * (count + 1) / 2
    told: Floats = away / np.sqrt(np.where(spread > 1e-9, spread, np.inf))
    return told

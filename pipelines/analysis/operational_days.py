"""The clock of the rhythm: how much each day counts for a service that deploys when it does."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

YEAR_DAYS, PSEUDO = 365, 10.0
WEEKEND_SHARE = 0.005
HOLIDAY, TURN_OF_YEAR = 0.05, 0.2
TURN_BEGINS, TURN_DAYS = (12, 23), 11
EPOCH = date(1970, 1, 1)


def weights(
    counts: Whole, days: Days, holiday: Flags, freeze: Flags, working_days: tuple[int, ...]
) -> Floats:
    """Return how much each day counts: about 1 on a working day of a service that has any rhythm.

    Five times the share of deploy-days on its weekday over the 365 days strictly before it, shrunk
    towards the configured working week with ten pseudo deploy-days. ``days`` follow one another.
    """
    numbers = days.astype("datetime64[D]").astype(np.int64)
    # 1970-01-01 was a Thursday.
    weekday = (numbers + 3) % 7
    deployed = np.asarray(counts) > 0
    prior = np.array([share(day, working_days) for day in range(7)])
    # The same weekdays of a year before are 52.
    own = last(weekly(deployed), 7, YEAR_DAYS // 7 * 7)
    every = last(np.cumsum(deployed), 1, YEAR_DAYS)
    found = 5.0 * (own + PSEUDO * prior[weekday]) / (every + PSEUDO)
    return np.asarray(found * calendar(numbers, holiday, freeze))


def weekly(deployed: Flags) -> Whole:
    """Return for each day how many deploy-days fell on its weekday, up to it."""
    weeks = -(-len(deployed) // 7)
    padded = np.zeros(7 * weeks, dtype=np.int64)
    padded[: len(deployed)] = deployed
    return np.asarray(padded.reshape(weeks, 7).cumsum(axis=0).ravel()[: len(deployed)])


def last(sums: Whole, back: int, length: int) -> Whole:
    """Return for each day how much was added in the ``length`` days that end ``back`` days ago."""
    padded = np.concatenate([np.zeros(back + length, dtype=np.int64), sums])
    return np.asarray(padded[length : length + len(sums)] - padded[: len(sums)])


def share(weekday: int, working_days: tuple[int, ...]) -> float:
    """Return the share of deploy-days expected on a weekday before anything is known."""
    count = len(working_days)
    if count == 7:
        return 1 / 7
    if weekday in working_days:
        return (1 - WEEKEND_SHARE) / count
    return WEEKEND_SHARE / (7 - count)


def calendar(numbers: Whole, holiday: Flags, freeze: Flags) -> Floats:
    """Return what is left of each day: little on holidays and around New Year, none in a freeze.

    ``numbers`` are days since 1970, one after another.
    """
    left = np.where(np.asarray(holiday, dtype=bool), HOLIDAY, 1.0)
    if len(numbers):
        first, last = (EPOCH + timedelta(days=int(end)) for end in (numbers[0], numbers[-1]))
        for year in range(first.year - 1, last.year + 1):
            begins = (date(year, *TURN_BEGINS) - first).days
            left[max(begins, 0) : max(begins + TURN_DAYS, 0)] *= TURN_OF_YEAR
    return np.where(np.asarray(freeze, dtype=bool), 0.0, left)

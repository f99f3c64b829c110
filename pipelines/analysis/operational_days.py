"""The clock of the rhythm: how much each day counts for a service that deploys when it does."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

YEAR_DAYS, PSEUDO = 365, 10.0
WEEKEND_SHARE = 0.005
HOLIDAY, TURN_OF_YEAR = 0.05, 0.2
LAST_DAYS, FIRST_DAYS = 9, 2
"""Of a year: from 23 December, up to 2 January."""


def weights(
    counts: Whole, days: Days, holiday: Flags, freeze: Flags, working_days: tuple[int, ...]
) -> Floats:
    """Return how much each day counts: about 1 on a working day of a service that has any rhythm.

    Five times the share of deploy-days on its weekday over the 365 days strictly before it, shrunk
    towards the configured working week with ten pseudo deploy-days. ``days`` follow one another.
    """
    days = days.astype("datetime64[D]", copy=False)
    # 1970-01-01 was a Thursday.
    week = [PSEUDO * share((day + 3) % 7, working_days) for day in days[:7].astype(int).tolist()]
    prior = np.tile(week, -(-len(days) // 7))[: len(days)]
    deployed = np.asarray(counts) > 0
    # The same weekdays of a year before are 52.
    own = last(weekly(deployed), 7, YEAR_DAYS // 7 * 7)
    every = last(np.cumsum(deployed), 1, YEAR_DAYS)
    found = 5.0 * (own + prior) / (every + PSEUDO)
    return np.asarray(found * calendar(days, holiday, freeze))


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


def calendar(days: Days, holiday: Flags, freeze: Flags) -> Floats:
    """Return what is left of each day: little on holidays and around New Year, none in a freeze."""
    left = np.where(np.asarray(holiday, dtype=bool), HOLIDAY, 1.0)
    if len(days):
        first, last = days[0].item().year, days[-1].item().year
        begins = int((days[0] - np.datetime64(f"{first}-01-01")).astype(np.int64))
        left *= turns(first, last)[begins : begins + len(days)]
    return np.where(np.asarray(freeze, dtype=bool), 0.0, left)


@cache
def turns(first: int, last: int) -> Floats:
    """Return what the turn of the year leaves of each day of some whole years."""
    days = np.arange(f"{first}-01-01", f"{last + 1}-01-01", dtype="datetime64[D]")
    years = days.astype("datetime64[Y]")
    since, until = days - years.astype(days.dtype), (years + 1).astype(days.dtype) - days
    is_turn = (since.astype(np.int64) < FIRST_DAYS) | (until.astype(np.int64) <= LAST_DAYS)
    return np.where(is_turn, TURN_OF_YEAR, 1.0)

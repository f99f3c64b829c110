"""The clock of the rhythm: how much each day counts for a service that deploys when it does."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

YEAR_DAYS, PSEUDO = 365, 10.0
WEEKEND_SHARE = 0.005
HOLIDAY, TURN_OF_YEAR = 0.05, 0.2


def weights(
    counts: Whole, days: Days, holiday: Flags, freeze: Flags, working_days: tuple[int, ...]
) -> Floats:
    """Return how much each day counts: about 1 on a working day of a service that has any rhythm.

    Five times the share of deploy-days on its weekday over the 365 days strictly before it, shrunk
    towards the configured working week with ten pseudo deploy-days.
    """
    # 1970-01-01 was a Thursday.
    numbers = days.astype("datetime64[D]").astype(np.int64)
    weekday = (numbers + 3) % 7
    is_deployed = (np.asarray(counts) > 0).astype(np.float64)
    on = np.zeros((7, len(numbers) + 1))
    for day in range(7):
        on[day, 1:] = np.cumsum(is_deployed * (weekday == day))
    here = np.arange(len(numbers))
    before = np.maximum(here - YEAR_DAYS, 0)
    own = on[weekday, here] - on[weekday, before]
    every = on[:, here].sum(axis=0) - on[:, before].sum(axis=0)
    prior = np.array([share(day, working_days) for day in range(7)])
    found = 5.0 * (own + PSEUDO * prior[weekday]) / (every + PSEUDO)
    return np.asarray(found * calendar(days, holiday, freeze))


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
    months = days.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    date = (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    is_turn = ((month == 12) & (date >= 23)) | ((month == 1) & (date <= 2))
    left = np.where(np.asarray(holiday, dtype=bool), HOLIDAY, 1.0)
    left = left * np.where(is_turn, TURN_OF_YEAR, 1.0)
    return np.where(np.asarray(freeze, dtype=bool), 0.0, left)

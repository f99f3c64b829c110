"""The calendars of made-up services: weekdays, holidays of three countries, freezes."""

from datetime import date
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Days = NDArray[np.datetime64]

COUNTRIES = ("US", "DE", "JP")
PROFILES = {
    "even": (1.0, 1.0, 1.0, 1.0, 1.0, 0.01, 0.01),
    "no friday": (1.2, 1.3, 1.3, 1.2, 0.1, 0.01, 0.0),
    "midweek": (0.6, 1.4, 1.5, 1.2, 0.4, 0.02, 0.01),
    "weekend too": (1.0, 1.0, 1.0, 1.0, 0.9, 0.3, 0.25),
    "release day": (0.2, 0.2, 0.2, 4.2, 0.2, 0.0, 0.0),
}


def usefulness(days: Days, holiday: Flags, is_daily: bool, chance: np.random.Generator) -> Floats:
    """Return how good each day is for deploying, a working day about 1, before any freeze."""
    # A service that deploys daily has no release day.
    profiles = list(PROFILES)[: -1 if is_daily else None]
    usual = np.array(PROFILES[str(chance.choice(profiles))])
    good = 5 * usual[weekdays(days)] / usual.sum()
    good = good * np.where(holiday, chance.uniform(0, 0.1), 1.0)
    return np.asarray(good * np.where(turn_of_year(days), chance.uniform(0.05, 0.5), 1.0))


def freezes(days: Days, chance: np.random.Generator) -> Flags:
    """Return declared freezes: before New Year at every third service, and a week or two a year."""
    found = np.zeros(len(days), dtype=bool)
    if chance.random() < 1 / 3:
        month, day = months(days), day_of_month(days)
        found |= ((month == 12) & (day >= 15)) | ((month == 1) & (day <= 2))
    if chance.random() < 1 / 3:
        for year in range(0, len(days) - 364, 364):
            begin = year + int(chance.integers(0, 350))
            found[begin : begin + int(chance.choice([7, 14]))] = True
    return found


@lru_cache(maxsize=16)
def holidays_between(country: str, first: int, last: int) -> frozenset[date]:
    """Return the public holidays of some years."""
    return frozenset(holidays.country_holidays(country, years=range(first, last + 1)))


def holidays_of(country: str, days: Days) -> Flags:
    """Tell which days are public holidays in a country."""
    dates = days.astype(object)
    known = holidays_between(country, dates[0].year, dates[-1].year)
    return np.array([day in known for day in dates])


def weekdays(days: Days) -> Whole:
    """Return 0 for Monday to 6 for Sunday."""
    numbers: Whole = days.astype("datetime64[D]").astype(np.int64)
    return (numbers + 3) % 7


def months(days: Days) -> Whole:
    """Return 1 for January to 12 for December."""
    numbers: Whole = days.astype("datetime64[M]").astype(np.int64)
    return numbers % 12 + 1


def day_of_month(days: Days) -> Whole:
    """Return 1 to 31."""
    since = days - days.astype("datetime64[M]").astype("datetime64[D]")
    numbers: Whole = since.astype(np.int64)
    return numbers + 1


def turn_of_year(days: Days) -> Flags:
    """Tell which days lie between 23 December and 2 January."""
    month, day = months(days), day_of_month(days)
    return np.asarray(((month == 12) & (day >= 23)) | ((month == 1) & (day <= 2)))

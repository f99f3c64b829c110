"""Days and the working hours in them, for the clock of working hours."""

import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays as public
import polars as pl

from pipelines.configuration import Calendar

FIRST = date(1990, 1, 1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=4)
def working_days(calendar: Calendar, last_year: int) -> pl.DataFrame:
    """Return every day from 1990 to the end of a year, one row each.

    ``from_s`` and ``until_s`` are seconds since 1970 between which people work, equal on a day off;
    ``worked_before`` are the working seconds of all days before it.
    """
    off = public_holidays(calendar.country, last_year) if calendar.country else frozenset()
    zone = ZoneInfo(calendar.time_zone)
    first, last = calendar.working_hours.split("-")
    spans = [
        (day, *span(day, first, last if works(calendar, day) and day not in off else first, zone))
        for day in days(date(last_year, 12, 31))
    ]
    worked = accumulate((until - begun for _, begun, until in spans), initial=0)
    return pl.DataFrame(
        [(*one, before) for one, before in zip(spans, worked, strict=False)],
        schema={"day": pl.Date, "from_s": pl.Int64, "until_s": pl.Int64, "worked_before": pl.Int64},
        orient="row",
    )


@lru_cache(maxsize=16)
def public_holidays(country: str, last_year: int) -> frozenset[date]:
    """Return the public holidays of a country from 1990 to the end of a year, as far as known."""
    with warnings.catch_warnings():
        # Of some countries a part of the holidays is known for fewer years.
        warnings.simplefilter("ignore")
        years = range(FIRST.year, last_year + 1)
        return frozenset(public.country_holidays(country, years=years))


def holidays(countries: Iterable[str], last_year: int) -> pl.DataFrame:
    """Return the public holidays of each country from 1990 to the end of a year."""
    found = [
        (country, day)
        for country in sorted({country for country in countries if country})
        for day in sorted(public_holidays(country, last_year))
    ]
    return pl.DataFrame(found, schema={"country": pl.String, "day": pl.Date}, orient="row")


def days(last: date) -> Iterator[date]:
    """Yield every day from 1990 on."""
    yield from (FIRST + timedelta(days=number) for number in range((last - FIRST).days + 1))


def works(calendar: Calendar, day: date) -> bool:
    """Tell whether the weekday of ``day`` is a working day."""
    return WEEKDAYS[day.weekday()] in calendar.working_days


def span(day: date, first: str, last: str, zone: ZoneInfo) -> tuple[int, int]:
    """Return the seconds since 1970 at two local times of a day; 24:00 is its end."""
    return moment(day, first, zone), moment(day, last, zone)


def moment(day: date, text: str, zone: ZoneInfo) -> int:
    """Return the seconds since 1970 at a local time of a day."""
    if text == "24:00":
        day, text = day + timedelta(days=1), "00:00"
    return int(datetime.combine(day, time.fromisoformat(text), zone).timestamp())

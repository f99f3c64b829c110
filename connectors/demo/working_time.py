"""Working time: a clock that runs on weekdays from nine to half past five in Berlin."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

import polars as pl

from connectors.demo.organisation import HOLIDAYS, TIME_ZONE

HOUR = 3600
DAY = 24 * HOUR
WORKING_DAY = 8 * HOUR + HOUR // 2
WORKING_WEEK = 5 * WORKING_DAY

_FIRST = date(2024, 12, 2)
_LAST = date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Carries moments (UTC seconds) to positions (worked seconds) and back."""

    nine_o_clock: dict[date, int]
    starts: list[int]

    def position(self, moment: int) -> int:
        """Count the worked seconds up to ``moment``."""
        day = bisect_right(self.starts, moment) - 1
        return day * WORKING_DAY + min(moment - self.starts[day], WORKING_DAY)

    def moment(self, position: int) -> int:
        """Find when ``position`` is reached; the end of a day is the next day's start."""
        day, second = divmod(position, WORKING_DAY)
        return self.starts[day] + second

    def evening(self, position: int) -> int:
        """Find when the working day of ``position`` ends."""
        return self.starts[position // WORKING_DAY] + WORKING_DAY

    def midnight(self, day: date) -> int:
        """Find when ``day`` begins in Berlin."""
        return self.nine_o_clock[day] - 9 * HOUR


@cache
def working_time() -> WorkingTime:
    """Make the clock, once; Polars knows the zone even where the machine has no zone files."""
    days = [_FIRST + timedelta(days=count) for count in range((_LAST - _FIRST).days + 1)]
    local = pl.Series([datetime(day.year, day.month, day.day, 9) for day in days])  # noqa: DTZ001
    moments = local.dt.replace_time_zone(TIME_ZONE).dt.epoch("s").to_list()
    nine_o_clock = dict(zip(days, moments, strict=True))
    works = [day for day in days if day.weekday() < 5 and day not in HOLIDAYS]
    return WorkingTime(nine_o_clock, [nine_o_clock[day] for day in works])

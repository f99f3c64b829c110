"""A clock that goes only in working hours, counted minute by minute."""

from datetime import datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)


class Clock:
    """The working hours of a place."""

    def __init__(self, zone: str, country: str | None, days: tuple[str, ...], hours: str) -> None:
        self.zone = ZoneInfo(zone)
        self.off = holidays.country_holidays(country) if country else {}
        self.days = {WEEKDAYS.index(day) for day in days}
        first, last = hours.split("-")
        self.first = time.fromisoformat(first)
        self.last = None if last == "24:00" else time.fromisoformat(last)
        self.worked = cache(self.worked_on)

    def seconds(self, since: datetime, until: datetime) -> int:
        """Return the working seconds between two moments, of which the first is not later."""
        found, day = -self.until(since), midnight(since)
        while day < midnight(until):
            found += self.worked(day)[-1]
            day += timedelta(days=1)
        return found + self.until(until)

    def until(self, moment: datetime) -> int:
        """Return the working seconds of a day of UTC until a moment of it."""
        minutes, seconds = divmod(int((moment - midnight(moment)).total_seconds()), 60)
        begun = self.worked(midnight(moment))[minutes]
        return begun + (seconds if seconds and self.works(moment) else 0)

    def worked_on(self, day: datetime) -> list[int]:
        """Return the working seconds of a day of UTC until each of its minutes and its end."""
        works = (60 * self.works(day + number * MINUTE) for number in range(24 * 60))
        return list(accumulate(works, initial=0))

    def works(self, moment: datetime) -> bool:
        """Tell whether people work in the minute of a moment."""
        local = moment.astimezone(self.zone)
        return (
            local.weekday() in self.days
            and local.date() not in self.off
            and self.first <= local.time()
            and (self.last is None or local.time() < self.last)
        )


# Days are counted once, for however many organisations keep the same hours.
working = cache(Clock)


def midnight(moment: datetime) -> datetime:
    """Return the beginning of a day of UTC."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)

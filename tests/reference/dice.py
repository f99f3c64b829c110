"""Dice that fall on the same second, on midnights and on boundaries more often than life does."""

import hashlib
import random
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.organisation import Row, Service

MINUTES = (0, 0, 0, 1, 20, 60, 90, 24 * 60, 72 * 60, 3 * 24 * 60 + 1)
BOTS = ("renovate[bot]", "ci-bot", "Deploy Bot")


def sha_of(*parts: object) -> str:
    """Return a sha."""
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


class Dice:
    """One random organisation in the making; ``name`` leads every name and id in it."""

    def __init__(self, name: str, seed: int, zone: str, as_of: datetime) -> None:
        self.name, self.zone, self.as_of = name, zone, as_of
        self.seed, self.dice = seed, random.Random(seed)
        self.weeks = self.dice.choice((2, 5, 12))
        self.moments: list[datetime] = []
        self.tables: dict[str, list[Row]] = {
            "deployments": [], "changes": [], "commits": [], "incidents": [], "flag_events": [],
        }  # fmt: skip
        people = ("ann", "Bob", "cid", "talbot", "robotics")
        self.people = (*(f"{name}-{one}" for one in people), *BOTS, None, None)
        self.lines: dict[str, list[Row]] = {}
        self.count = 0

    def chance(self, share: float) -> bool:
        """Say yes so often."""
        return self.dice.random() < share

    def next_id(self) -> str:
        """Return an id that nothing else has."""
        self.count += 1
        return f"{self.name}-{self.count}"

    def moment(self) -> datetime:
        """Return a moment: a new one, a known one, a midnight in the zone, or near one of these."""
        kind = self.dice.randint(0, 9)
        if kind < 3 and self.moments:
            near = self.dice.choice(self.moments)
            found = near + timedelta(minutes=self.dice.choice(MINUTES)) * self.dice.choice((-1, 1))
        elif kind == 3:
            day = self.as_of.date() - timedelta(days=self.dice.randint(-3, self.weeks * 7))
            found = datetime.combine(day, time(), ZoneInfo(self.zone))
            found = found.astimezone(self.as_of.tzinfo)
        else:
            minutes = self.dice.randint(-2 * 24 * 6, self.weeks * 7 * 24 * 6)
            found = self.as_of - timedelta(minutes=minutes * 10)
        self.moments.append(found)
        return found

    def after(self, moment: datetime) -> datetime:
        """Return a moment soon after another, sometimes at the same second."""
        found = moment + timedelta(minutes=self.dice.choice((0, 1, 20, 60, 300, 24 * 60)))
        self.moments.append(found)
        return found

    def maybe(self, value: Any, share: float = 0.7) -> Any:
        """Return the value, or nothing."""
        return value if self.chance(share) else None

    def called(self, service: Service) -> str:
        """Return one of the names that sources know a service by."""
        return self.dice.choice((service.name, *service.aliases))

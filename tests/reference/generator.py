"""Random small organisations, full of ties, gaps in the data and clocks that disagree."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from tests.reference.choices import CALENDAR, CALENDARS, COUNTRIES, some_rules
from tests.reference.happenings import Happenings
from tests.reference.organisation import Organisation, Row, Service

__all__ = ["CALENDARS", "pack"]


def pack(seed: int, count: int) -> Organisation:
    """Return several organisations that share nothing but their calendar, as one."""
    zone, as_of = CALENDARS[seed % len(CALENDARS)]
    whole = One(f"s{seed}o0", seed * 1000, zone, as_of).organisation()
    for place in range(1, count):
        whole += One(f"s{seed}o{place}", seed * 1000 + place, zone, as_of).organisation()
    dice = random.Random(seed)
    calendar: Row = {key: dice.choice(values) for key, values in CALENDAR.items()}
    if dice.random() < 0.6:
        calendar["country"] = COUNTRIES[zone]
    return replace(
        whole,
        rules=some_rules(dice) if seed % 2 else {},
        calendar=calendar if seed % 3 else {},
        # Without services in the configuration, the data names them.
        services=() if seed % 5 == 4 else whole.services,
        members=() if seed % 5 == 4 else whole.members,
    )


class One(Happenings):
    """One random organisation in the making."""

    def organisation(self) -> Organisation:
        """Return it."""
        services = tuple(self.services())
        for repository in sorted({one.repository for one in services if one.repository}):
            if self.dice.random() < 0.75:
                self.history(repository)
        for service in services:
            for _ in range(self.dice.choice((0, 0, 2, 5))):
                self.loose_request(service)
            self.deploy(service)
        for _ in range(self.dice.randint(0, 8)):
            self.incident(services)
        for _ in range(self.dice.choice((0, 2, 6))):
            self.flags(services)
        overrides = tuple(self.overrides())
        for rows in self.tables.values():
            self.dice.shuffle(rows)
        return Organisation(
            services,
            self.tables,
            self.as_of,
            self.zone,
            members=tuple(self.members(services)),
            overrides=overrides,
        )

    def services(self) -> Iterator[Service]:
        """Yield one to four services."""
        today = self.as_of.date()
        shared = self.maybe(f"{self.name}-shared", 0.3)
        names = [f"{self.name}{letter}" for letter in "abcd"[: self.dice.randint(1, 4)]]
        for place, name in enumerate(names):
            teams = [(f"{self.name}-red", date(2000, 1, 1))]
            if self.chance(0.3):
                moved_on = today - timedelta(days=self.dice.randint(0, self.weeks * 7))
                teams.append((f"{self.name}-blue", moved_on))
            retired_on = today - timedelta(days=self.dice.randint(-5, self.weeks * 7))
            repository = self.maybe(f"{name}-code", 0.85)
            yield Service(
                name=name,
                teams=tuple(teams) if self.chance(0.85) else (),
                aliases=(f"{name}-alias",) if self.chance(0.4) else (),
                repository=shared or repository,
                folder=f"dir{place}" if shared and self.chance(0.7) else None,
                retired_on=self.maybe(retired_on, 0.12),
                rules=tuple(some_rules(self.dice).items()) if self.chance(0.4) else (),
                blames=tuple(self.blames(names, name)),
            )

    def blames(self, names: list[str], name: str) -> Iterator[str]:
        """Yield other services that incidents of a service may be due to."""
        others = [other for other in names if other != name]
        if others and self.chance(0.3):
            yield from self.dice.sample(others, self.dice.randint(1, len(others)))

    def members(self, services: tuple[Service, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield teams and who is in them; somebody may be in two."""
        people = (
            (f"{self.name}-A*", f"{self.name}-talbot"),
            (f"{self.name}-bob", f"{self.name}-tal*"),
        )
        teams = sorted({name for service in services for name, _ in service.teams})
        for team, globs in zip(teams, people, strict=False):
            if self.chance(0.6):
                yield team, globs

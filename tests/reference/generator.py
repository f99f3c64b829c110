"""Random small organisations, full of ties, gaps in the data and clocks that disagree."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.organisation import Organisation, Row, Service, utc

# A zone, and moments near which its clocks change or its days are not those of UTC.
CALENDARS = (
    ("America/New_York", utc(2026, 3, 19, 3, 30)),
    ("Asia/Kolkata", utc(2026, 5, 31, 18, 30)),
    ("Pacific/Apia", utc(2026, 1, 4, 10, 0)),
    ("Europe/Berlin", utc(2026, 11, 1, 23, 0)),
    ("Australia/Lord_Howe", utc(2026, 4, 12, 14, 0)),
    ("UTC", utc(2026, 7, 6, 0, 0)),
)
DEFINITIONS: tuple[Row, ...] = (
    {"regions": "each", "minimum_confidence": 0.7, "bots_changes": "in"},
    {"attribution_window_hours": 24, "half_life_hours": 6, "hotfix_window_hours": 1000},
    {"minimum_confidence": 0, "lookback_days": 3, "hotfix_window_hours": 1},
)
MINUTES = (0, 0, 0, 1, 20, 60, 90, 24 * 60, 72 * 60, 3 * 24 * 60 + 1)
REGIONS = ("production-eu", "production-us", "Prod")
PEOPLE = ("ann", "bob", "renovate[bot]", "ci-bot", None, None)


def sha_of(*parts: object) -> str:
    """Return a sha."""
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


def pack(seed: int, count: int) -> Organisation:
    """Return several organisations that share nothing but their calendar, as one."""
    zone, as_of = CALENDARS[seed % len(CALENDARS)]
    whole = One(f"s{seed}o0", seed * 1000, zone, as_of).organisation()
    for place in range(1, count):
        whole += One(f"s{seed}o{place}", seed * 1000 + place, zone, as_of).organisation()
    rules = {} if seed % 4 != 3 else DEFINITIONS[seed // 4 % len(DEFINITIONS)]
    # Without services in the configuration, the data names them.
    return replace(whole, rules=rules, services=() if seed % 5 == 4 else whole.services)


class One:
    """One random organisation in the making; ``name`` leads every name and id in it."""

    def __init__(self, name: str, seed: int, zone: str, as_of: datetime) -> None:
        self.name, self.zone, self.as_of = name, zone, as_of
        self.dice = random.Random(seed)
        self.weeks = self.dice.choice((2, 5, 12))
        self.moments: list[datetime] = []
        self.tables: dict[str, list[Row]] = {
            "deployments": [], "changes": [], "commits": [], "incidents": [],
        }  # fmt: skip
        self.lines: dict[str, list[Row]] = {}
        self.count = 0

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
        for rows in self.tables.values():
            self.dice.shuffle(rows)
        return Organisation(services, self.tables, self.as_of, self.zone)

    # --- dice ---

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

    # --- what is there ---

    def services(self) -> Iterator[Service]:
        """Yield one to four services."""
        today = self.as_of.date()
        shared = self.maybe(f"{self.name}-shared", 0.3)
        for place in range(self.dice.randint(1, 4)):
            name = f"{self.name}{'abcd'[place]}"
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
            )

    def called(self, service: Service) -> str:
        """Return one of the names that sources know a service by."""
        return self.dice.choice((service.name, *service.aliases))

    # --- commits and pull requests ---

    def history(self, repository: str) -> None:
        """Make a commit history by direct commits, squashes and merges, oldest first."""
        self.lines[repository] = line = []
        moment = self.as_of - timedelta(weeks=self.weeks)
        has_requests = self.chance(0.6)
        for _ in range(self.dice.randint(1, 18)):
            moment = self.after(moment + timedelta(hours=self.dice.choice((0, 0, 5, 20, 40))))
            tip = [line[-1]["sha"]] if line else []
            kind = self.dice.choice(("direct", "squash", "merge") if has_requests else ("direct",))
            if kind == "merge" and tip:
                side = tip
                commits = []
                for _ in range(self.dice.randint(1, 3)):
                    commits.append(self.commit(repository, side, moment))
                    side = [commits[-1]["sha"]]
                commits.append(self.commit(repository, [*tip, *side], moment))
                line += commits
            else:
                line.append(self.commit(repository, tip, moment))
            if kind != "direct":
                self.request(repository, line[-1])
        for _ in range(self.dice.choice((0, 0, 2))):
            parent = self.dice.choice(line)["sha"]
            line.insert(0, self.commit(repository, [parent], self.moment()))

    def commit(self, repository: str, parents: list[str], moment: datetime) -> Row:
        """Add one commit; sometimes authored long before, or after, or a revert."""
        known = self.lines[repository]
        reverted = self.dice.choice(known)["sha"] if known and self.chance(0.12) else None
        skew = timedelta(hours=self.dice.choice((0, 0, 1, 30, -1)))
        row = {
            "repository": repository,
            "sha": sha_of(self.name, repository, self.next_id()),
            "parents": " ".join(parents) or None,
            "authored_at": moment - skew,
            "committed_at": moment if skew else self.maybe(moment),
            "author": self.dice.choice(PEOPLE),
            "subject": 'Revert "x"' if reverted else self.dice.choice(("Add x", "hotfix: y", None)),
            "reverts": reverted and reverted[: self.dice.choice((7, 12, 40))],
            "paths": self.dice.choice(("dir0/x", "dir1/x;dir2/y", "other", None)),
        }
        self.tables["commits"].append(row)
        return row

    def request(self, repository: str, landed: Row) -> None:
        """Add the pull request that a main-line commit landed."""
        merged_at = landed["committed_at"] or landed["authored_at"]
        steps = sorted(merged_at - timedelta(hours=self.dice.randint(0, 60)) for _ in range(4))
        if self.chance(0.15):
            self.dice.shuffle(steps)
        self.add_request(
            steps,
            repository=repository,
            merged_at=merged_at,
            merge_sha=landed["sha"] if self.chance(0.9) else sha_of("unknown", self.next_id()),
        )

    def loose_request(self, service: Service) -> None:
        """Add a pull request that knows little of any repository."""
        steps = sorted(self.moment() for _ in range(5))
        by_service = self.chance(0.6) or not service.repository
        shas = [row["sha"] for row in self.lines.get(service.repository or "", ())]
        self.add_request(
            steps[:4],
            service=self.called(service) if by_service else None,
            repository=self.maybe(service.repository) if by_service else service.repository,
            merged_at=self.maybe(steps[4], 0.85),
            merge_sha=self.maybe(self.dice.choice(shas) if shas else sha_of(self.next_id()), 0.4),
        )

    def add_request(self, steps: list[datetime], **known: Any) -> None:
        """Add a pull request with some of its fields."""
        names = ("first_commit_at", "opened_at", "first_review_at", "approved_at")
        times = {name: self.maybe(step) for name, step in zip(names, steps, strict=True)}
        deployments = [row["deployment_id"] for row in self.tables["deployments"]]
        named = self.dice.choice(deployments) if deployments else None
        self.tables["changes"].append(
            {
                "change_id": self.next_id(),
                **times,
                **known,
                "deployment_id": self.maybe(named, 0.2),
                "author": self.dice.choice(PEOPLE),
                "title": self.dice.choice(("Add x", "Hotfix: y", 'Revert "z"', None)),
                "branch": self.dice.choice(("hotfix/1", "topic", "topic", None)),
                "labels": self.dice.choice(("a;HotFix", "a", None, None, None)),
            }
        )

    # --- deployments and incidents ---

    def deploy(self, service: Service) -> None:
        """Add up to 25 deployments of one service."""
        regions = self.dice.choice((("production",), ("production",), REGIONS[:2], REGIONS, ()))
        line = [row["sha"] for row in self.lines.get(service.repository or "", ())]
        place, last = 0, 0
        rollouts = self.dice.choice((0, 1, 4, 9, 20)) // (len(regions) or 1)
        for _ in range(rollouts):
            kind = self.dice.choice(("on", "on", "on", "again", "back", "unknown", "none"))
            place += self.dice.choice((1, 1, 2)) if kind == "on" else 0
            last = max(last, place)
            place = max(place - self.dice.randint(1, 3), 0) if kind == "back" else place
            sha = line[min(place, len(line) - 1)] if line else sha_of(service.name, place)
            sha = sha_of("unknown", place) if kind == "unknown" else sha
            told = {
                "sha": None if kind == "none" else self.maybe(sha.upper(), 0.9),
                "version": self.maybe(f"V1.{place}", 0.5),
                "rolls_back_to": self.maybe(f"v1.{place}", 0.5) if kind == "back" else None,
                "repository": self.maybe(service.repository, 0.2),
            }
            self.roll_out(service, regions, told)
            if self.chance(0.2):
                self.deployment(service, "staging", self.moment(), told)

    def roll_out(self, service: Service, regions: tuple[str, ...], told: Row) -> None:
        """Deploy one version to all regions, some of them up to a day later or longer."""
        began = self.moment()
        for region in regions:
            lag = self.dice.choice((0, 0, 20, 60, 24 * 60, 24 * 60 + 1))
            self.deployment(service, region, began + timedelta(minutes=lag), told)

    def deployment(self, service: Service, region: str, began: datetime, told: Row) -> None:
        """Add one deployment."""
        finished = began + timedelta(minutes=self.dice.choice((0, 5, 5, 5, 5, 90, 90, -5)))
        self.moments += [began, finished]
        status = self.dice.choice((None, "success", "success", "success", "failure", "cancelled"))
        is_running = self.chance(0.04)
        self.tables["deployments"].append(
            {
                "deployment_id": self.next_id(),
                "service": self.called(service) if self.chance(0.97) else f"{self.name}-nobody",
                "environment": None if region == "production" else region,
                "started_at": began if is_running else self.maybe(began),
                "finished_at": None if is_running else finished,
                "status": "in_progress" if is_running else status,
                "author": self.dice.choice(PEOPLE),
                **told,
            }
        )

    def incident(self, services: tuple[Service, ...]) -> None:
        """Add one incident, often soon after some deployment."""
        deployments = self.tables["deployments"]
        named = self.dice.choice(deployments) if deployments else {}
        ended = named.get("finished_at")
        lag = timedelta(minutes=self.dice.choice((0, 30, 24 * 60, 24 * 60 + 1, 72 * 60, 4320 + 1)))
        started = ended + lag if ended and self.chance(0.6) else self.moment()
        service = self.called(self.dice.choice(services))
        said = self.dice.choice(("", named.get("sha"), named.get("version"), "abc"))
        if said and len(said) == 40:
            said = said[: self.dice.choice((6, 7, 10, 40))].lower()
        self.moments.append(started)
        self.tables["incidents"].append(
            {
                "incident_id": self.next_id(),
                "service": self.dice.choice((service, service, service, "stranger", None)),
                "started_at": started,
                "resolved_at": self.maybe(
                    self.after(started) if self.chance(0.9) else self.moment()
                ),
                "deployment_id": self.maybe(named.get("deployment_id"), 0.2),
                "title": f"Slow since {said}, help" if said else None,
            }
        )

"""One organisation as the reference and the pipeline both read it."""

import fnmatch
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.reference.clock import Clock, working

Row = dict[str, Any]

BORN_BY = {
    "flag_events": ("happened_at",),
    "deployments": ("started_at", "finished_at"),
    "changes": ("opened_at", "first_commit_at", "first_review_at", "approved_at", "merged_at"),
    "commits": ("committed_at", "authored_at"),
    "incidents": ("started_at",),
}
DEFAULTS = {
    "regions": "once", "counted_deployments": "all", "rollbacks": "in", "failed_pipelines": "out",
    "lead_time_from": "first_commit", "lead_time_of": "change", "lead_time_value": "median",
    "clock": "calendar", "teams_by": "service", "bots_changes": "out", "rollback_blames": "last",
    "attribution_window_hours": 72, "half_life_hours": 24, "minimum_confidence": 0.25,
    "hotfix_window_hours": 72, "lookback_days": 30, "flag_window_minutes": 60,
    "recovery_from": "deployment", "recovery_by": "any", "minimum_count": 10,
    "hotfix_branches": ("hotfix/*", "hotfix-*"), "hotfix_labels": ("hotfix",),
    "hotfix_titles": ("hotfix:*", "hotfix *", "hotfix(*", "[hotfix]*"),
}  # fmt: skip
BOTS = (
    "*[bot]", "*-bot", "*_bot", "* bot", "bot", "bot-*", "dependabot", "dependabot-*", "renovate",
    "renovate-*", "github-actions", "github actions",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEVER = date(9999, 12, 31)
ALWAYS = date(1900, 1, 1)


@dataclass(frozen=True)
class Service:
    """A service of the configuration; ``teams`` are name and first day, ``folder`` its paths."""

    name: str
    teams: tuple[tuple[str, date], ...] = ()
    aliases: tuple[str, ...] = ()
    repository: str | None = None
    folder: str | None = None
    retired_on: date | None = None
    rules: tuple[tuple[str, Any], ...] = ()
    blames: tuple[str, ...] = ()

    def settings(self) -> Row:
        """Return what ``drumbeat.yaml`` says of it."""
        teams = [{"name": name, "since": since.isoformat()} for name, since in self.teams]
        return {
            "name": self.name,
            "team": teams,
            "aliases": list(self.aliases),
            **({"repository": self.repository} if self.repository else {}),
            **({"paths": [f"{self.folder}/**"]} if self.folder else {}),
            **({"retired_on": self.retired_on.isoformat()} if self.retired_on else {}),
            **({"definitions": dict(self.rules)} if self.rules else {}),
            **({"incidents": {"blames": list(self.blames)}} if self.blames else {}),
        }


@dataclass(frozen=True)
class Organisation:
    """Services, neutral tables, and when and where it is looked at."""

    services: tuple[Service, ...]
    tables: dict[str, list[Row]]
    as_of: datetime
    zone: str = "UTC"
    rules: Row = field(default_factory=dict)
    calendar: Row = field(default_factory=dict)
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()
    overrides: tuple[Row, ...] = ()

    def settings(self) -> Row:
        """Return the keys of ``drumbeat.yaml`` for it."""
        services = [service.settings() for service in self.services]
        teams = [{"name": name, "members": list(globs)} for name, globs in self.members]
        return {
            **({"services": services} if services else {}),
            "calendar": {"time_zone": self.zone, **self.calendar},
            "definitions": self.rules,
            **({"teams": teams} if teams else {}),
        }

    def rule(self, name: str, service: str) -> Any:
        """Return a setting under ``definitions``: the service's own, else the organisation's."""
        return {**DEFAULTS, **self.rules, **self.own_rules.get(service, {})}[name]

    @cached_property
    def own_rules(self) -> dict[str, Row]:
        """The rules in which services differ."""
        return {service.name: dict(service.rules) for service in self.services}

    @cached_property
    def clock(self) -> Clock:
        """The clock of working hours."""
        return working(
            self.zone,
            self.calendar.get("country"),
            tuple(self.calendar.get("working_days", WEEKDAYS[:5])),
            self.calendar.get("working_hours", "09:00-17:00"),
        )

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the calendar's zone."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def truncated(self) -> "Organisation":
        """Return it with nothing in its tables that happened after ``as_of``."""
        tables = {
            name: [kept for row in rows if (kept := until(name, row, self.as_of))]
            for name, rows in self.tables.items()
        }
        return replace(self, tables=tables)

    def shifted(self, by: timedelta) -> "Organisation":
        """Return it at another time."""

        def moved(value: Any) -> Any:
            return value + by if isinstance(value, date) else value

        services = tuple(
            replace(
                service,
                teams=tuple((name, moved(since)) for name, since in service.teams),
                retired_on=moved(service.retired_on),
            )
            for service in self.services
        )
        tables = {
            name: [{key: moved(value) for key, value in row.items()} for row in rows]
            for name, rows in self.tables.items()
        }
        overrides = tuple({**row, "on": row["on"] + by} for row in self.overrides)
        return replace(
            self, services=services, tables=tables, as_of=self.as_of + by, overrides=overrides
        )

    def __add__(self, other: "Organisation") -> "Organisation":
        """Return both as one, looked at as the first is."""
        return replace(
            self,
            services=(*self.services, *other.services),
            tables={name: [*rows, *other.tables[name]] for name, rows in self.tables.items()},
            members=(*self.members, *other.members),
            overrides=(*self.overrides, *other.overrides),
        )


def until(table: str, row: Row, moment: datetime) -> Row | None:
    """Return a row as it was at a moment, None where it was not born yet."""
    born = next((row[name] for name in BORN_BY[table] if row.get(name)), None)
    if born is None or born > moment:
        return None
    if table == "commits":
        return row
    kept = {
        key: None if isinstance(value, datetime) and value > moment else value
        for key, value in row.items()
    }
    if table == "deployments" and kept.get("finished_at") is None:
        kept["status"] = "in_progress"
    return kept


def is_one_of(text: str | None, globs: tuple[str, ...]) -> bool:
    """Tell whether a whole text is any of the globs, whatever its case; brackets are brackets."""
    plain = [glob.lower().replace("[", "[[]") for glob in globs]
    return text is not None and any(fnmatch.fnmatchcase(text.lower(), glob) for glob in plain)


def words(text: str | None) -> set[str]:
    """Return what a title is made of that could name a commit or a version."""
    found = re.split(r"[^a-z0-9._+-]+", (text or "").lower())
    return {word.rstrip(".") for word in found if len(word.rstrip(".")) >= 3}


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]

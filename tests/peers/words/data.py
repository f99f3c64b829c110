"""One organisation as other tools would meet it: deployments, requests, incidents, commits."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.reference.organisation import Organisation, Row, is_one_of

PRODUCTION = ("production", "production-*", "prod", "prod-*")
REVERT_BRANCHES = ("revert-*", "revert/*")


def by_end(row: Row) -> Any:
    """Order deployments by their end."""
    return row["finished_at"], row["deployment_id"]


def by_start(row: Row) -> Any:
    """Order deployments by their start."""
    return row["started_at"] or row["finished_at"], row["deployment_id"]


def seconds(begun: datetime | None, ended: datetime | None) -> float | None:
    """Return the time between two moments, None where either is unknown."""
    return (ended - begun).total_seconds() if begun and ended else None


def median(values: list[float]) -> float | None:
    """Return the usual median, None of nothing."""
    return statistics.median(values) if values else None


def mean(values: list[float]) -> float | None:
    """Return the mean, None of nothing."""
    return sum(values) / len(values) if values else None


class Data:
    """What all tools read; each of them is a subclass that counts."""

    whole: tuple[date, date] | None = None
    """The window of which a trend shows periods."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation.truncated()
        tables = self.organisation.tables
        self.tables = {
            name: [defaultdict(lambda: None, row) for row in rows] for name, rows in tables.items()
        }
        told = {one.name: one.repository for one in organisation.services}
        self.aliases = {alias: one.name for one in organisation.services for alias in one.aliases}
        self.services: dict[str, str | None] = told or dict.fromkeys(sorted(self.names()))
        for row in self.tables["deployments"]:
            name = self.named(row["service"])
            if name and not told.get(name) and row["repository"]:
                self.services[name] = max(self.services[name] or "", row["repository"])

    @cached_property
    def places(self) -> dict[str, set[str | None]]:
        """The repositories of each service: its own, and those that it is deployed from."""
        found = {name: {code} for name, code in self.services.items()}
        for row in self.tables["deployments"]:
            if name := self.named(row["service"]):
                found[name].add(row["repository"])
        return found

    def names(self) -> set[str]:
        """Return every service that the data names."""
        tables = ("deployments", "changes", "incidents")
        return {row["service"] for table in tables for row in self.tables[table] if row["service"]}

    def named(self, service: str | None) -> str | None:
        """Return the service that a source's name stands for."""
        found = self.aliases.get(service or "", service)
        return found if found in self.services else None

    def day(self, moment: datetime) -> date:
        """Return the local day of a moment."""
        return self.organisation.day(moment)

    def owners(self, service: str | None, repository: str | None) -> list[str]:
        """Return the services that a thing belongs to: by name, by repository, or the only one."""
        if name := self.named(service):
            return [name]
        found = [
            name
            for name, codes in self.places.items()
            if service is None and repository and repository in codes
        ]
        return found or (list(self.services) if len(self.services) == 1 else [])

    @cached_property
    def deployments(self) -> list[Row]:
        """Deployments to production that have ended, in the order of their ends."""
        found = [
            {
                **{key: row[key] for key in ("deployment_id", "started_at", "finished_at")},
                "version": row["version"],
                "branch": row["branch"],
                "status": row["status"] or "success",
                "service": name,
                "environment": row["environment"] or "production",
                "repository": row["repository"] or self.services[name],
                "sha": row["sha"].lower() if row["sha"] else None,
            }
            for row in self.tables["deployments"]
            if (name := self.named(row["service"]))
            and row["finished_at"]
            and is_one_of(row["environment"] or "production", PRODUCTION)
        ]
        return sorted(found, key=by_end)

    @cached_property
    def successes(self) -> list[Row]:
        """Successful deployments to production, in the order of their ends."""
        return [row for row in self.deployments if row["status"] == "success"]

    @cached_property
    def chains(self) -> dict[Any, list[Row]]:
        """Successful deployments by service, environment and repository."""
        found = defaultdict(list)
        for row in self.successes:
            found[row["service"], row["environment"], row["repository"]].append(row)
        return found

    def chain(self, one: Row, order: Any = by_end) -> list[Row]:
        """Return deployments of the same service, environment and repository, in order."""
        return sorted(self.chains[one["service"], one["environment"], one["repository"]], key=order)

    def previous(self, one: Row, order: Any = by_end) -> Row | None:
        """Return the deployment before this one in its chain."""
        earlier = [row for row in self.chain(one, order) if order(row) < order(one)]
        return earlier[-1] if earlier else None

    @cached_property
    def incidents(self) -> list[Row]:
        """Incidents with the services that they belong to."""
        return [
            {
                **{key: row[key] for key in ("incident_id", "started_at", "resolved_at")},
                "deployment_id": row["deployment_id"],
                "title": row["title"],
                "owners": self.owners(row["service"], row["repository"]),
                "at": row["started_at"],
            }
            for row in self.tables["incidents"]
        ]

    # --- scopes ---

    def scopes(self) -> Iterator[tuple[str, str]]:
        """Yield every scope and name."""
        yield from (("service", name) for name in self.services)
        if self.services:
            yield "organisation", "organisation"
        teams = {team for one in self.organisation.services for team, _ in one.teams}
        yield from (("team", team) for team in teams)

    def is_in(self, scope: tuple[str, str], service: str, day: date) -> bool:
        """Tell whether a service counted for a scope on a day."""
        kind, name = scope
        if kind != "team":
            return kind == "organisation" or service == name
        (one,) = [one for one in self.organisation.services if one.name == service] or (None,)
        teams = sorted(one.teams, key=lambda team: team[1]) if one else []
        since = [team for team, first in teams if first <= day]
        return bool(since) and since[-1] == name

    def within(self, scope: tuple[str, str], rows: list[Row], moment: str) -> list[Row]:
        """Return the rows of a scope: those of its services on the day of the moment."""
        return [
            row
            for row in rows
            if scope[0] == "organisation"
            or any(
                self.is_in(scope, service, self.day(row[moment]))
                for service in row.get("owners", [row.get("service")])
            )
        ]


def between(since: date, until: date, day: date | None) -> bool:
    """Tell whether a day is in the window."""
    return day is not None and since <= day < until


def ago(days: int) -> timedelta:
    """Return a span of days."""
    return timedelta(days=days)

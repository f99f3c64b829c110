"""What was deployed, what is one rollout, and what went back."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.organisation import Organisation, Row, Service, is_one_of, until

PRODUCTION = ("production", "production-*", "prod", "prod-*")


def hours(count: float) -> timedelta:
    """Return a span."""
    return timedelta(hours=count)


def by_end(deployment: Row) -> Any:
    """Order deployments by their end."""
    return deployment["finished_at"], deployment["deployment_id"]


class Deployments:
    """The deployments of one organisation; everything is made when first asked for."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.rule = organisation.rule
        told = organisation.services or tuple(map(Service, sorted(self.names())))
        self.services = {service.name: service for service in told}
        self.aliases = {
            alias: service.name for service in organisation.services for alias in service.aliases
        }

    def names(self) -> set[str]:
        """Return every service that the data names."""
        return {
            row["service"]
            for table in ("deployments", "changes", "incidents")
            for row in self.table(table)
            if row["service"]
        }

    def table(self, name: str) -> list[Row]:
        """Return a neutral table cut at the as-of moment, with every column that is asked for."""
        rows = self.organisation.tables[name]
        kept = [until(name, row, self.organisation.as_of) for row in rows]
        return [defaultdict(lambda: None, row) for row in kept if row]

    def named(self, service: str | None) -> str | None:
        """Return the service that a source's name stands for."""
        found = self.aliases.get(service, service)  # type: ignore[arg-type]
        return found if found in self.services else None

    @cached_property
    def repositories(self) -> dict[str, str | None]:
        """The repository of every service: the configuration's, else what its deployments tell."""
        told: dict[str, str | None] = {name: one.repository for name, one in self.services.items()}
        for row in self.table("deployments"):
            service = self.named(row["service"])
            if service and not self.services[service].repository and row["repository"]:
                told[service] = max(told[service] or "", row["repository"])
        return told

    @cached_property
    def deployments(self) -> list[Row]:
        """Deployments of our services as they were at the as-of moment."""
        found = []
        for row in self.table("deployments"):
            service = self.named(row["service"])
            if not service:
                continue
            sha = row["sha"].lower() if row["sha"] else None
            environment = row["environment"] or "production"
            status = row["status"] or "success"
            found.append(
                {
                    **row,
                    "deployment_id": row["deployment_id"],
                    "service": service,
                    "environment": environment,
                    "started_at": row["started_at"],
                    "finished_at": row["finished_at"],
                    "version": row["version"],
                    "rolls_back_to": row["rolls_back_to"],
                    "sha": sha,
                    "repository": row["repository"] or self.repositories[service],
                    "key": sha or row["version"],
                    "began_at": row["started_at"] or row["finished_at"],
                    "is_production": is_one_of(environment, PRODUCTION),
                    "status": status,
                    "is_success": status == "success" and row["finished_at"] is not None,
                }
            )
        return found

    @cached_property
    def successes(self) -> list[Row]:
        """Successful deployments by their end."""
        return sorted((row for row in self.deployments if row["is_success"]), key=by_end)

    @cached_property
    def production(self) -> dict[str, Row]:
        """Counted deployments, by their end."""
        return {row["deployment_id"]: row for row in self.successes if row["is_production"]}

    @cached_property
    def members(self) -> dict[str, str]:
        """The rollout of every counted deployment."""
        waves: dict[Any, list[list[Row]]] = defaultdict(list)
        for row in sorted(self.production.values(), key=lambda row: (row["began_at"], by_end(row))):
            found = waves[row["service"], row["key"] or ("none", row["deployment_id"])]
            wave = found[-1] if found else None
            if (
                wave is None
                or self.rule("regions", row["service"]) == "each"
                or row["environment"] in {member["environment"] for member in wave}
                or row["began_at"] - wave[0]["began_at"] > hours(24)
            ):
                found.append(wave := [])
            wave.append(row)
        return {
            row["deployment_id"]: min(wave, key=by_end)["deployment_id"]
            for found in waves.values()
            for wave in found
            for row in wave
        }

    def stream(self, one: Row) -> list[Row]:
        """Return successful deployments of the same service to the same environment."""
        return [
            row
            for row in self.successes
            if (row["service"], row["environment"]) == (one["service"], one["environment"])
        ]

    @cached_property
    def versions(self) -> dict[str, Row]:
        """What ran before each successful deployment, and whether it went back."""
        found = {}
        for one in self.successes:
            stream = self.stream(one)
            ended = [
                row
                for row in stream
                if row["finished_at"] <= one["began_at"] and by_end(row) < by_end(one)
            ]
            live = max(ended, key=by_end, default=None)
            first = self.first_of(stream, one)
            goes_back = bool(
                live
                and one["key"]
                and live["key"]
                and one["key"] != live["key"]
                and first is not one
                and by_end(first) < by_end(self.first_of(stream, live))
            )
            found[one["deployment_id"]] = {
                "live": live["deployment_id"] if live else None,
                "is_rollback": goes_back or one["rolls_back_to"] is not None,
                "rolls_back_to": first["deployment_id"] if goes_back else one["rolls_back_to"],
            }
        return found

    @staticmethod
    def first_of(stream: list[Row], one: Row) -> Row:
        """Return the first deployment of the same version in a stream."""
        same = [row for row in stream if one["key"] and row["key"] == one["key"]]
        return min(same, key=by_end, default=one)

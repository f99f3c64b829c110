"""Incidents: whose they are, and which services they may be due to."""

from datetime import datetime
from functools import cached_property
from typing import Any

from tests.reference.organisation import Row
from tests.reference.remedies import Remedies


class Incidents(Remedies):
    """The incidents of one organisation."""

    @cached_property
    def incidents(self) -> list[Row]:
        """Incidents, whose they are, and the services that they may be due to."""
        found = []
        for row in self.table("incidents"):
            service = self.named(row["service"])
            known = {name: row[name] for name in ("resolved_at", "deployment_id", "title")}
            found.append({**row, **known, "service": service, "blamed": self.blamed(service)})
        return found

    def blamed(self, service: str | None) -> set[str]:
        """Return the services whose deployments an incident of a service may be due to."""
        if service is None:
            return set(self.services)
        return {service, *self.services[service].blames}

    def rule_of(self, name: str, incident: Row, row: Row) -> Any:
        """Return a rule for a link: that of who claims the incident, else of what is blamed."""
        return self.rule(name, incident["service"] or row["service"])

    def by_time(self, incident: Row, moment: datetime) -> float | None:
        """Return the confidence in what happened at a moment before an incident, by that alone."""
        age = (incident["started_at"] - moment).total_seconds() / 3600
        if age > self.rule("attribution_window_hours", incident["service"]):
            return None
        return float(
            round(0.5 * 2 ** (-age / self.rule("half_life_hours", incident["service"])), 6)
        )

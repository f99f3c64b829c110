"""The deployments that incidents are put down to, by rule, and as people overrule."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.deployments import by_end
from tests.reference.flags import Flags
from tests.reference.organisation import Row, words


class Links(Flags):
    """What incidents are put down to."""

    def links_of(self, incident: Row) -> Iterator[tuple[Row, str, float]]:
        """Yield deployment, how and confidence of everything an incident may be due to."""
        started = incident["started_at"]
        mine = [row for row in self.production.values() if row["service"] in incident["blamed"]]
        named = words(incident["title"])
        for row in mine:
            if row["deployment_id"] == incident["deployment_id"]:
                yield row, "explicit", 1.0
            lookback = timedelta(days=self.rule_of("lookback_days", incident, row))
            if timedelta() <= started - row["finished_at"] <= lookback:
                if any(len(w) >= 7 and (row["sha"] or "").startswith(w) for w in named):
                    yield row, "commit", 0.95
                if (row["version"] or "").lower() in named:
                    yield row, "version", 0.95
        if not incident["service"]:
            return
        for remedy in self.remedies:
            mended = self.production[remedy["mended_id"]]
            if (
                remedy["service"] in incident["blamed"]
                and mended["finished_at"] <= started <= remedy["finished_at"]
                and (not incident["resolved_at"] or remedy["began_at"] <= incident["resolved_at"])
            ):
                yield mended, remedy["how"], remedy["confidence"]
        for service in incident["blamed"]:
            before = [r for r in mine if r["service"] == service and r["finished_at"] <= started]
            if before:
                row = max(before, key=by_end)
                if confidence := self.by_time(incident, row["finished_at"]):
                    yield row, "service_and_time", confidence

    @cached_property
    def overrides(self) -> list[Row]:
        """What people said by the as-of day."""
        today = self.organisation.day(self.organisation.as_of)
        return [
            defaultdict(lambda: None, row)
            for row in self.organisation.overrides
            if row["on"] <= today
        ]

    def told_of(self, incident: str) -> list[Row]:
        """Return the overrides that link an incident to a deployment that counts."""
        return [
            row
            for row in self.overrides
            if row["incident"] == incident and row["link"] in self.production
        ]

    @cached_property
    def links(self) -> list[Row]:
        """Incidents and the deployments that they may be due to; one link of each counts."""
        return [row for incident in self.incidents for row in self.ranked(incident)]

    def ranked(self, incident: Row) -> Iterator[Row]:
        """Yield the links of one incident, by rule and then by people."""
        one = incident["incident_id"]
        found = {(row["deployment_id"], how, told) for row, how, told in self.links_of(incident)}
        told = self.told_of(one)
        unlinked = {
            row["unlink"]: row["reason"] for row in self.overrides if row["incident"] == one
        }
        for place, (deployment, how, confidence) in enumerate(sorted(found, key=self.rank)):
            row = self.production[deployment]
            counts = (
                place == 0
                and confidence >= self.rule_of("minimum_confidence", incident, row)
                and confidence >= self.strongest_flags.get(one, 0)
            )
            overruled = told[0]["reason"] if told else unlinked.get(deployment)
            yield {
                **self.link(incident, row),
                "how": how,
                "confidence": confidence,
                "is_counted": counts and not overruled,
                "is_counted_by_rule": counts,
                "decided_by": "person" if counts and overruled else "rule",
                "reason": overruled if counts else None,
            }
        for override in told:
            yield {
                **self.link(incident, self.production[override["link"]]),
                "how": "person",
                "confidence": 1.0,
                "is_counted": True,
                "is_counted_by_rule": False,
                "decided_by": "person",
                "reason": override["reason"],
            }

    @staticmethod
    def link(incident: Row, row: Row) -> Row:
        """Return what a link is of."""
        return {
            "incident_id": incident["incident_id"],
            "claimed_by": incident["service"] or "",
            "service": row["service"],
            "deployment_id": row["deployment_id"],
        }

    def rank(self, link: Any) -> Any:
        """Order links: strongest first, then the later deployment, then by name."""
        one, how, confidence = link
        later = self.production[one]["finished_at"].timestamp()
        return -confidence, -later, [-ord(sign) for sign in one], how

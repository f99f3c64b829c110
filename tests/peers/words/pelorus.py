"""Pelorus: the commit that was deployed, averages of averages, failures over commits."""

from datetime import date
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import between, mean, seconds
from tests.reference.organisation import Row


class Pelorus(Code):
    """Counts as Pelorus does; a service is one of its applications."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit and n of each metric."""
        mine = self.within(scope, self.successes, "finished_at")
        count = sum(between(since, until, self.day(row["finished_at"])) for row in mine)
        averages, commits = [], 0
        for service in self.services:
            times = self.lead_times([row for row in mine if row["service"] == service])
            kept = [time for day, time in times if between(since, until, day)]
            averages += [mean(kept)] if kept else []
            commits += len(kept)
        incidents = self.within(scope, self.incidents, "at")
        failures = sum(between(since, until, self.day(one["started_at"])) for one in incidents)
        restored = [
            seconds(one["started_at"], one["resolved_at"])
            for one in incidents
            if one["resolved_at"] and between(since, until, self.day(one["resolved_at"]))
        ]
        days = (until - since).days
        return {
            "deployment_frequency": (count * 7 / days, "per week", count),
            "change_lead_time": (mean(averages), "seconds", commits),
            "change_fail_rate": (failures / commits if commits else None, "rate", commits),
            "recovery_time": (mean(restored), "seconds", len(restored)),
        }

    def lead_times(self, mine: list[Row]) -> list[tuple[date, float]]:
        """Return day and lead time of each commit in its earliest deployment."""
        found: dict[Any, tuple[date, float]] = {}
        for one in mine:
            known = self.commits.get(one["repository"] or "", {})
            brought = {one["sha"]: known[one["sha"]]["authored_at"]} if one["sha"] in known else {}
            for request in self.merged:
                if (request["change_id"], one["deployment_id"]) in self.told:
                    brought[request["change_id"], None] = request["first_commit_at"]
            for sha, authored_at in brought.items():
                if authored_at:
                    length = seconds(authored_at, one["finished_at"])
                    found.setdefault(
                        (one["repository"], sha), (self.day(one["finished_at"]), length)
                    )
        return list(found.values())

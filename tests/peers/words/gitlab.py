"""GitLab: means a day, merge to deployment, a ratio of counts that have nothing to do."""

from datetime import date
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import between, median, seconds
from tests.reference.organisation import Row


class GitLab(Code):
    """Counts as GitLab does."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit and n of each metric."""
        mine = self.within(scope, self.successes, "finished_at")
        count = sum(between(since, until, self.day(row["finished_at"])) for row in mine)
        incidents = self.within(scope, self.incidents, "at")
        opened = sum(between(since, until, self.day(one["started_at"])) for one in incidents)
        open_times = [
            seconds(one["started_at"], one["resolved_at"])
            for one in incidents
            if one["resolved_at"] and between(since, until, self.day(one["resolved_at"]))
        ]
        times = self.lead_times(mine, since, until)
        return {
            "deployment_frequency": (count / (until - since).days, "per day", count),
            "change_lead_time": (median(times), "seconds", len(times)),
            "change_fail_rate": (opened / count if count else None, "rate", count),
            "recovery_time": (median(open_times), "seconds", len(open_times)),
        }

    def lead_times(self, mine: list[Row], since: date, until: date) -> list[float]:
        """Return the time from merge to the first deployment that holds the request."""
        found: dict[str, float | None] = {}
        for one in mine:
            shas = self.new(one)
            for request in self.merged:
                if request["change_id"] not in found and self.holds(one, shas, request):
                    is_in = between(since, until, self.day(one["finished_at"]))
                    length = seconds(request["merged_at"], one["finished_at"])
                    found[request["change_id"]] = length if is_in else None
        return [time for time in found.values() if time is not None]

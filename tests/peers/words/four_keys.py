"""Four Keys: commits from the push, incidents that name a commit, buckets."""

import re
from datetime import date, timedelta
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import between, median, seconds
from tests.reference.organisation import Row

HOURS = ((24, "below 24 h"), (168, "below 168 h"), (730, "below 730 h"), (4380, "below 4380 h"))


class FourKeys(Code):
    """Counts as Four Keys does."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit, n and bucket of each metric."""
        mine = self.within(scope, self.successes, "finished_at")
        window = [row for row in mine if between(since, until, self.day(row["finished_at"]))]
        times = [
            minutes
            for one in window
            for authored_at in self.commit_times(one, self.pushed(one))
            if (minutes := seconds(authored_at, one["finished_at"]) / 60) > 0
        ]
        count = len(window)
        named = [(one, row) for one in self.incidents for row in window if self.speaks_of(one, row)]
        rate = len(named) / count if count else None
        restored = [
            self.restored(one)
            for one in self.within(scope, self.incidents, "at")
            if one["resolved_at"] and between(since, until, self.day(one["started_at"]))
        ]
        days = {self.day(row["finished_at"]) for row in window}
        rhythm = self.rhythm(days, since, until)
        lead = median(times)
        return {
            "deployment_frequency": (rhythm, "days per week", count, self.often(rhythm, count)),
            "change_lead_time": (lead, "minutes", len(times), self.bucket(lead)),
            "change_fail_rate": (rate, "rate", count, self.share(rate)),
            "recovery_time": (median(restored), "hours", len(restored), None),
        }

    def pushed(self, one: Row) -> set[str]:
        """Return the commits of a deployment: its own, and those since the previous one."""
        known = self.commits.get(one["repository"] or "", {})
        return self.since_previous(one) | ({one["sha"]} & set(known))

    def speaks_of(self, incident: Row, row: Row) -> bool:
        """Tell whether an incident names a deployment: its id, or a commit that is in it."""
        if incident["deployment_id"] == row["deployment_id"]:
            return True
        spoken = re.split(r"[^a-z0-9._+-]+", (incident["title"] or "").lower())
        said = [word.rstrip(".") for word in spoken if len(word.rstrip(".")) >= 7]
        if not said:
            return False
        return any(sha.startswith(word) for sha in self.spoken_of(row) for word in said)

    def spoken_of(self, row: Row) -> set[str]:
        """Return the commits of a deployment that an incident may name."""
        shas = self.since_previous(row)
        return {row["sha"] or ""} | {
            request["merge_sha"]
            for request in self.merged
            if request["merge_sha"] and self.holds(row, shas, request)
        }

    def restored(self, incident: Row) -> float:
        """Return the hours from the earlier of root cause and opening to the close."""
        causes = [row["finished_at"] for row in self.successes if self.speaks_of(incident, row)]
        begun = min([*causes, incident["started_at"]])
        return (incident["resolved_at"] - begun).total_seconds() / 3600

    @staticmethod
    def rhythm(days: set[date], since: date, until: date) -> float | None:
        """Return the median of deployment days over the weeks of the window."""
        every = [since + timedelta(days=place) for place in range((until - since).days)]
        weeks = {day - timedelta(days=day.weekday()): 0 for day in every}
        for day in days:
            weeks[day - timedelta(days=day.weekday())] += 1
        return median([float(count) for count in weeks.values()])

    @staticmethod
    def often(rhythm: float | None, count: int) -> str:
        """Return the bucket of a frequency."""
        if rhythm and rhythm >= 3:
            return "daily"
        if rhythm and rhythm >= 1:
            return "weekly"
        return "monthly" if count else "yearly"

    @staticmethod
    def bucket(minutes: float | None) -> str | None:
        """Return the bucket of a lead time."""
        if minutes is None:
            return None
        return next((name for limit, name in HOURS if minutes < limit * 60), "4380 h and more")

    @staticmethod
    def share(rate: float | None) -> str | None:
        """Return the bucket of a failure rate."""
        if rate is None:
            return None
        if rate <= 0.15:
            return "up to 15 %"
        return "below 46 %" if rate < 0.46 else "46 % and more"

"""Middleware: means, floors, failed deployments in the denominator, nought for nothing."""

from datetime import date, timedelta
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import between, by_end, mean, seconds
from tests.reference.organisation import Row

PARTS = (
    ("first_commit_at", "open"), ("open", "first_review_at"), ("first_review_at", "approved_at"),
    ("approved_at", "merged_at"), ("merged_at", "end"),
)  # fmt: skip


class Middleware(Code):
    """Counts as Middleware does; a scope is one of its teams."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit and n of each metric."""
        every = [row for row in self.deployments if row["status"] in ("success", "failure")]
        mine = self.within(scope, every, "finished_at")
        window = [row for row in mine if between(since, until, self.day(row["finished_at"]))]
        good = [row for row in window if row["status"] == "success"]
        successes = [row for row in mine if row["status"] == "success"]
        times = [
            self.total(request, successes)
            for request in self.within(
                scope, [one for one in self.merged if one["merged_at"]], "at"
            )
            if between(since, until, self.day(request["merged_at"]))
        ]
        incidents = self.troubles(scope)
        blamed = [self.last_at(mine, one) for one in incidents]
        failed = [row for row in window if row in blamed]
        repaired = [
            seconds(one["at"], one["end"])
            for one in incidents
            if one["end"] and between(since, until, self.day(one["end"]))
        ]
        days = [since + timedelta(days=place) for place in range((until - since).days)]
        weeks = {day - timedelta(days=day.weekday()) for day in days}
        months = {day.replace(day=1) for day in days}
        share = 100 * len(failed) / len(window) if window else 0
        return {
            "deployment_frequency": (len(good) // len(weeks), "per week", len(good)),
            "deployment_frequency_by_day": (len(good) // len(days), "per day", len(good)),
            "deployment_frequency_by_month": (len(good) // len(months), "per month", len(good)),
            "change_lead_time": (mean(times) or 0, "seconds", len(times)),
            "change_fail_rate": (share, "percent", len(window)),
            "recovery_time": (mean(repaired), "seconds", len(repaired)),
        }

    def total(self, request: Row, successes: list[Row]) -> float:
        """Add up the parts of a request's way; an unknown one counts as nought."""
        later = [
            row["finished_at"]
            for row in successes
            if row["finished_at"] >= request["merged_at"] and self.shares_code(request, row)
        ]
        times = {
            **request,
            "open": request["ready_at"] or request["opened_at"],
            "end": min(later, default=None),
        }
        return sum(seconds(times[begun], times[ended]) or 0 for begun, ended in PARTS)

    @staticmethod
    def shares_code(request: Row, row: Row) -> bool:
        """Tell whether a deployment is one of the request's repository, else of its service."""
        if request["repository"] and row["repository"]:
            return bool(request["repository"] == row["repository"])
        return bool(row["service"] in request["owners"])

    def troubles(self, scope: Any) -> list[Row]:
        """Return incidents, and requests that revert something or look like a hotfix."""
        mended = [
            row
            for row in self.requests
            if (row["is_revert"] or row["is_hotfix"]) and row["opened_at"]
        ]
        told = [
            {**one, "end": one["resolved_at"]} for one in self.within(scope, self.incidents, "at")
        ]
        return told + [
            {**row, "at": row["opened_at"], "end": row["merged_at"]}
            for row in self.within(scope, mended, "at")
        ]

    @staticmethod
    def last_at(rows: list[Row], incident: Row) -> Row | None:
        """Return the deployment in whose time, start in and next start out, an incident began."""
        earlier = [row for row in rows if row["finished_at"] <= incident["at"]]
        return max(earlier, key=by_end, default=None)

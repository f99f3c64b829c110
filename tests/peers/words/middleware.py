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
        merged = self.within(scope, [one for one in self.merged if one["merged_at"]], "at")
        ends = self.ends(merged, successes)
        times = [
            self.total(request, ends)
            for request in merged
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

    def total(self, request: Row, ends: dict[str, Any]) -> float:
        """Add up the parts of a request's way; an unknown one counts as nought."""
        times = {
            **request,
            "open": request["ready_at"] or request["opened_at"],
            "end": ends.get(request["change_id"]),
        }
        return sum(seconds(times[begun], times[ended]) or 0 for begun, ended in PARTS)

    def ends(self, merged: list[Row], successes: list[Row]) -> dict[str, Any]:
        """Return when each request was deployed first, wherever it is looked for."""
        found: dict[str, Any] = {}
        for place in {place for row in merged for place in self.looked_for(row)}:
            waiting = [row for row in merged if place in self.looked_for(row)]
            for one in sorted(successes, key=by_end):
                if place in self.told_at(one):
                    brought = self.brought(one, waiting)
                    waiting = [row for row in waiting if row not in brought]
                    for row in brought:
                        end = found.setdefault(row["change_id"], one["finished_at"])
                        found[row["change_id"]] = min(end, one["finished_at"])
        return found

    def brought(self, one: Row, waiting: list[Row]) -> list[Row]:
        """Return the requests that a deployment brings, by the branches that they went through."""
        past = [row for row in waiting if row["merged_at"] <= one["finished_at"]]
        root = one["branch"] or self.main_branch(one["repository"])
        if root is None:
            return past
        found = [row for row in past if row["base_branch"] is None]
        reached, old = {root, *(row["branch"] for row in found)}, set[Any]()
        while reached != old:
            old = set(reached)
            for branch in old - {None}:
                left = [row["merged_at"] for row in past if row["branch"] == branch]
                last = one["finished_at"] if branch == root else max(left)
                for row in past:
                    if row["base_branch"] == branch and row["merged_at"] <= last:
                        reached.add(row["branch"])
                        found += [row] if row not in found else []
        return found

    def main_branch(self, repository: str | None) -> str | None:
        """Return the branch that most requests of a repository go to."""
        bases = [
            row["base_branch"]
            for row in self.requests
            if repository and row["repository"] == repository and row["base_branch"]
        ]
        return min(set(bases), key=lambda base: (-bases.count(base), base), default=None)

    @staticmethod
    def looked_for(request: Row) -> set[tuple[str, str]]:
        """Return where a request's deployment is looked for."""
        if not request["repository"]:
            return {("by", owner) for owner in request["owners"]}
        nowhere = {("nowhere", owner) for owner in request["owners"]}
        return {("of", request["repository"]), *nowhere}

    @staticmethod
    def told_at(one: Row) -> set[tuple[str, str]]:
        """Return where a deployment is found."""
        place = ("of", one["repository"]) if one["repository"] else ("nowhere", one["service"])
        return {place, ("by", one["service"])}

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

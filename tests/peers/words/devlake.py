"""DevLake: lower medians, deployment days, incidents that blame whatever ended last."""

from datetime import date, timedelta
from math import ceil
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import between, by_end, by_start, seconds
from tests.reference.organisation import Row

PARTS = (("first_commit_at", "opened_at"), ("opened_at", "merged_at"), ("merged_at", "end"))


def lower(values: list[float]) -> float | None:
    """Return the largest value whose percent rank is at most one half."""
    ordered, last = sorted(values), max(len(values) - 1, 1)
    ranked = [value for value in ordered if ordered.index(value) / last <= 0.5]
    return max(ranked, default=None)


class DevLake(Code):
    """Counts as DevLake does; a scope is one of its projects."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit and n of each metric."""
        mine = self.within(scope, self.successes, "finished_at")
        groups = self.groups(mine)
        window = [row for row in groups if between(since, until, self.day(row["finished_at"]))]
        count = len(window)
        times = self.lead_times(mine, since, until)
        caused = [(self.last_before(groups, one), one) for one in self.mine(scope)]
        failed = {one["deployment_id"] for one, _ in caused if one and one in window}
        recovered = [
            seconds(one["finished_at"], incident["resolved_at"]) / 60
            for one, incident in caused
            if one in window and self.is_over(incident, *(self.whole or (since, until)))
        ]
        opened = [
            seconds(one["started_at"], one["resolved_at"]) / 60
            for one in self.mine(scope)
            if one["resolved_at"] and between(since, until, self.day(one["started_at"]))
        ]
        days = {self.day(row["finished_at"]) for row in window}
        return {
            "deployment_frequency": (self.per(days, since, until, "week"), "days per week", count),
            "deployment_frequency_by_month": (
                self.per(days, since, until, "month"), "days per month", count,
            ),
            "change_lead_time": (lower(times), "minutes", len(times)),
            "change_fail_rate": (len(failed) / count if count else None, "rate", count),
            "recovery_time": (lower(recovered), "minutes", len(recovered)),
            "time_to_restore": (lower(opened), "minutes", len(opened)),
        }  # fmt: skip

    def mine(self, scope: Any) -> list[Row]:
        """Return the incidents of a project."""
        return self.within(scope, self.incidents, "at")

    def is_over(self, incident: Row, since: date, until: date) -> bool:
        """Tell whether an incident was resolved in the window, not in the period of a trend."""
        ended = incident["resolved_at"]
        return ended is not None and between(since, until, self.day(ended))

    @staticmethod
    def groups(mine: list[Row]) -> list[Row]:
        """Return deployments: rows of one id are one, over with the last of them."""
        found: dict[str, Row] = {}
        for row in sorted(mine, key=lambda row: row["deployment_id"], reverse=True):
            name = row["deployment_id"].removesuffix(f"@{row['service']}")
            if name == row["deployment_id"]:
                name = name.removesuffix(f"@{row['repository']}")
            if name not in found or row["finished_at"] >= found[name]["finished_at"]:
                found[name] = row
        return list(found.values())

    @staticmethod
    def last_before(rows: list[Row], incident: Row) -> Row | None:
        """Return the last deployment that ended strictly before an incident was opened."""
        earlier = [row for row in rows if row["finished_at"] < incident["started_at"]]
        return max(earlier, key=by_end, default=None)

    def lead_times(self, mine: list[Row], since: date, until: date) -> list[float]:
        """Return the minutes of each request in the first deployment, by start, that holds it."""
        found: dict[str, tuple[Row, Row]] = {}
        for one in sorted(mine, key=by_start):
            for request in self.carried(one, by_start):
                found.setdefault(request["change_id"], (one, request))
        return [
            self.minutes({**request, "end": one["finished_at"]})
            for one, request in found.values()
            if between(since, until, self.day(one["finished_at"]))
        ]

    @staticmethod
    def minutes(request: Row) -> float:
        """Add the parts up, each rounded up; a negative or unknown one adds nothing."""
        lengths = [seconds(request[begun], request[ended]) for begun, ended in PARTS]
        return sum(ceil(one / 60) for one in lengths if one and one > 0)

    @staticmethod
    def per(days: set[date], since: date, until: date, unit: str) -> float | None:
        """Return the lower median of deployment days over whole weeks or months."""
        every = [since + timedelta(days=place) for place in range((until - since).days)]

        def period(day: date) -> date:
            return day.replace(day=1) if unit == "month" else day - timedelta(days=day.weekday())

        counts = {period(day): 0 for day in every}
        for day in days:
            counts[period(day)] += 1
        return lower([float(count) for count in counts.values()])

"""Datadog: commits since the previous deployment, failures seen by what mended them."""

from datetime import date
from functools import cached_property
from typing import Any

from tests.peers.words.code import Code
from tests.peers.words.data import ago, between, by_end, median, seconds
from tests.reference.organisation import Row


class Datadog(Code):
    """Counts as Datadog does."""

    def found(self, scope: Any, since: date, until: date) -> Row:
        """Return value, unit and n of each metric."""
        mine = self.within(scope, self.successes, "finished_at")
        window = [row for row in mine if between(since, until, self.day(row["finished_at"]))]
        times = [
            seconds(authored_at, one["finished_at"])
            for one in window
            if self.is_recent(one)
            for authored_at in self.commit_times(one, self.since_previous(one))
        ]
        counted = [row for row in window if not self.rolled_past(row)]
        mended = self.mended
        failed = [row for row in counted if row["deployment_id"] in mended]
        lengths = [seconds(row["finished_at"], mended[row["deployment_id"]]) for row in failed]
        days = (until - since).days
        return {
            "deployment_frequency": (len(window) * 7 / days, "per week", len(window)),
            "change_lead_time": (median(times), "seconds", len(times)),
            "change_fail_rate": (
                len(failed) / len(counted) if counted else None, "rate", len(counted),
            ),
            "recovery_time": (median(lengths), "seconds", len(lengths)),
        }  # fmt: skip

    def is_recent(self, one: Row) -> bool:
        """Tell whether there is a previous deployment, at most 60 days old."""
        before = self.previous(one)
        return before is not None and one["finished_at"] - before["finished_at"] <= ago(60)

    def rolled_past(self, one: Row) -> Row | None:
        """Return the deployment that a rollback blames: the first after its own version's last."""
        chain = [row for row in self.chain(one) if by_end(row) < by_end(one)]
        places = [place for place, row in enumerate(chain) if self.is_same(row, one)]
        after = chain[places[-1] + 1 :] if places else []
        return after[0] if after else None

    @staticmethod
    def is_same(one: Row, other: Row) -> bool:
        """Tell whether two deployments are of one sha or one version."""
        return any(one[key] and one[key] == other[key] for key in ("sha", "version"))

    @cached_property
    def mended(self) -> dict[str, Any]:
        """Return when each failed deployment was mended first."""
        found: dict[str, Any] = {}
        for one in self.successes:
            blamed = [self.rolled_past(one)] if self.rolled_past(one) else []
            for request in self.carried(one):
                if request["is_revert"]:
                    blamed.append(self.carrier(one, request) or self.previous(one))
                if request["is_hotfix"]:
                    blamed.append(self.previous(one))
            for row in blamed:
                found.setdefault(row["deployment_id"], one["finished_at"])
        return found

    def carrier(self, one: Row, revert: Row) -> Row | None:
        """Return the earlier deployment that brought what a revert takes back, by its title."""
        title = revert["title"] or ""
        if not (title.startswith('Revert "') and title.endswith('"')):
            return None
        known = [
            request
            for request in self.merged
            if request["merged_at"]
            and revert["merged_at"]
            and request["title"] == title[8:-1]
            and request["repository"] == revert["repository"]
            and request["change_id"] != revert["change_id"]
            and request["merged_at"] <= revert["merged_at"]
        ]
        if not known:
            return None
        reverted = max(known, key=lambda row: (row["merged_at"], row["change_id"]))
        chain = [row for row in self.chain(one) if by_end(row) < by_end(one)]
        return next((row for row in reversed(chain) if reverted in self.carried(row)), None)

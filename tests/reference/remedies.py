"""What mends what: rollbacks, hotfixes and reverts, each as its sentence says it."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.delivered import Delivered
from tests.reference.deployments import by_end, hours
from tests.reference.organisation import Row


class Remedies(Delivered):
    """The deployments that mend earlier ones."""

    @cached_property
    def hotfixed(self) -> set[str]:
        """Deployments that carry a hotfix first."""
        return {
            row["deployment_id"]
            for row in self.deployment_changes
            if row["is_hotfix"] and not row["is_before_history"]
        }

    @cached_property
    def remedies(self) -> list[Row]:
        """Deployments that mend earlier ones."""
        found = set()
        for one in self.production.values():
            mine = one["deployment_id"]
            if self.versions[mine]["is_rollback"]:
                for blamed in self.rolled_past(one):
                    found.add((mine, blamed, "rollback", 0.9))
            live = self.production.get(self.versions[mine]["live"])
            window = hours(self.rule("hotfix_window_hours", one["service"]))
            if live and mine in self.hotfixed and one["began_at"] - live["finished_at"] <= window:
                found.add((mine, live["deployment_id"], "hotfix", 0.6))
        for fix in self.deployment_changes:
            for sha in fix["reverts"]:
                found |= set(self.reverted(fix, sha))
        return [
            {
                "deployment_id": one,
                "mended_id": mended,
                "how": how,
                "confidence": confidence,
                "service": self.production[one]["service"],
                "began_at": self.production[one]["began_at"],
                "finished_at": self.production[one]["finished_at"],
            }
            for one, mended, how, confidence in found
            if mended in self.production
        ]

    def rolled_past(self, one: Row) -> list[str]:
        """Return what a rollback blames: the live one, the first since its own version, or all."""
        live = self.versions[one["deployment_id"]]["live"]
        stream = [row for row in self.stream(one) if by_end(row) < by_end(one)]
        same = [row for row in stream if one["key"] and row["key"] == one["key"]]
        which = self.rule("rollback_blames", one["service"])
        if which == "last" or not live or not same:
            return [live] if live else []
        since = max(map(by_end, same))
        past = [
            row["deployment_id"]
            for row in stream
            if by_end(row) > since
            and row["finished_at"] <= one["began_at"]
            and row["key"] != one["key"]
        ]
        if not past:
            return [live]
        return past if which == "all" else past[:1]

    def reverted(self, fix: Row, sha: str) -> Any:
        """Yield what a deployment mends by carrying the revert of a commit."""
        mine = self.production[fix["deployment_id"]]
        for (service, _, repository, broken), (carrier, is_old) in self.carriers.items():
            mended = self.production.get(carrier)
            if (
                mended
                and not is_old
                and (service, repository) == (fix["service"], fix["repository"])
                and len(sha) >= 7
                and broken.startswith(sha)
                and carrier != fix["deployment_id"]
                and timedelta()
                <= mine["finished_at"] - mended["finished_at"]
                <= timedelta(days=self.rule("lookback_days", fix["service"]))
            ):
                yield fix["deployment_id"], carrier, "revert", 0.85

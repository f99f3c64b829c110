"""Which deployment carried a change first, how long that took, and how long changes wait."""

from functools import cached_property
from typing import Any

from tests.reference.changes import Changes
from tests.reference.deployments import by_end
from tests.reference.organisation import Row

STAGES = ("opened_at", "first_review_at", "approved_at", "merged_at", "started_at", "finished_at")
NAMES = ("coding", "pickup", "review", "merge", "wait", "deployment")
# What lead time starts at; what is unknown gives way to the next.
STARTS = {
    "first_commit": ("first_commit_at", "opened_at"),
    "commit": ("landed_authored_at", "first_commit_at", "opened_at"),
    "opened": ("opened_at", "first_commit_at"),
    "ready": ("ready_at", "opened_at", "first_commit_at"),
    "merged": ("merged_at", "ready_at", "opened_at", "first_commit_at"),
}
BEFORE = {"opened": ("coding",), "ready": ("coding",), "merged": NAMES[:4]}


class Delivered(Changes):
    """The changes of one organisation in their first deployments."""

    def first_deployment(self, change: Row) -> tuple[Row, str, bool] | None:
        """Return the first production deployment that carries a change, how, and if too old."""
        mine = [row for row in self.production.values() if row["service"] == change["service"]]
        commits = self.commits.get(change["repository"])
        if commits and change["merge_sha"]:
            found = []
            for (service, _, repository, sha), (one, is_old) in self.carriers.items():
                wanted = (change["service"], change["repository"], change["merge_sha"])
                if (service, repository, sha) == wanted and one in self.production:
                    found.append((self.production[one], is_old))
            first = min(found, key=lambda pair: by_end(pair[0]), default=None)
            return (first[0], "graph", first[1]) if first else None
        named = [row for row in mine if row["deployment_id"] == change["deployment_id"]]
        same = [row for row in mine if row["sha"] and row["sha"] == change["merge_sha"]]
        later = [
            row
            for row in mine
            if not commits and change["merged_at"] and row["finished_at"] >= change["merged_at"]
        ]
        for how, choice in (("explicit", named), ("merge_sha", same), ("time", later)):
            if choice:
                return min(choice, key=by_end), how, False
        return None

    @cached_property
    def deployment_changes(self) -> list[Row]:
        """Changes in their first production deployment, with lead time and stages."""
        found = []
        for change in self.changes:
            if not (first := self.first_deployment(change)):
                continue
            deployment, how, is_old = first
            began_by = self.rule("lead_time_from", change["service"])
            start = next((name for name in STARTS[began_by] if change[name]), None)
            began, end = change[start] if start else None, deployment["finished_at"]
            is_excluded = is_old or began is None or end < began
            times = {**change, **{name: deployment[name] for name in STAGES[4:]}}
            # There is no coding before an opening that is the start itself.
            never = {"coding"} if start == "opened_at" else set(BEFORE.get(began_by, ()))
            found.append(
                {
                    "service": change["service"],
                    "change_id": change["change_id"],
                    "deployment_id": deployment["deployment_id"],
                    "how": how,
                    "is_before_history": is_old,
                    "is_bot": change["is_bot"],
                    "kind": change["kind"],
                    "author": change["author"],
                    "author_team": change["author_team"],
                    "finished_on": self.organisation.day(end),
                    "is_excluded": is_excluded,
                    "is_hotfix": change["is_hotfix"],
                    "reverts": change["reverts"],
                    "repository": change["repository"],
                    **self.lengths(None if is_excluded else began, times, never),
                }
            )
        return found

    def lengths(self, began: Any, times: Row, never: set[str]) -> Row:
        """Return the seconds of the lead time and of each stage on both clocks."""
        clock = self.organisation.clock.seconds
        spans = self.spans(began, times, never) if began else {}
        found: Row = {}
        for stage in ("lead", *NAMES):
            span = spans.get(stage)
            found[stage] = (span[1] - span[0]).total_seconds() if span else None
            found[f"working_{stage}"] = clock(*span) if span else None
        return found

    @staticmethod
    def spans(began: Any, times: Row, never: set[str]) -> Row:
        """Return begin and end of the lead time and of each stage whose own boundary is known."""
        found: Row = {"lead": (began, times["finished_at"])}
        last = began
        for stage, boundary in zip(NAMES, STAGES, strict=True):
            moment = times[boundary]
            if moment is None or stage in never:
                continue
            reached = min(max(moment, last), times["finished_at"])
            found[stage] = (last, reached)
            last = reached
        return found

    @cached_property
    def waits(self) -> list[Row]:
        """How long each merged change waited for production, or waits."""
        carried = {(row["service"], row["change_id"]): row for row in self.deployment_changes}
        found = []
        for change in self.changes:
            has_bots = self.rule("bots_changes", change["service"]) == "in"
            first = carried.get((change["service"], change["change_id"]))
            commits = self.commits.get(change["repository"])
            is_pending = (
                change["kind"] == "pull_request"
                and commits
                and change["merge_sha"]
                and change["merge_sha"] not in commits
            )
            is_out = (first and first["is_before_history"]) or (change["is_bot"] and not has_bots)
            if change["merged_at"] is None or is_pending or is_out:
                continue
            end = self.production[first["deployment_id"]]["finished_at"] if first else None
            length = (end or self.organisation.as_of) - change["merged_at"]
            found.append(
                {
                    "service": change["service"],
                    "author_team": change["author_team"],
                    "merged_on": self.organisation.day(change["merged_at"]),
                    "seconds": max(length.total_seconds(), 0),
                    "is_over": end is not None,
                }
            )
        return found

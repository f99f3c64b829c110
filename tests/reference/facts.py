"""What failed, why, when that ended, and what is counted."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from tests.reference.deployments import by_end
from tests.reference.links import Links
from tests.reference.organisation import Row

# Confidence, how, what says so, when that ended and by what.
Evidence = tuple[float, str, str, Any, str]


class Facts(Links):
    """Everything that follows from one organisation."""

    @cached_property
    def failures(self) -> dict[str, Row]:
        """Deployments that needed intervention, why, and when that ended."""
        found = {}
        marks = self.marks
        for one in self.production:
            told = self.evidence.get(one, [])
            if marks.get(one) == "held" or not (told or marks.get(one) == "failed"):
                continue
            end = min(self.ends(one, told), key=self.by_moment, default=None)
            began = [row["started_at"] for row in self.incidents_of(one)]
            found[one] = {
                "incident_at": min(began, default=None),
                **self.reason(told, is_marked=marks.get(one) == "failed"),
                "recovered_at": max(end[3], self.production[one]["finished_at"]) if end else None,
                "recovered_by": end[4] if end else None,
                "recovery_id": end[2] if end else None,
            }
        return found

    @cached_property
    def marks(self) -> dict[str, str]:
        """What people say of deployments: failed or held."""
        return {row["deployment"]: row["mark"] for row in self.overrides if row["mark"]}

    @cached_property
    def evidence(self) -> dict[str, list[Evidence]]:
        """What says that a deployment failed, and when and by what that ended."""
        found: dict[str, list[Evidence]] = defaultdict(list)
        resolved = {row["incident_id"]: row["resolved_at"] for row in self.incidents}
        for link in self.links:
            one = link["incident_id"]
            if link["is_counted"]:
                told = (link["confidence"], link["how"], one, resolved[one], "incident_resolved")
                found[link["deployment_id"]].append(told)
        for row in self.remedies:
            if row["confidence"] >= self.rule("minimum_confidence", row["service"]):
                by = "rollback" if row["how"] == "rollback" else "fix"
                found[row["mended_id"]].append(
                    (row["confidence"], row["how"], row["deployment_id"], row["finished_at"], by)
                )
        return found

    @staticmethod
    def reason(told: list[Evidence], *, is_marked: bool) -> Row:
        """Return why a deployment failed."""
        if is_marked:
            return {"why": "person", "confidence": 1.0, "evidence": None}
        confidence, why, by, _, _ = min(told, key=lambda e: (-e[0], e[1], e[2]))
        return {"why": why, "confidence": confidence, "evidence": by}

    def ends(self, one: str, told: list[Evidence]) -> Iterator[Evidence]:
        """Yield what may have ended a failure."""
        which = self.rule("recovery_by", self.production[one]["service"])
        has_incident = any(by == "incident_resolved" for *_, by in told)
        for end in [*told, *self.lowered(told)]:
            is_incident = end[4] == "incident_resolved"
            if which == "incident" and has_incident and not is_incident:
                continue
            if end[3] and not (which == "deployment" and is_incident):
                yield end

    def lowered(self, told: list[Evidence]) -> Iterator[Evidence]:
        """Yield the ends that flags linked to a failure's incidents make by being turned off."""
        began = {row["incident_id"]: row["started_at"] for row in self.incidents}
        incidents = {by for _, _, by, _, ended_by in told if ended_by == "incident_resolved"}
        for link in self.flag_links:
            if link["incident_id"] not in incidents or not link["is_sure"]:
                continue
            for row in self.flag_events:
                if (
                    row["does"] == "lowered"
                    and self.flag_of(row) == (link["service"], link["flag_key"])
                    and row["happened_at"] >= began[link["incident_id"]]
                ):
                    yield 0, "flag", row["flag_event_id"], row["happened_at"], "flag_off"

    @staticmethod
    def by_moment(end: Evidence) -> Any:
        """Order ends by time, then by what they are."""
        order = ("rollback", "incident_resolved", "flag_off", "fix")
        return end[3], order.index(end[4]), end[2]

    @cached_property
    def failed_by_rule(self) -> set[str]:
        """Deployments that would have failed without people's overrides."""
        return set(Facts(replace(self.organisation, overrides=())).failures)

    @cached_property
    def spoken_of(self) -> set[str]:
        """Deployments that people have spoken for or against."""
        incidents = {row["incident_id"] for row in self.incidents}
        moved = {link["deployment_id"] for link in self.links if link["decided_by"] == "person"}
        unlinked = {row["unlink"] for row in self.overrides if row["incident"] in incidents}
        return {*self.marks, *moved, *unlinked}

    @cached_property
    def rollouts(self) -> list[Row]:
        """Rollouts: what the metrics count."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for one, rollout in self.members.items():
            groups[rollout].append(self.production[one])
        counts: dict[str, int] = defaultdict(int)
        for row in self.deployment_changes:
            counts[row["deployment_id"]] += not row["is_before_history"]
        mending = {
            row["deployment_id"] for row in self.remedies if row["mended_id"] in self.failures
        }
        hotfixing = {row["deployment_id"] for row in self.remedies if row["how"] == "hotfix"}
        found = [
            self.rollout(sorted(rows, key=by_end), counts, mending, hotfixing)
            for rows in groups.values()
        ]
        return [row for row in found if self.counts(row)]

    def counts(self, rollout: Row) -> bool:
        """Tell whether a rollout is counted."""
        service = rollout["service"]
        if rollout["is_rollback"]:
            return bool(self.rule("rollbacks", service) == "in")
        is_any = self.rule("counted_deployments", service) == "all"
        return is_any or rollout["change_count"] > 0

    def rollout(self, rows: list[Row], counts: Any, mending: set[str], hotfixing: set[str]) -> Row:
        """Return one rollout of its members by their end."""
        ids = [row["deployment_id"] for row in rows]
        failed = [one for one in ids if one in self.failures]
        broken = [row for row in rows if row["deployment_id"] in failed]
        failed_at = broken[0]["finished_at"] if failed else None
        why = min(failed, key=lambda one: -self.failures[one]["confidence"], default=None)
        still_open = sorted(one for one in failed if not self.failures[one]["recovered_at"])
        closed = sorted(failed)
        last = (
            still_open[0]
            if still_open
            else max(closed, key=lambda one: self.failures[one]["recovered_at"], default=None)
        )
        by_rule = "rule" if failed else None
        decided_by = "person" if self.spoken_of & set(ids) else by_rule
        reason = self.failures.get(why, defaultdict(lambda: None))
        end = self.failures.get(last, defaultdict(lambda: None))
        return {
            "rollout_id": ids[0],
            "service": rows[0]["service"],
            "commit_sha": rows[0]["sha"],
            "version": rows[0]["version"],
            "environments": ", ".join(row["environment"] for row in rows),
            "finished_at": rows[0]["finished_at"],
            "finished_on": self.organisation.day(rows[0]["finished_at"]),
            "last_region_at": rows[-1]["finished_at"],
            "change_count": sum(counts[one] for one in ids),
            "is_rollback": any(self.versions[one]["is_rollback"] for one in ids),
            "is_hotfix": any(one in hotfixing for one in ids),
            "is_rework": any(one in mending for one in ids),
            "is_failed": bool(failed),
            "is_failed_by_rule": bool(self.failed_by_rule & set(ids)),
            "failed_at": failed_at,
            "recovery_began_at": self.recovery_began(broken, failed_at) if failed else None,
            "why": reason["why"],
            "confidence": reason["confidence"],
            "evidence": reason["evidence"],
            "recovered_at": end["recovered_at"],
            "recovered_by": end["recovered_by"],
            "recovery_id": end["recovery_id"],
            "decided_by": decided_by,
        }

    def incidents_of(self, deployment: str) -> list[Row]:
        """Return the incidents that are put down to a deployment."""
        linked = {
            link["incident_id"]
            for link in self.links
            if link["is_counted"] and link["deployment_id"] == deployment
        }
        return [row for row in self.incidents if row["incident_id"] in linked]

    def recovery_began(self, rows: list[Row], failed_at: Any) -> Any:
        """Return when recovery of a rollout starts, of which these deployments failed."""
        which = self.rule("recovery_from", rows[0]["service"])
        ids = [row["deployment_id"] for row in rows]
        starts = [row["started_at"] for one in ids for row in self.incidents_of(one)]
        if which == "deployment" or not starts:
            return failed_at
        return min(starts) if which == "incident" else min(*starts, failed_at)

    @cached_property
    def failed_pipelines(self) -> list[Row]:
        """Production deployments that never succeeded, where they count as failed."""
        return [
            {"service": row["service"], "finished_on": self.organisation.day(row["finished_at"])}
            for row in self.deployments
            if row["is_production"]
            and row["status"] == "failure"
            and row["finished_at"]
            and self.rule("failed_pipelines", row["service"]) == "in"
        ]

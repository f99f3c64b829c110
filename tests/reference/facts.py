"""The facts of an organisation, each rule as its sentence in the design or a header says it."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.changes import Changes
from tests.reference.deployments import by_end, hours
from tests.reference.organisation import Row, words


class Facts(Changes):
    """Everything that follows from one organisation: what failed, why, and what mended it."""

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
        rule, found = self.organisation.rule, set()
        for one in self.production.values():
            live = self.production.get(self.versions[one["deployment_id"]]["live"])
            if not live:
                continue
            ids = (one["deployment_id"], live["deployment_id"])
            is_soon = one["began_at"] - live["finished_at"] <= hours(rule("hotfix_window_hours"))
            if self.versions[ids[0]]["is_rollback"]:
                found.add((*ids, "rollback", 0.9))
            if ids[0] in self.hotfixed and is_soon:
                found.add((*ids, "hotfix", 0.6))
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
        ]

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
                <= timedelta(days=self.organisation.rule("lookback_days"))
            ):
                yield fix["deployment_id"], carrier, "revert", 0.85

    @cached_property
    def incidents(self) -> list[Row]:
        """Incidents and whose they are."""
        return [{**row, "service": self.named(row["service"]),
                 **{name: row[name] for name in ("resolved_at", "deployment_id", "title")}}
                for row in self.table("incidents")]  # fmt: skip

    def links_of(self, incident: Row) -> Any:
        """Yield deployment, how and confidence of everything an incident may be due to."""
        rule, started = self.organisation.rule, incident["started_at"]
        mine = [
            row for row in self.production.values() if incident["service"] in (None, row["service"])
        ]
        named = words(incident["title"])
        for row in mine:
            if row["deployment_id"] == incident["deployment_id"]:
                yield row, "explicit", 1.0
            age = started - row["finished_at"]
            if timedelta() <= age <= timedelta(days=rule("lookback_days")):
                if any(len(w) >= 7 and (row["sha"] or "").startswith(w) for w in named):
                    yield row, "commit", 0.95
                if (row["version"] or "").lower() in named:
                    yield row, "version", 0.95
        if not incident["service"]:
            return
        for remedy in self.remedies:
            mended = self.production[remedy["mended_id"]]
            if (
                remedy["service"] == incident["service"]
                and mended["finished_at"] <= started <= remedy["finished_at"]
                and (not incident["resolved_at"] or remedy["began_at"] <= incident["resolved_at"])
            ):
                yield mended, remedy["how"], remedy["confidence"]
        before = [row for row in mine if row["finished_at"] <= started]
        if before:
            row = max(before, key=by_end)
            age = (started - row["finished_at"]).total_seconds() / 3600
            if age <= rule("attribution_window_hours"):
                yield row, "service_and_time", round(0.5 * 2 ** (-age / rule("half_life_hours")), 6)

    @cached_property
    def links(self) -> list[Row]:
        """Incidents and the deployments that they may be due to; one link of each counts."""
        found = []
        for incident in self.incidents:
            by_service: dict[str, set[Any]] = defaultdict(set)
            for row, how, confidence in self.links_of(incident):
                by_service[row["service"]].add((row["deployment_id"], how, confidence))
            if incident["service"] is None:
                by_service = {"": set().union(*by_service.values())}
            for links in by_service.values():
                ranked = sorted(links, key=self.rank)
                for place, (one, how, confidence) in enumerate(ranked):
                    found.append(
                        {
                            "incident_id": incident["incident_id"],
                            "service": self.production[one]["service"],
                            "deployment_id": one,
                            "how": how,
                            "confidence": confidence,
                            "is_counted": place == 0
                            and confidence >= self.organisation.rule("minimum_confidence"),
                        }
                    )
        return found

    def rank(self, link: Any) -> Any:
        """Order links: strongest first, then the later deployment, then by name."""
        one, how, confidence = link
        later = self.production[one]["finished_at"].timestamp()
        return -confidence, -later, [-ord(sign) for sign in one], how

    @cached_property
    def failures(self) -> dict[str, Row]:
        """Deployments that needed intervention, why, and when that ended."""
        evidence: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        resolved = {row["incident_id"]: row["resolved_at"] for row in self.incidents}
        for link in self.links:
            if link["is_counted"]:
                evidence[link["deployment_id"]].append(
                    (link["confidence"], link["how"], link["incident_id"],
                     resolved[link["incident_id"]], "incident_resolved")
                )  # fmt: skip
        for row in self.remedies:
            if row["confidence"] >= self.organisation.rule("minimum_confidence"):
                by = "rollback" if row["how"] == "rollback" else "fix"
                evidence[row["mended_id"]].append(
                    (row["confidence"], row["how"], row["deployment_id"], row["finished_at"], by)
                )
        found = {}
        order = ("rollback", "incident_resolved", "fix")
        for one, told in evidence.items():
            confidence, why, by, _, _ = min(told, key=lambda e: (-e[0], e[1], e[2]))
            ends = [e for e in told if e[3]]
            end = min(ends, key=lambda e: (e[3], order.index(e[4]), e[2]), default=None)
            found[one] = {
                "why": why,
                "confidence": confidence,
                "evidence": by,
                "recovered_at": max(end[3], self.production[one]["finished_at"]) if end else None,
                "recovered_by": end[4] if end else None,
                "recovery_id": end[2] if end else None,
            }
        return found

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
        return [self.rollout(sorted(rows, key=by_end), counts, mending, hotfixing)
                for rows in groups.values()]  # fmt: skip

    def rollout(self, rows: list[Row], counts: Any, mending: set[str], hotfixing: set[str]) -> Row:
        """Return one rollout of its members by their end."""
        ids = [row["deployment_id"] for row in rows]
        failed = [one for one in ids if one in self.failures]
        why = min(failed, key=lambda one: -self.failures[one]["confidence"], default=None)
        still_open = sorted(one for one in failed if not self.failures[one]["recovered_at"])
        closed = sorted(failed)
        last = (
            still_open[0]
            if still_open
            else max(closed, key=lambda one: self.failures[one]["recovered_at"], default=None)
        )
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
            "failed_at": self.production[failed[0]]["finished_at"] if failed else None,
            "why": reason["why"],
            "confidence": reason["confidence"],
            "evidence": reason["evidence"],
            "recovered_at": end["recovered_at"],
            "recovered_by": end["recovered_by"],
            "recovery_id": end["recovery_id"],
        }

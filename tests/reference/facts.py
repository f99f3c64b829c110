"""The facts of an organisation, each rule as its sentence in the design or a header says it."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.reference.organisation import BOTS, Organisation, Row, Service, is_one_of, until, words

PRODUCTION = ("production", "production-*", "prod", "prod-*")
HOTFIX_BRANCHES = ("hotfix/*", "hotfix-*")
HOTFIX_TITLES = ("hotfix:*", "hotfix *", "hotfix(*", "[hotfix]*")
STAGES = ("opened_at", "first_review_at", "approved_at", "merged_at", "started_at", "finished_at")
NAMES = ("coding", "pickup", "review", "merge", "wait", "deployment")


def hours(count: float) -> timedelta:
    """Return a span."""
    return timedelta(hours=count)


def by_end(deployment: Row) -> Any:
    """Order deployments by their end."""
    return deployment["finished_at"], deployment["deployment_id"]


class Facts:
    """Everything that follows from one organisation, made when first asked for."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        told = organisation.services or tuple(map(Service, sorted(self.names())))
        self.services = {service.name: service for service in told}
        self.aliases = {
            alias: service.name for service in organisation.services for alias in service.aliases
        }

    def names(self) -> set[str]:
        """Return every service that the data names."""
        return {
            row["service"]
            for table in ("deployments", "changes", "incidents")
            for row in self.table(table)
            if row["service"]
        }

    def table(self, name: str) -> list[Row]:
        """Return a neutral table cut at the as-of moment, with every column that is asked for."""
        rows = self.organisation.tables[name]
        kept = [until(name, row, self.organisation.as_of) for row in rows]
        return [defaultdict(lambda: None, row) for row in kept if row]

    def named(self, service: str | None) -> str | None:
        """Return the service that a source's name stands for."""
        found = self.aliases.get(service, service)  # type: ignore[arg-type]
        return found if found in self.services else None

    @cached_property
    def repositories(self) -> dict[str, str | None]:
        """The repository of every service: the configuration's, else what its deployments tell."""
        told: dict[str, str | None] = {name: one.repository for name, one in self.services.items()}
        for row in self.table("deployments"):
            service = self.named(row["service"])
            if service and not self.services[service].repository and row["repository"]:
                told[service] = max(told[service] or "", row["repository"])
        return told

    @cached_property
    def deployments(self) -> list[Row]:
        """Deployments of our services as they were at the as-of moment."""
        found = []
        for row in self.table("deployments"):
            service = self.named(row["service"])
            if not service:
                continue
            sha = row["sha"].lower() if row["sha"] else None
            environment = row["environment"] or "production"
            status = row["status"] or "success"
            found.append(
                {
                    **row,
                    "deployment_id": row["deployment_id"],
                    "service": service,
                    "environment": environment,
                    "started_at": row["started_at"],
                    "finished_at": row["finished_at"],
                    "version": row["version"],
                    "rolls_back_to": row["rolls_back_to"],
                    "sha": sha,
                    "repository": row["repository"] or self.repositories[service],
                    "key": sha or row["version"],
                    "began_at": row["started_at"] or row["finished_at"],
                    "is_production": is_one_of(environment, PRODUCTION),
                    "is_success": status == "success" and row["finished_at"] is not None,
                }
            )
        return found

    @cached_property
    def successes(self) -> list[Row]:
        """Successful deployments by their end."""
        return sorted((row for row in self.deployments if row["is_success"]), key=by_end)

    @cached_property
    def production(self) -> dict[str, Row]:
        """Counted deployments, by their end."""
        return {row["deployment_id"]: row for row in self.successes if row["is_production"]}

    @cached_property
    def members(self) -> dict[str, str]:
        """The rollout of every counted deployment."""
        waves: dict[Any, list[list[Row]]] = defaultdict(list)
        for row in sorted(self.production.values(), key=lambda row: (row["began_at"], by_end(row))):
            found = waves[row["service"], row["key"] or ("none", row["deployment_id"])]
            wave = found[-1] if found else None
            if (
                wave is None
                or self.organisation.rule("regions") == "each"
                or row["environment"] in {member["environment"] for member in wave}
                or row["began_at"] - wave[0]["began_at"] > hours(24)
            ):
                found.append(wave := [])
            wave.append(row)
        return {
            row["deployment_id"]: min(wave, key=by_end)["deployment_id"]
            for found in waves.values()
            for wave in found
            for row in wave
        }

    def stream(self, one: Row) -> list[Row]:
        """Return successful deployments of the same service to the same environment."""
        return [
            row
            for row in self.successes
            if (row["service"], row["environment"]) == (one["service"], one["environment"])
        ]

    @cached_property
    def versions(self) -> dict[str, Row]:
        """What ran before each successful deployment, and whether it went back."""
        found = {}
        for one in self.successes:
            stream = self.stream(one)
            ended = [
                row
                for row in stream
                if row["finished_at"] <= one["began_at"] and by_end(row) < by_end(one)
            ]
            live = max(ended, key=by_end, default=None)
            first = self.first_of(stream, one)
            goes_back = bool(
                live
                and one["key"]
                and live["key"]
                and one["key"] != live["key"]
                and first is not one
                and by_end(first) < by_end(self.first_of(stream, live))
            )
            found[one["deployment_id"]] = {
                "live": live["deployment_id"] if live else None,
                "is_rollback": goes_back or one["rolls_back_to"] is not None,
                "rolls_back_to": first["deployment_id"] if goes_back else one["rolls_back_to"],
            }
        return found

    @staticmethod
    def first_of(stream: list[Row], one: Row) -> Row:
        """Return the first deployment of the same version in a stream."""
        same = [row for row in stream if one["key"] and row["key"] == one["key"]]
        return min(same, key=by_end, default=one)

    # --- commits and changes ---

    @cached_property
    def commits(self) -> dict[str, dict[str, Row]]:
        """Commits by repository and sha."""
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.table("commits"):
            found[row["repository"]][row["sha"]] = {
                **row,
                "sha": row["sha"],
                "author": row["author"],
                "paths": (row["paths"] or "").split(";"),
                "reverts": (row["reverts"] or "").split(),
                "subject": row["subject"] or "",
                "parents": (row["parents"] or "").split(),
                "committed_at": row["committed_at"] or row["authored_at"],
                "is_revert": bool(row["reverts"])
                or (row["subject"] or "").startswith('Revert "'),
            }
        return found

    def reach(self, repository: str, sha: str) -> set[str]:
        """Return a known commit and all its known ancestors."""
        commits, found, waiting = self.commits[repository], set(), [sha]
        while waiting:
            one = waiting.pop()
            if one in commits and one not in found:
                found.add(one)
                waiting += commits[one]["parents"]
        return found

    @cached_property
    def carriers(self) -> dict[tuple[str, str, str, str], tuple[str, bool]]:
        """First deployment of each commit in each stream, and whether it is before history."""
        found: dict[tuple[str, str, str, str], tuple[str, bool]] = {}
        known: set[tuple[str, str, str]] = set()
        for row in self.successes:
            repository = row["repository"]
            if not row["sha"] or row["sha"] not in self.commits.get(repository, {}):
                continue
            stream = (row["service"], row["environment"], repository)
            for sha in self.reach(repository, row["sha"]):
                found.setdefault((*stream, sha), (row["deployment_id"], stream not in known))
            known.add(stream)
        return found

    @cached_property
    def landings(self) -> dict[tuple[str, str], str]:
        """The main-line commit that brought each commit to the default branch."""
        found = {}
        for repository, commits in self.commits.items():
            for sha in reversed(self.main_line(commits)):
                for one in self.reach(repository, sha):
                    found.setdefault((repository, one), sha)
        return found

    @staticmethod
    def main_line(commits: dict[str, Row]) -> list[str]:
        """Return the longest line of first parents that begins at a childless commit."""
        parents = {parent for one in commits.values() for parent in one["parents"]}
        lines = []
        for sha in set(commits) - parents:
            line = []
            while sha in commits:
                line.append(sha)
                sha = next(iter(commits[sha]["parents"]), "")
            lines.append(line)
        return max(lines, key=lambda line: (len(line), line[0]), default=[])

    def landed_with(self, repository: str | None, sha: str | None) -> list[Row]:
        """Return the commits that a main-line commit brought."""
        return [
            self.commits[place][one]
            for (place, one), landed_by in self.landings.items()
            if (place, landed_by) == (repository, sha)
        ]

    def owners(self, repository: str | None, paths: list[str]) -> list[str]:
        """Return the services of a repository, those with a folder only where it is touched."""
        return [
            name
            for name, service in self.services.items()
            if repository
            and self.repositories[name] == repository
            and (
                service.folder is None
                or any(path.startswith(f"{service.folder}/") for path in paths)
            )
        ]

    @cached_property
    def requests(self) -> list[Row]:
        """Pull requests, with what their commits add."""
        found = []
        for row in self.table("changes"):
            service = self.named(row["service"])
            repository = row["repository"] or (self.repositories[service] if service else None)
            sha = row["merge_sha"].lower() if row["merge_sha"] else None
            commits = self.landed_with(repository, sha)
            first = row["first_commit_at"] or min(
                (one["authored_at"] for one in commits), default=None
            )
            labels = tuple((row["labels"] or "").lower().split(";"))
            found.append(
                {
                    "change_id": row["change_id"],
                    "kind": "pull_request",
                    "repository": repository,
                    "first_commit_at": first,
                    **{name: row[name] for name in STAGES[:4]},
                    "merge_sha": sha,
                    "deployment_id": row["deployment_id"],
                    "is_bot": is_one_of(row["author"], BOTS),
                    "is_revert": (row["title"] or "").startswith('Revert "')
                    or any(one["is_revert"] for one in commits),
                    "reverts": [sha for one in commits for sha in one["reverts"]],
                    "is_hotfix": is_one_of(row["branch"], HOTFIX_BRANCHES)
                    or "hotfix" in labels
                    or is_one_of(row["title"], HOTFIX_TITLES),
                    "owners": ([service] if service else [])
                    if row["service"]
                    else self.owners(repository, [p for one in commits for p in one["paths"]]),
                }
            )
        return found

    @cached_property
    def loose_commits(self) -> list[Row]:
        """Commits that belong to no pull request and are changes of their own."""
        reviewed = {row["repository"] for row in self.requests}
        merged = {(row["repository"], row["merge_sha"]) for row in self.requests}
        deployed = {(repository, sha) for _, _, repository, sha in self.carriers}
        found = []
        for repository, commits in self.commits.items():
            for sha, one in commits.items():
                landed_by = self.landings.get((repository, sha))
                counts = landed_by or (
                    repository not in reviewed and (repository, sha) in deployed
                )
                if len(one["parents"]) > 1 or not counts or (repository, landed_by) in merged:
                    continue
                found.append(
                    {
                        "change_id": sha,
                        "kind": "commit",
                        "repository": repository,
                        "first_commit_at": one["authored_at"],
                        **dict.fromkeys(STAGES[:3]),
                        "merged_at": commits[landed_by]["committed_at"] if landed_by else None,
                        "merge_sha": sha,
                        "deployment_id": None,
                        "is_bot": is_one_of(one["author"], BOTS),
                        "is_revert": one["is_revert"],
                        "reverts": one["reverts"],
                        "is_hotfix": is_one_of(one["subject"], HOTFIX_TITLES),
                        "owners": self.owners(repository, one["paths"]),
                    }
                )
        return found

    @cached_property
    def changes(self) -> list[Row]:
        """Changes, one per service that they touch."""
        return [
            {**row, "service": service}
            for row in [*self.requests, *self.loose_commits]
            for service in row["owners"]
        ]

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
            began = change["first_commit_at"] or change["opened_at"]
            end = deployment["finished_at"]
            is_excluded = is_old or began is None or end < began
            stages = (
                dict.fromkeys(NAMES)
                if is_excluded
                else self.stages({**change, **{n: deployment[n] for n in STAGES[4:]}}, began)
            )
            found.append(
                {
                    "service": change["service"],
                    "change_id": change["change_id"],
                    "deployment_id": deployment["deployment_id"],
                    "how": how,
                    "is_before_history": is_old,
                    "is_bot": change["is_bot"],
                    "finished_on": self.organisation.day(end),
                    "is_excluded": is_excluded,
                    "lead": None if is_excluded else (end - began).total_seconds(),
                    "is_hotfix": change["is_hotfix"],
                    "reverts": change["reverts"],
                    "repository": change["repository"],
                    **stages,
                }
            )
        return found

    @staticmethod
    def stages(times: Row, began: Any) -> Row:
        """Return the seconds of each stage, null where its own boundary is unknown."""
        found: Row = {}
        last = began
        for stage, boundary in zip(NAMES, STAGES, strict=True):
            moment = times[boundary]
            if moment is None:
                found[stage] = None
                continue
            reached = min(max(moment, last), times["finished_at"])
            found[stage] = (reached - last).total_seconds()
            last = reached
        if times["first_commit_at"] is None:
            found["coding"] = None
        return found

    @cached_property
    def waits(self) -> list[Row]:
        """How long each merged change waited for production, or waits."""
        carried = {(row["service"], row["change_id"]): row for row in self.deployment_changes}
        has_bots = self.organisation.rule("bots_changes") == "in"
        found = []
        for change in self.changes:
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
                    "merged_on": self.organisation.day(change["merged_at"]),
                    "seconds": max(length.total_seconds(), 0),
                    "is_over": end is not None,
                }
            )
        return found

    # --- failures ---

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
            if live and self.versions[one["deployment_id"]]["is_rollback"]:
                found.add((one["deployment_id"], live["deployment_id"], "rollback", 0.9))
            if live and one["deployment_id"] in self.hotfixed:
                if one["began_at"] - live["finished_at"] <= hours(rule("hotfix_window_hours")):
                    found.add((one["deployment_id"], live["deployment_id"], "hotfix", 0.6))
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
            row
            for row in self.production.values()
            if incident["service"] in (None, row["service"])
        ]
        named = words(incident["title"])
        for row in mine:
            if row["deployment_id"] == incident["deployment_id"]:
                yield row, "explicit", 1.0
            age = started - row["finished_at"]
            if timedelta() <= age <= timedelta(days=rule("lookback_days")):
                if any(len(w) >= 7 and (row["sha"] or "").startswith(w) for w in named):
                    yield row, "commit", 0.95
                elif (row["version"] or "").lower() in named:
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



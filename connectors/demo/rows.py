"""The made-up history as neutral records: text fields, times in UTC, nothing after the end."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import polars as pl

from connectors.demo.artifacts import digest
from connectors.demo.changing import NOW
from connectors.demo.graph import Commit
from connectors.demo.organisation import BOTS
from connectors.demo.things import Change, Incident, Rollout, Run

Row = tuple[str, int, str]
"""The record's id, its latest time in UTC seconds, its payload."""

GIT = "https://git.example"
PAGER = "https://pager.example"
SCHEMA = {"record_id": pl.String, "updated_at": pl.Int64, "payload": pl.String}


def frame(rows: Iterable[Row]) -> pl.DataFrame:
    """Make the frame that a batch carries."""
    made = pl.DataFrame(list(rows), schema=SCHEMA, orient="row")
    moment = pl.from_epoch(pl.col("updated_at"), time_unit="s")
    return made.with_columns(moment.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))


def text(payload: Mapping[str, str | None]) -> str:
    """Write a payload; what is null or empty is left out."""
    kept = {name: value for name, value in payload.items() if value}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def iso(moment: int | None) -> str | None:
    """Write a moment; what the demo's present does not know yet is null."""
    if moment is None or moment > NOW:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat()[:19] + "Z"


def deployment_id(rollout: Rollout, run: Run) -> str:
    """Name one run of a rollout."""
    place = run.environment.removeprefix("production").lstrip("-")
    return f"{rollout.service}-{rollout.number}" + (f"-{place}" if place else "")


def deployments(rollouts: Iterable[Rollout], repository: str) -> Iterator[Row]:
    """Yield one row per run."""
    for rollout in rollouts:
        for run in rollout.runs:
            if run.finished_at <= NOW:
                yield deployment(rollout, run, repository)


def deployment(rollout: Rollout, run: Run, repository: str) -> Row:
    """Write one run; every other rollback says what it returns to."""
    name = deployment_id(rollout, run)
    states_target = rollout.again and rollout.kind == "rollback" and rollout.number % 2
    payload = {
        "deployment_id": name,
        "service": rollout.service,
        "environment": run.environment,
        "status": run.status,
        "started_at": iso(run.started_at),
        "finished_at": iso(run.finished_at),
        "repository": repository,
        "sha": None if rollout.is_without_sha else rollout.sha,
        "version": rollout.version,
        "trigger": "automatic" if rollout.author in BOTS else "manual",
        "author": rollout.author,
        "rolls_back_to": target(rollout, run) if states_target else None,
        "artifact_digest": digest(rollout, run),
        "url": f"{GIT}/{repository}/deployments/{name}",
    }
    return name, run.finished_at, text(payload)


def target(rollout: Rollout, run: Run) -> str | None:
    """Name the earlier deployment to the same environment."""
    earlier = rollout.again.runs if rollout.again else []
    same = (each for each in earlier if each.environment == run.environment)
    found = next(same, None)
    return deployment_id(rollout.again, found) if rollout.again and found else None


def changes(made: Iterable[Change], repository: str) -> Iterator[Row]:
    """Yield one row per request; commits straight to main speak for themselves."""
    for change in made:
        if change.is_request:
            name = f"{repository}!{change.number}"
            payload = {
                "change_id": name,
                "kind": "pull_request",
                "repository": repository,
                "first_commit_at": iso(change.first_commit_at),
                "opened_at": iso(change.opened_at),
                "first_review_at": iso(change.first_review_at),
                "approved_at": iso(change.approved_at),
                "merged_at": iso(change.merged_at),
                "merge_sha": change.merge_sha,
                "author": change.author,
                "title": change.title,
                "branch": change.branch,
                "base_branch": change.base_branch,
                "labels": ";".join(change.labels),
                "reverts": change.reverts.merge_sha if change.reverts else None,
                "url": f"{GIT}/{repository}/requests/{change.number}",
            }
            yield name, change.merged_at, text(payload)


def commits(made: Iterable[Commit]) -> Iterator[Row]:
    """Yield one row per commit."""
    for commit in made:
        payload = {
            "repository": commit.repository,
            "sha": commit.sha,
            "parents": " ".join(commit.parents),
            "authored_at": iso(commit.authored_at),
            "committed_at": iso(commit.committed_at),
            "author": commit.author,
            "subject": commit.subject,
            "paths": ";".join(commit.paths),
            "reverts": commit.reverts,
        }
        yield f"{commit.repository}@{commit.sha}", commit.committed_at, text(payload)


def incidents(opened: Iterable[tuple[str, str, Incident]]) -> Iterator[Row]:
    """Yield one row per incident, given its id and repository."""
    for name, repository, incident in opened:
        times = (incident.started_at, incident.acknowledged_at, incident.resolved_at)
        payload = {
            "incident_id": name,
            "service": incident.service,
            "repository": repository if incident.service else None,
            "severity": incident.severity,
            "started_at": iso(incident.started_at),
            "acknowledged_at": iso(incident.acknowledged_at),
            "resolved_at": iso(incident.resolved_at),
            "deployment_id": blamed(incident) if incident.is_explicit else None,
            "title": mentioning(incident),
            # Alerts open most of them; nothing is drawn for it, so that nothing moves.
            "raised_by": "person" if len(incident.title) % 4 == 0 else "machine",
            "url": f"{PAGER}/incidents/{name}",
        }
        latest = max(moment for moment in times if moment is not None and moment <= NOW)
        yield name, latest, text(payload)


def blamed(incident: Incident) -> str | None:
    """Name the last production run of the rollout that an incident blames."""
    rollout = incident.rollout
    return deployment_id(rollout, rollout.runs[-1]) if rollout else None


def mentioning(incident: Incident) -> str:
    """Put sha and version into the title where it asks for them."""
    rollout = incident.rollout
    if rollout is None:
        return incident.title
    title = incident.title.replace("{sha}", rollout.sha[:10])
    return title.replace("{version}", rollout.version)

"""Spinnaker: executions of pipelines that deploy, with Kayenta's canary analyses, through Gate."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import quote

from connectors.delivery.bodies import named, number, part, parts, share, stamp, text, told, whole
from connectors.delivery.kinds import Body
from connectors.delivery.places import Places
from connectors.errors import SourceError, SourceUnavailable
from connectors.hosts.api import Access
from connectors.pagers.client import Client, connected
from connectors.records import Batch, Cursor, Failure, Record

TOOL: Final = "spinnaker"
NEEDS: Final = "one of somebody who may read the applications"
PAGE: Final = 100
MOST: Final = 1000
# What runs may end late, and be judged by hand for days.
LOOKBACK: Final = timedelta(days=3)
DEPLOYING: Final = ("deploy", "deployManifest", "rollbackCluster", "undoRolloutManifest")
BACK: Final = ("rollbackCluster", "undoRolloutManifest")
CANARY: Final = ("kayentaCanary", "canary")
STATES: Final = {
    "SUCCEEDED": "completed",
    "TERMINAL": "degraded",
    "FAILED_CONTINUE": "degraded",
    "STOPPED": "degraded",
    "CANCELED": "aborted",
    "PAUSED": "paused",
}
STRATEGIES: Final = {
    "redblack": "blue_green",
    "rollingredblack": "canary",
    "monitored": "canary",
    "highlander": "recreate",
}
VERDICTS: Final = {"SUCCEEDED": "successful", "TERMINAL": "failed", "FAILED_CONTINUE": "failed"}


@dataclass(frozen=True, slots=True)
class Spinnaker:
    """Reads the executions of some applications."""

    entities: ClassVar[tuple[str, ...]] = ("progressive_rollouts", "analyses")

    client: Client
    applications: Sequence[str]
    places: Places = field(default_factory=Places)
    since: datetime | None = None

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield what began since the latest execution that was seen, less three days."""
        if entity not in self.entities:
            raise ValueError(f"Spinnaker has no {entity!r}, only {', '.join(self.entities)}")
        try:
            for application in self.applications:
                until = text({"until": cursors.get(application)}, "until")
                since = datetime.fromisoformat(until) - LOOKBACK if until else self.since
                try:
                    yield self._batch(entity, application, since, until)
                except SourceError as error:
                    yield Failure(entity, application, error)
        finally:
            self.client.close()

    def access(self) -> Iterator[Access]:
        """Yield which applications can be read, for doctor."""
        for application in self.applications:
            try:
                self._page(application, None, 0, 1)
            except SourceError as error:
                yield Access(application, str(error), "mend")
            else:
                yield Access(application, "can be read")
        self.client.close()

    def _batch(
        self, entity: str, application: str, since: datetime | None, until: str | None
    ) -> Batch:
        rows: list[Record] = []
        for body in self._executions(application, since):
            if not deploying(body):
                continue
            at = moment(body, "startTime") or moment(body, "buildTime")
            until = max([one for one in (until, stamp(at)) if one], default=None)
            found = (
                [(identity(body), rollout(body, self.places))]
                if entity == "progressive_rollouts"
                else analyses(body)
            )
            rows += [Record(entity, name, payload, application, at) for name, payload in found]
        return Batch(entity, application, rows, until)

    def _executions(self, application: str, since: datetime | None) -> Iterator[Body]:
        for turn in range(MOST):
            found = self._page(application, since, turn * PAGE, PAGE)
            yield from (one for one in found if isinstance(one, Mapping))
            if len(found) < PAGE:
                return
        raise SourceUnavailable(f"Spinnaker, {application}: its executions have no end")

    def _page(self, application: str, since: datetime | None, start: int, size: int) -> list[Any]:
        query: dict[str, Any] = {"startIndex": start, "size": size, "expand": "true"}
        if since:
            query["triggerTimeStartBoundary"] = int(since.timestamp() * 1000)
        path = f"/applications/{quote(application, safe='')}/executions/search"
        found = self.client.get(path, application, query)
        return found if isinstance(found, list) else []


def identity(body: Body) -> str:
    """Return the id of an execution."""
    return f"{TOOL}/{text(body, 'application') or ''}/{text(body, 'id') or ''}"


def moment(body: Body, name: str) -> datetime | None:
    """Return a time that is milliseconds since 1970."""
    found = number(body, name)
    if found is None or not 0 < found < 7.3e12:
        return None
    return datetime.fromtimestamp(int(found // 1000), UTC)


def deploying(body: Body) -> list[Body]:
    """Return the stages that deploy something."""
    return [one for one in parts(body, "stages") if text(one, "type") in DEPLOYING]


def judging(body: Body) -> list[Body]:
    """Return the stages that analyse a canary as a whole."""
    return [one for one in parts(body, "stages") if text(one, "type") in CANARY]


def rollout(body: Body, places: Places) -> dict[str, Any]:
    """Return what an execution rolls out."""
    stages, judges = deploying(body), judging(body)
    kinds = [text(one, "type") for one in parts(body, "stages")]
    failed = next(
        (one for one in judges if VERDICTS.get(text(one, "status") or "") == "failed"), {}
    )
    state = STATES.get(text(body, "status") or "", "progressing")
    state = "aborted" if failed and state == "degraded" else state
    ended_at = moment(body, "endTime")
    return told(
        {
            **places.of(body, text(body, "application") or "", account(stages)),
            **artifact(body, stages),
            **stepped(stages, judges),
            "tool": TOOL,
            "status": state,
            "started_at": moment(body, "startTime") or moment(body, "buildTime"),
            "finished_at": ended_at if state == "completed" else None,
            "aborted_at": (moment(failed, "endTime") or ended_at) if state == "aborted" else None,
            "pause_count": kinds.count("manualJudgment") + kinds.count("wait"),
            "is_hand_paused": "manualJudgment" in kinds or None,
            "is_rollback": any(kind in BACK for kind in kinds) or None,
        }
    )


def account(stages: Sequence[Body]) -> str:
    """Return the account that the last stage deploys to, as its environment."""
    context = part(stages[-1], "context")
    cluster = next(parts(context, "clusters"), {})
    return (
        text(context, "account") or text(context, "credentials") or text(cluster, "account") or ""
    )


def stepped(stages: Sequence[Body], judges: Sequence[Body]) -> dict[str, Any]:
    """Return how the versions are exchanged, and what stays up."""
    contexts = [part(one, "context") for one in stages]
    clusters = [one for context in contexts for one in (context, *parts(context, "clusters"))]
    options = [part(one, "trafficManagement", "options") for one in contexts]
    words = [text(one, "strategy") for one in (*clusters, *options)]
    known = [STRATEGIES[word] for word in words if word in STRATEGIES]
    percents = [
        share(float(one))
        for cluster in clusters
        for one in (cluster.get("targetPercentages") or [])
        if isinstance(one, int | float)
    ]
    staged = [weight for weight in percents if weight is not None and 0 < weight < 1]
    delays = [whole(one, "delayBeforeScaleDownSec") for one in clusters]
    return {
        "strategy": "canary" if judges else known[-1] if known else "unknown",
        "has_weights": bool(staged) or bool(judges),
        "max_weight": max(staged, default=None),
        "warm_seconds": max((delay for delay in delays if delay is not None), default=None),
    }


def artifact(body: Body, stages: Sequence[Body]) -> dict[str, str]:
    """Return version, commit and digest of the first image that is deployed."""
    for one in (*stages, {"context": part(body, "trigger")}):
        for found in parts(one, "context", "artifacts"):
            if (text(found, "type") or "").startswith("docker"):
                return named(text(found, "reference") or text(found, "name") or "")
    return {}


def analyses(body: Body) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and payload of each canary analysis; Kayenta always compares with a baseline."""
    for one in judging(body):
        verdict = VERDICTS.get(text(one, "status") or "")
        limits = part(one, "context", "canaryConfig", "scoreThresholds")
        yield (
            f"{identity(body)}/{text(one, 'id') or ''}",
            told(
                {
                    "rollout_id": identity(body),
                    "metric": text(one, "name") or "kayenta",
                    "is_dry_run": False,
                    "compares_stable": True,
                    "can_fail": bool(number(limits, "pass") or number(limits, "marginal")),
                    "verdict": verdict,
                    "started_at": moment(one, "startTime"),
                    "finished_at": moment(one, "endTime") if verdict else None,
                }
            ),
        )


def connect(
    *,
    url: str,
    applications: Sequence[str],
    token: str | None = None,
    places: Places | None = None,
    since: datetime | None = None,
    ca: Path | None = None,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Spinnaker:
    """Return what reads one Spinnaker; nothing is asked yet."""
    signed = f"Bearer {token}" if token else ""
    client = connected(url, "Spinnaker", NEEDS, signed, ca=ca, say=say, sleep=sleep)
    return Spinnaker(client, applications, places or Places(), since)

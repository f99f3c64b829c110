"""Argo Rollouts: `Rollout` and `AnalysisRun` of argoproj.io/v1alpha1."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connectors.delivery.bodies import (
    condition,
    image,
    moment,
    part,
    parts,
    share,
    text,
    told,
    whole,
)
from connectors.delivery.kinds import Body
from connectors.delivery.places import Places

TOOL: Final = "argo_rollouts"
REVISION: Final = "rollout.argoproj.io/revision"
HASH: Final = "rollouts-pod-template-hash"
# What the controller waits before it scales the old version down, if nobody says otherwise.
WARM: Final = 30
VERDICTS: Final = {
    "Successful": "successful",
    "Failed": "failed",
    "Error": "error",
    "Inconclusive": "inconclusive",
}
STATES: Final = {"Paused": "paused", "Degraded": "degraded"}
# These judge by themselves, without a condition in the metric.
JUDGES: Final = ("job", "kayenta")


@dataclass(frozen=True, slots=True)
class Sets:
    """The ReplicaSets of one rollout, by the hash of their template."""

    found: Mapping[str, Body]

    def image(self, hash: str | None) -> dict[str, str]:
        """Return what a ReplicaSet runs."""
        return image(part(self.found.get(hash or "", {}), "spec", "template"))

    def made_at(self, hash: str | None) -> datetime | None:
        """Return when a ReplicaSet was made."""
        return moment(self.found.get(hash or "", {}), "metadata", "creationTimestamp")


def key(namespace: str | None, name: str | None, revision: str | None) -> str:
    """Return the id of one rollout of a Rollout: events and objects call it the same."""
    return f"{TOOL}/{namespace or ''}/{name or ''}/{revision or ''}"


def identity(body: Body) -> str:
    """Return the id of what a Rollout rolls out now."""
    revision = text(body, "metadata", "annotations", REVISION)
    revision = revision or text(body, "status", "currentPodHash")
    return key(text(body, "metadata", "namespace"), text(body, "metadata", "name"), revision)


def rollout(body: Body, sets: Sets, places: Places) -> dict[str, Any]:
    """Return what a Rollout rolls out now, as far as it tells."""
    strategy, status = part(body, "spec", "strategy"), part(body, "status")
    now, stable = text(status, "currentPodHash"), text(status, "stableRS")
    state = stated(body)
    template = part(body, "spec", "template")
    before = sets.image(stable) if stable != now else {}
    finished_at = moment(condition(body, "Completed"), "lastTransitionTime")
    finished_at = finished_at or moment(condition(body, "Healthy"), "lastTransitionTime")
    return told(
        {
            **places.of(body),
            **(image(template) or sets.image(now)),
            **stepped(strategy),
            "tool": TOOL,
            "status": state,
            # What is not known to have begun earlier began when it was over.
            "started_at": started(body, sets) or (finished_at if state == "completed" else None),
            "finished_at": finished_at if state == "completed" else None,
            "aborted_at": aborted(body) if state == "aborted" else None,
            "stable_version": before.get("sha") or before.get("version"),
            "is_hand_paused": paused_by_hand(body) or None,
            "is_fast_promoted": status.get("promoteFull") is True or None,
            "is_rollback": goes_back(body, sets) or None,
        }
    )


def stated(body: Body) -> str:
    """Return how a rollout stands."""
    status = part(body, "status")
    if status.get("abort") is True or status.get("abortedAt"):
        return "aborted"
    phase = text(status, "phase")
    is_stable = text(status, "currentPodHash") == text(status, "stableRS")
    if is_stable and phase in (None, "Healthy"):
        return "completed"
    return STATES.get(phase or "", "progressing")


def started(body: Body, sets: Sets) -> datetime | None:
    """Return when it began: when the Rollout ceased to be complete, else its ReplicaSet's time."""
    completed = condition(body, "Completed")
    if completed.get("status") == "False":
        return moment(completed, "lastTransitionTime")
    made_at = sets.made_at(text(body, "status", "currentPodHash"))
    is_back = goes_back(body, sets)
    if is_back:
        return None
    is_first = text(body, "metadata", "annotations", REVISION) == "1"
    return made_at or (moment(body, "metadata", "creationTimestamp") if is_first else None)


def aborted(body: Body) -> datetime | None:
    """Return when it was aborted."""
    progressing = condition(body, "Progressing")
    is_told = progressing.get("reason") == "RolloutAborted"
    return moment(body, "status", "abortedAt") or (
        moment(progressing, "lastUpdateTime") if is_told else None
    )


def stepped(strategy: Body) -> dict[str, Any]:
    """Return what the steps of a strategy are: traffic, pauses, mirrors, and what stays up."""
    green, canary = strategy.get("blueGreen"), part(strategy, "canary")
    if isinstance(green, Mapping):
        delay = whole(green, "scaleDownDelaySeconds")
        by_hand = green.get("autoPromotionEnabled") is False
        pauses = int(by_hand or bool(whole(green, "autoPromotionSeconds")))
        return {
            "strategy": "blue_green",
            "pause_count": pauses,
            "warm_seconds": WARM if delay is None else delay,
        }
    steps = list(parts(canary, "steps"))
    weights = [share(whole(step, "setWeight")) for step in steps if "setWeight" in step]
    staged = [weight for weight in weights if weight is not None and weight < 1]
    delay = whole(canary, "scaleDownDelaySeconds")
    is_routed = bool(part(canary, "trafficRouting"))
    return {
        "strategy": "canary" if steps or part(canary, "analysis") else "rolling",
        "has_weights": any(staged),
        "max_weight": max(staged, default=None),
        "pause_count": sum("pause" in step for step in steps),
        "has_traffic_mirror": any("setMirrorRoute" in step for step in steps),
        # Without a router the old pods make room for the new ones.
        "warm_seconds": (WARM if delay is None else delay) if is_routed else 0,
    }


def paused_by_hand(body: Body) -> bool:
    """Tell whether a person has to let it go on."""
    strategy = part(body, "spec", "strategy")
    endless = any(
        isinstance(step.get("pause"), Mapping) and "duration" not in step["pause"]
        for step in parts(strategy, "canary", "steps")
    )
    by_hand = part(strategy, "blueGreen").get("autoPromotionEnabled") is False
    return endless or by_hand or part(body, "spec").get("paused") is True


def goes_back(body: Body, sets: Sets) -> bool:
    """Tell whether it goes back, within its window, to a version whose ReplicaSet is older."""
    if not part(body, "spec", "rollbackWindow"):
        return False
    now = sets.made_at(text(body, "status", "currentPodHash"))
    others = [
        made_at
        for hash in sets.found
        if (made_at := sets.made_at(hash)) and hash != text(body, "status", "currentPodHash")
    ]
    return bool(now and others and now < max(others))


def weight(body: Body) -> float | None:
    """Return the share of traffic that the new version has now."""
    status = part(body, "status")
    if stated(body) == "completed":
        return 1.0
    found = whole(status, "canary", "weights", "canary", "weight")
    return share(found)


def mirrored(body: Body) -> bool:
    """Tell whether a step that copies traffic has been passed."""
    index = whole(body, "status", "currentStepIndex") or 0
    steps = parts(body, "spec", "strategy", "canary", "steps")
    return any("setMirrorRoute" in step for step in list(steps)[:index])


def analyses(run: Body, owner: Body) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and payload of every metric of an AnalysisRun; ``owner`` is its Rollout."""
    name = next(
        (text(one, "name") for one in parts(run, "metadata", "ownerReferences")
         if one.get("kind") == "Rollout"), None,
    )  # fmt: skip
    namespace = text(run, "metadata", "namespace")
    revision = text(run, "metadata", "annotations", REVISION)
    if not name or not revision:
        return
    results = {text(one, "name"): one for one in parts(run, "status", "metricResults")}
    compares = compared(run, owner)
    for metric in parts(run, "spec", "metrics"):
        called = text(metric, "name") or ""
        result = results.get(called, {})
        yield (
            f"{TOOL}/{namespace}/{text(run, 'metadata', 'name')}/{called}",
            told(
                {
                    "rollout_id": key(namespace, name, revision),
                    "metric": called,
                    "is_dry_run": is_dry(run, called, result),
                    "compares_stable": compares or "kayenta" in part(metric, "provider"),
                    "can_fail": can_fail(metric),
                    "verdict": VERDICTS.get(text(result, "phase") or ""),
                    "started_at": moment(run, "status", "startedAt")
                    or moment(run, "metadata", "creationTimestamp"),
                    "finished_at": ended(run, result),
                }
            ),
        )


def ended(run: Body, result: Body) -> datetime | None:
    """Return when a metric was judged."""
    if text(result, "phase") not in VERDICTS:
        return None
    times = [moment(one, "finishedAt") for one in parts(result, "measurements")]
    latest = max((at for at in times if at), default=None)
    return latest or moment(run, "status", "completedAt") or moment(run, "status", "startedAt")


def is_dry(run: Body, metric: str, result: Body) -> bool:
    """Tell whether the verdict of a metric has no consequence."""
    names = [text(one, "metricName") or "" for one in parts(run, "spec", "dryRun")]
    return result.get("dryRun") is True or any(matches(name, metric) for name in names)


def matches(pattern: str, metric: str) -> bool:
    """Tell whether a name or regular expression of a dry run means a metric."""
    try:
        return bool(re.fullmatch(pattern, metric)) or pattern == ".*"
    except re.error:
        return pattern == metric


def can_fail(metric: Body) -> bool:
    """Tell whether a metric has a condition under which it fails, and is allowed to."""
    has_judge = any(name in part(metric, "provider") for name in JUDGES)
    judges = metric.get("failureCondition") or metric.get("successCondition") or has_judge
    return bool(judges) and whole(metric, "failureLimit") != -1


def compared(run: Body, owner: Body) -> bool:
    """Tell whether a run is given the stable version to compare with."""
    stable = text(owner, "status", "stableRS")
    own = text(run, "metadata", "labels", HASH)
    for one in parts(run, "spec", "args"):
        called, value = (text(one, "name") or "").lower(), text(one, "value")
        source = text(one, "valueFrom", "podTemplateHashValue")
        is_other = value is not None and value == stable != own
        if source == "Stable" or is_other or ("stable" in called or "baseline" in called):
            return True
    return False

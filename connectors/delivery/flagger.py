"""Flagger: `Canary` of flagger.app/v1beta1, and the metrics that it is judged by."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from connectors.delivery.bodies import image, moment, part, parts, share, text, told, whole
from connectors.delivery.kinds import Body
from connectors.delivery.places import Places

TOOL: Final = "flagger"
STATES: Final = {
    "Waiting": "paused",
    "WaitingPromotion": "paused",
    "Progressing": "progressing",
    "Promoting": "progressing",
    "Finalising": "progressing",
    "Succeeded": "completed",
    "Failed": "aborted",
}
# Hooks that hold a canary until somebody, or something, says yes.
CONFIRMING: Final = ("confirm-rollout", "confirm-promotion", "confirm-traffic-increase")


def identity(body: Body) -> str:
    """Return the id of what a Canary rolls out now."""
    names = (text(body, "metadata", "namespace"), text(body, "metadata", "name"))
    spec = text(body, "status", "lastAppliedSpec")
    return "/".join([TOOL, *(name or "" for name in names), spec or ""])


def stated(body: Body) -> str | None:
    """Return how a canary stands; null where nothing is rolled out."""
    return STATES.get(text(body, "status", "phase") or "")


def analysis_of(body: Body) -> Body:
    """Return the analysis, by its present name or its former one."""
    return part(body, "spec", "analysis") or part(body, "spec", "canaryAnalysis")


def canary(body: Body, targets: Mapping[str, Body], places: Places) -> dict[str, Any]:
    """Return what a Canary rolls out now; ``targets`` are Deployments by namespace and name."""
    namespace = text(body, "metadata", "namespace") or ""
    target = text(body, "spec", "targetRef", "name") or text(body, "metadata", "name") or ""
    new, old = (
        image(part(targets.get(f"{namespace}/{name}", {}), "spec", "template"))
        for name in (target, f"{target}-primary")
    )
    state, at = stated(body), moment(body, "status", "lastTransitionTime")
    before = old if state != "completed" else {}
    return told(
        {
            **places.of(body),
            **new,
            **stepped(analysis_of(body)),
            "tool": TOOL,
            "status": state,
            "started_at": at,
            "finished_at": at if state == "completed" else None,
            "aborted_at": at if state == "aborted" else None,
            "stable_version": before.get("sha") or before.get("version"),
            "is_fast_promoted": part(body, "spec").get("skipAnalysis") is True or None,
            # The old version is gone as soon as the primary is the new one.
            "warm_seconds": 0,
        }
    )


def stepped(analysis: Body) -> dict[str, Any]:
    """Return what the steps of an analysis are: traffic, pauses and mirrors."""
    listed = analysis.get("stepWeights")
    told_weights = listed if isinstance(listed, list) else [whole(analysis, "maxWeight")]
    weights = [
        share(found)
        for found in told_weights
        if isinstance(found, int) and not isinstance(found, bool)
    ]
    staged = [weight for weight in weights if weight is not None and 0 < weight < 1]
    is_staged = bool(staged) or bool(whole(analysis, "stepWeight"))
    hooks = [text(one, "type") for one in parts(analysis, "webhooks")]
    holds = sum(hook in CONFIRMING for hook in hooks)
    is_green = bool(whole(analysis, "iterations")) and not is_staged and not analysis.get("match")
    return {
        "strategy": "blue_green" if is_green else "canary",
        "has_weights": is_staged,
        "max_weight": max(staged, default=None),
        "pause_count": holds,
        "is_hand_paused": holds > 0 or None,
        "has_traffic_mirror": analysis.get("mirror") is True,
    }


def weight(body: Body) -> float | None:
    """Return the share of traffic that the new version has now."""
    if stated(body) == "completed":
        return 1.0
    return share(whole(body, "status", "canaryWeight"))


def analyses(
    body: Body, templates: Mapping[str, Body], started_at: datetime | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and payload of the analysis as a whole, and of each metric."""
    if part(body, "spec").get("skipAnalysis") is True:
        return
    analysis, state = analysis_of(body), stated(body)
    at = moment(body, "status", "lastTransitionTime")
    passed = "successful" if state == "completed" else None
    limit = whole(analysis, "threshold") or 1
    is_failed = state == "aborted" and (whole(body, "status", "failedChecks") or 0) >= limit
    metrics = list(parts(analysis, "metrics"))
    whole_one: Body = {"name": "", "thresholdRange": {"min": 0}}
    for metric in [whole_one, *metrics] if metrics else []:
        called = text(metric, "name") or ""
        verdict = "failed" if is_failed and not called else passed
        yield (
            f"{identity(body)}/{called}",
            told(
                {
                    "rollout_id": identity(body),
                    "metric": called,
                    "is_dry_run": False,
                    "compares_stable": any(compares(one, body, templates) for one in metrics)
                    if not called
                    else compares(metric, body, templates),
                    "can_fail": bool(metric.get("thresholdRange") or metric.get("threshold")),
                    "verdict": verdict,
                    "started_at": started_at,
                    "finished_at": at if verdict else None,
                }
            ),
        )


def compares(metric: Body, body: Body, templates: Mapping[str, Body]) -> bool:
    """Tell whether a metric's query asks for the primary, too."""
    template = part(metric, "templateRef")
    place = text(template, "namespace") or text(body, "metadata", "namespace") or ""
    found = templates.get(f"{place}/{text(template, 'name') or ''}", {})
    query = text(metric, "query") or text(found, "spec", "query") or ""
    return "primary" in query

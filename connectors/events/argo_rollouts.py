"""Argo Rollouts' notifications, whose body is the template that users configure: ours is here."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.delivery import argo_rollouts as objects
from connectors.delivery.bodies import part, parts, text
from connectors.delivery.places import Places
from connectors.events.event import Event, delivery
from connectors.events.reading import whole

FORMAT = objects.TOOL
# What docs tell users to put into argo-rollouts-notification-configmap. It sends no pod's secrets.
TEMPLATE = """\
{
  "rollout": {
    "metadata": {
      "name": {{ toJson .rollout.metadata.name }},
      "namespace": {{ toJson .rollout.metadata.namespace }},
      "labels": {{ dig "metadata" "labels" dict .rollout | toJson }},
      "annotations": {
        "rollout.argoproj.io/revision": {{ dig "metadata" "annotations" "rollout.argoproj.io/revision" "" .rollout | toJson }}
      }
    },
    "image": {{ with dig "spec" "template" "spec" "containers" list .rollout }}{{ (first .).image | toJson }}{{ else }}""{{ end }},
    "spec": {
      "strategy": {{ toJson .rollout.spec.strategy }},
      "paused": {{ dig "spec" "paused" false .rollout | toJson }}
    },
    "status": {{ toJson .rollout.status }}
  }
}
"""  # noqa: E501 - a template is read as it is pasted
STATES = {"completed": "promoted"}
# How the controller words that a metric has stopped a rollout.
JUDGED = re.compile(r'[Mm]etric "([^"]{1,200})" assessed (\w+)')
RUNS = (
    ("canary", "currentStepAnalysisRunStatus"),
    ("canary", "currentBackgroundAnalysisRunStatus"),
    ("blueGreen", "prePromotionAnalysisRunStatus"),
    ("blueGreen", "postPromotionAnalysisRunStatus"),
)


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return the step of a rollout that one notification tells."""
    found = whole(body).needed("rollout")
    name = found.needed("metadata").required("name")
    come = delivery(FORMAT, found, host, received_at)
    image = found.loose("image")
    template = {"spec": {"containers": [{"image": image}]}} if image else {}
    told = {**found.found, "spec": {**part(found.found, "spec"), "template": template}}
    rollout = objects.rollout(told, objects.Sets({}), Places())
    state = rollout.pop("status")
    at = rollout.pop("aborted_at", None) or rollout.pop("finished_at", None)
    known: dict[str, Any] = {
        "subject_id": objects.identity(told),
        "state": STATES.get(state, state),
        "service": rollout.pop("service", None) or name,
        "started_at": moment(rollout.pop("started_at", None)) if state != "completed" else None,
        "weight": objects.weight(told),
        **{field: rollout[field] for field in FIELDS if field in rollout},
        **verdict(told),
    }
    return [come.event(f"rollout.{state}", "rollout", moment(at), **known)]


FIELDS = (
    "environment", "sha", "version", "artifact_digest", "strategy", "has_weights", "max_weight",
    "pause_count", "is_hand_paused", "is_fast_promoted", "has_traffic_mirror", "warm_seconds",
)  # fmt: skip


def moment(value: str | None) -> datetime | None:
    """Return a time that was written for a payload."""
    return datetime.fromisoformat(value) if value else None


def verdict(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what the analyses have come to, and the metric that stopped the rollout."""
    status = part(body, "status")
    texts = [text(one, "message") or "" for one in parts(status, "conditions")]
    for said in (text(status, "message") or "", *texts):
        judged = JUDGED.search(said)
        word = objects.VERDICTS.get(judged[2]) if judged else None
        if judged and word:
            return {"metric": judged[1], "verdict": word}
    phases = {text(status, *names, "status") for names in RUNS}
    for phase in ("Failed", "Error", "Inconclusive"):
        if phase in phases:
            return {"verdict": objects.VERDICTS[phase]}
    return {"verdict": "successful"} if "Successful" in phases else {}

"""Plain Kubernetes: a Deployment's ReplicaSets, each a version that was rolled out."""

from collections.abc import Iterator
from typing import Any, Final

from connectors.delivery.bodies import condition, image, moment, part, parts, text, told
from connectors.delivery.kinds import Body
from connectors.delivery.places import Places

TOOL: Final = "kubernetes"
REVISION: Final = "deployment.kubernetes.io/revision"
HISTORY: Final = "deployment.kubernetes.io/revision-history"


def owner(body: Body, kind: str) -> str | None:
    """Return the name of what owns an object."""
    owners = parts(body, "metadata", "ownerReferences")
    return next((text(one, "name") for one in owners if one.get("kind") == kind), None)


def rollouts(
    deployment: Body, sets: list[Body], places: Places
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield id and payload of each version of a Deployment that is still known."""
    namespace, name = (text(deployment, "metadata", key) for key in ("namespace", "name"))
    latest = text(deployment, "metadata", "annotations", REVISION)
    for one in sets:
        revision = text(one, "metadata", "annotations", REVISION)
        # One that was gone back to began again, and nobody wrote down when.
        is_again = bool(text(one, "metadata", "annotations", HISTORY))
        progressing = condition(deployment, "Progressing") if revision == latest else {}
        began = None if is_again else moment(one, "metadata", "creationTimestamp")
        if not revision or not (began or progressing):
            continue
        at = moment(progressing, "lastUpdateTime")
        state = stated(progressing) if revision == latest else "completed"
        yield (
            f"{TOOL}/{namespace}/{name}/{revision}",
            told(
                {
                    **places.of(deployment),
                    **image(part(one, "spec", "template")),
                    "tool": TOOL,
                    "strategy": strategy(deployment),
                    "status": state,
                    "started_at": began or at,
                    "finished_at": at if state == "completed" else None,
                    "warm_seconds": 0,
                    "is_sampled": True,
                }
            ),
        )


def stated(progressing: Body) -> str:
    """Return how the latest version stands."""
    reason = text(progressing, "reason")
    if reason == "NewReplicaSetAvailable":
        return "completed"
    return "degraded" if reason == "ProgressDeadlineExceeded" else "progressing"


def strategy(deployment: Body) -> str:
    """Return how pods are replaced."""
    found = text(deployment, "spec", "strategy", "type")
    return "recreate" if found == "Recreate" else "rolling"

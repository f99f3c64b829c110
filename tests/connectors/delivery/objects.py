"""Objects of a cluster, with the fields that their definitions publish."""

from typing import Any

Body = dict[str, Any]
STABLE, NEXT = "5d7f9b8c66", "7c9d8f6b55"
NAMESPACE = "shop-prod"
DIGEST = "sha256:" + "ab" * 32


def metadata(name: str, **more: Any) -> Body:
    return {
        "name": name,
        "namespace": NAMESPACE,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        **more,
    }


def pod(image: str) -> Body:
    return {"spec": {"containers": [{"name": "app", "image": image}]}}


def replica_set(owner: str, hash: str, image: str, made: str, *, kind: str = "Rollout") -> Body:
    """A ReplicaSet of a Rollout, by the hash of its template."""
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(
            f"{owner}-{hash}",
            creationTimestamp=made,
            labels={"rollouts-pod-template-hash": hash},
            ownerReferences=[{"kind": kind, "name": owner, "apiVersion": "argoproj.io/v1alpha1"}],
        ),
        "spec": {"template": pod(image)},
    }


def rollout(
    name: str = "checkout",
    *,
    strategy: Body | None = None,
    status: Body | None = None,
    image: str = f"registry.example.org/shop:1.42.0@{DIGEST}",
    revision: str = "7",
    **spec: Any,
) -> Body:
    """A Rollout of Argo that steps from a fifth to a half, with pauses."""
    canary = {
        "canary": {
            "trafficRouting": {"nginx": {"stableIngress": "shop"}},
            "scaleDownDelaySeconds": 600,
            "steps": [
                {"setWeight": 20},
                {"pause": {"duration": "5m"}},
                {"setWeight": 50},
                {"pause": {"duration": "5m"}},
                {"setWeight": 100},
            ],
        }
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": metadata(name, annotations={"rollout.argoproj.io/revision": revision}),
        "spec": {"template": pod(image), "strategy": strategy or canary, **spec},
        "status": {
            "currentPodHash": NEXT,
            "stableRS": STABLE,
            "currentStepIndex": 1,
            "phase": "Progressing",
            "canary": {"weights": {"canary": {"weight": 20}, "stable": {"weight": 80}}},
            "conditions": [
                {
                    "type": "Completed",
                    "status": "False",
                    "lastTransitionTime": "2026-03-10T09:00:00Z",
                }
            ],
            **(status or {}),
        },
    }


DONE: Body = {
    "stableRS": NEXT,
    "phase": "Healthy",
    "conditions": [
        {"type": "Completed", "status": "True", "lastTransitionTime": "2026-03-10T09:20:00Z"}
    ],
}


def analysis_run(
    name: str = "checkout-7-1",
    *,
    phase: str = "Successful",
    metric: Body | None = None,
    args: list[Body] | None = None,
    result: Body | None = None,
    **spec: Any,
) -> Body:
    """An AnalysisRun of the seventh revision of checkout."""
    one = {
        "name": "error-rate",
        "interval": "1m",
        "count": 5,
        "failureCondition": "result[0] > 0.02",
        "provider": {"prometheus": {"query": "errors"}},
        **(metric or {}),
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AnalysisRun",
        "metadata": metadata(
            name,
            labels={"rollouts-pod-template-hash": NEXT, "rollout-type": "Step"},
            annotations={"rollout.argoproj.io/revision": "7"},
            ownerReferences=[{"kind": "Rollout", "name": "checkout"}],
        ),
        "spec": {"metrics": [one], "args": args or [], **spec},
        "status": {
            "phase": phase,
            "startedAt": "2026-03-10T09:05:00Z",
            "metricResults": [
                {
                    "name": one["name"],
                    "phase": phase,
                    "measurements": [
                        {
                            "phase": phase,
                            "startedAt": "2026-03-10T09:09:00Z",
                            "finishedAt": "2026-03-10T09:10:00Z",
                        }
                    ],
                    **(result or {}),
                }
            ],
        },
    }


def canary(phase: str, *, analysis: Body | None = None, **status: Any) -> Body:
    """A Canary of Flagger that steps by ten to a half."""
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "Canary",
        "metadata": metadata("search"),
        "spec": {
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "search"},
            "analysis": {
                "interval": "1m",
                "threshold": 5,
                "maxWeight": 50,
                "stepWeight": 10,
                "metrics": [
                    {"name": "request-success-rate", "thresholdRange": {"min": 99}},
                    {
                        "name": "orders",
                        "thresholdRange": {"min": 0.9},
                        "templateRef": {"name": "orders", "namespace": "flagger"},
                    },
                ],
                **(analysis or {}),
            },
        },
        "status": {
            "phase": phase,
            "canaryWeight": 0,
            "failedChecks": 0,
            "lastAppliedSpec": "68f7c9b5d",
            "lastTransitionTime": "2026-03-10T10:00:00Z",
            **status,
        },
    }


def deployment(name: str, image: str, *, revision: str = "3", reason: str = "") -> Body:
    """A plain Deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, annotations={"deployment.kubernetes.io/revision": revision}),
        "spec": {"template": pod(image), "strategy": {"type": "RollingUpdate"}},
        "status": {
            "conditions": [
                {
                    "type": "Progressing",
                    "status": "True",
                    "reason": reason or "NewReplicaSetAvailable",
                    "lastUpdateTime": "2026-03-10T11:05:00Z",
                }
            ]
        },
    }


def plain_set(owner: str, revision: str, image: str, made: str, **notes: str) -> Body:
    """A ReplicaSet of a plain Deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(
            f"{owner}-{revision}",
            creationTimestamp=made,
            annotations={"deployment.kubernetes.io/revision": revision, **notes},
            ownerReferences=[{"kind": "Deployment", "name": owner}],
        ),
        "spec": {"template": pod(image)},
    }


def application(**status: Any) -> Body:
    """An Application of Argo CD."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": metadata("checkout") | {"namespace": "argocd"},
        "spec": {"destination": {"namespace": NAMESPACE}},
        "status": {
            "sync": {"status": "Synced", "revision": "f00d"},
            "history": [
                {"id": 1, "revision": "beef", "deployedAt": "2026-03-09T09:00:00Z"},
                {"id": 2, "revision": "f00d", "deployedAt": "2026-03-10T09:00:00Z"},
            ],
            **status,
        },
    }

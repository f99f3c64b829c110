"""The kinds of objects that are read, and where the API server has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: its group and version, and its name in addresses."""

    name: str
    group: str
    plural: str

    def path(self, namespace: str = "") -> str:
        """Return the address of its list, of all namespaces or of one."""
        place = f"/namespaces/{namespace}" if namespace else ""
        return f"/apis/{self.group}{place}/{self.plural}"


ROLLOUT: Final = Kind("Rollout", "argoproj.io/v1alpha1", "rollouts")
ANALYSIS_RUN: Final = Kind("AnalysisRun", "argoproj.io/v1alpha1", "analysisruns")
APPLICATION: Final = Kind("Application", "argoproj.io/v1alpha1", "applications")
CANARY: Final = Kind("Canary", "flagger.app/v1beta1", "canaries")
METRIC_TEMPLATE: Final = Kind("MetricTemplate", "flagger.app/v1beta1", "metrictemplates")
DEPLOYMENT: Final = Kind("Deployment", "apps/v1", "deployments")
REPLICA_SET: Final = Kind("ReplicaSet", "apps/v1", "replicasets")
KUSTOMIZATION: Final = Kind("Kustomization", "kustomize.toolkit.fluxcd.io/v1", "kustomizations")
HELM_RELEASE: Final = Kind("HelmRelease", "helm.toolkit.fluxcd.io/v2", "helmreleases")
KINDS: Final = (
    ROLLOUT, ANALYSIS_RUN, APPLICATION, CANARY, METRIC_TEMPLATE, DEPLOYMENT, REPLICA_SET,
    KUSTOMIZATION, HELM_RELEASE,
)  # fmt: skip


class Reader(Protocol):
    """Where the objects come from: an API server or exported files."""

    @property
    def name(self) -> str:
        """Return what it is called, as the scope of its records."""
        ...

    def objects(self, kind: Kind) -> Iterator[Body]:
        """Yield every object of a kind."""
        ...

    def now(self) -> datetime:
        """Return when the objects were as they are."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...

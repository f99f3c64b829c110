"""How versions are rolled out: clusters (Argo Rollouts, Flagger, Argo CD, Flux) and Spinnaker."""

from connectors.delivery.places import Places
from connectors.delivery.source import Kubernetes

__all__ = ["Kubernetes", "Places"]

"""How versions are rolled out: clusters (Argo Rollouts, Flagger, Argo CD, Flux) and Spinnaker."""

from connectors.delivery.places import Places
from connectors.delivery.source import Followed, Kubernetes

__all__ = ["Followed", "Kubernetes", "Places"]

"""Makes the connectors of clusters and delivery tools from their settings."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Union

from pipelines.configuration.clusters import AnyCluster, KubernetesSource
from pipelines.hosts import first_day, revealed
from pipelines.project import Project, midnight

if TYPE_CHECKING:
    from connectors.delivery import Kubernetes
    from connectors.delivery.spinnaker import Spinnaker


def cluster(project: Project, source: AnyCluster) -> Union["Kubernetes", "Spinnaker"]:
    """Make the connector of one cluster or tool; clients are imported where they are needed."""
    from connectors.delivery import Places

    if isinstance(source, KubernetesSource):
        return kubernetes(project, source)
    from connectors.delivery import spinnaker

    return spinnaker.connect(
        url=source.url,
        applications=source.applications,
        token=revealed(source.token),
        places=Places(source.services),
        since=midnight(source.since) or first_day(datetime.now(UTC)),
        ca=source.ca,
        say=project.say,
    )


def kubernetes(project: Project, source: KubernetesSource) -> "Kubernetes":
    """Make what looks at an API server, or at exported files."""
    from connectors.delivery import Kubernetes, Places, kubeconfig
    from connectors.delivery.cluster import connect
    from connectors.delivery.exports import Exports

    places = Places(source.services, source.environments, source.page or "")
    if source.path:
        return Kubernetes(Exports(source.path), places)
    assert source.kubeconfig is not None
    access = kubeconfig.read(source.kubeconfig, source.context)
    reader = connect(access, namespaces=source.namespaces, say=project.say)
    return Kubernetes(reader, places)

"""Makes the connectors of clusters and delivery tools from their settings."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Union

from pipelines.configuration.clusters import AnyCluster, KubernetesSource
from pipelines.hosts import first_day, revealed
from pipelines.project import Project, midnight

if TYPE_CHECKING:
    from connectors.delivery import Kubernetes, Places
    from connectors.delivery.spinnaker import Spinnaker
    from pipelines.watching import Watch


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


def watched(project: Project, say: Callable[[str], None], stop: Event) -> Iterator["Watch"]:
    """Yield what follows each cluster that is to be watched."""
    from connectors.delivery import kubeconfig
    from connectors.delivery.cluster import connect
    from pipelines.watching import Watch

    for source in project.configuration.sources:
        if isinstance(source, KubernetesSource) and source.watch and source.kubeconfig:
            told = partial(tell, say, source.name)
            access = kubeconfig.read(source.kubeconfig, source.context)
            cluster = connect(access, namespaces=source.namespaces, say=told)
            yield Watch(project.landing, source.name, cluster, places(source), told, stop)


def tell(say: Callable[[str], None], source: str, text: str) -> None:
    """Say something of a source."""
    say(f"{source}: {text}")


def places(source: KubernetesSource) -> "Places":
    """Return what a cluster's names mean."""
    from connectors.delivery import Places

    return Places(source.services, source.environments, source.page or "")


def kubernetes(project: Project, source: KubernetesSource) -> "Kubernetes":
    """Make what looks at an API server, or at exported files."""
    from connectors.delivery import Followed, Kubernetes, kubeconfig
    from connectors.delivery.cluster import connect
    from connectors.delivery.exports import Exports

    if source.path:
        return Kubernetes(Exports(source.path), places(source))
    assert source.kubeconfig is not None
    access = kubeconfig.read(source.kubeconfig, source.context)
    reader = connect(access, namespaces=source.namespaces, say=project.say)
    return (Followed if source.watch else Kubernetes)(reader, places(source))

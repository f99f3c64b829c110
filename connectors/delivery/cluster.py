"""Asks the API server of a cluster for objects, page by page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connectors.delivery.bodies import part, text
from connectors.delivery.kinds import Body, Kind
from connectors.delivery.kubeconfig import Access
from connectors.errors import SourceUnavailable
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Missing

PAGE: Final = 500
# A list that never ends is broken: no cluster has half a million of one kind.
MOST: Final = 1000
NEEDS: Final = "one of an account that may list what is read, see docs/deployment-architecture.md"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Lists objects of some namespaces, or of all."""

    client: Client
    access: Access
    namespaces: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the server."""
        return self.access.host

    def now(self) -> datetime:
        """Return the time of the latest answer by the server's clock."""
        return self.client.now()

    def close(self) -> None:
        """Let go of connections, and of files with keys."""
        self.client.close()
        self.access.close()

    def objects(self, kind: Kind) -> Iterator[Body]:
        """Yield every object of a kind; none where the cluster does not know the kind."""
        for namespace in self.namespaces or ("",):
            try:
                yield from self._listed(kind, namespace)
            except Missing:
                return

    def _listed(self, kind: Kind, namespace: str) -> Iterator[Body]:
        token: str | None = None
        for _ in range(MOST):
            query: dict[str, Any] = {"limit": PAGE, **({"continue": token} if token else {})}
            answer = self.client.get(kind.path(namespace), kind.plural, query, holds="items")
            for item in answer["items"]:
                # Items of a list do not say what they are.
                yield {"kind": kind.name, **item}
            token = text(part(answer, "metadata"), "continue")
            if not token:
                return
        raise SourceUnavailable(
            f"Kubernetes, {kind.plural}: its list has no end; tell its operator"
        )


def connect(
    access: Access,
    *,
    namespaces: tuple[str, ...] = (),
    say: Callable[[str], None] = lambda text: None,
    **asking: Any,
) -> Cluster:
    """Return what reads one cluster; nothing is asked yet."""
    authorization = f"Bearer {access.token}" if access.token else ""
    client = connected(
        access.url, "Kubernetes", NEEDS, authorization, ca=access.ca, say=say, **asking
    )
    client.certificate = access.certificate
    return Cluster(client, access, namespaces)

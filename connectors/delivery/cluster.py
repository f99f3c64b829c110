"""Asks the API server of a cluster for objects, page by page."""

from collections.abc import Callable, Iterator, Mapping
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
# So much longer than it was asked to a watch may take to end.
GRACE: Final = 30
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
                for page in self._pages(kind, namespace):
                    yield from items(kind, page)
            except Missing:
                return

    def snapshot(self, kind: Kind, namespace: str) -> tuple[list[Body], str]:
        """Return all objects of a kind, and the version of the cluster that they are of."""
        found: list[Body] = []
        version = ""
        for page in self._pages(kind, namespace):
            found += items(kind, page)
            version = text(part(page, "metadata"), "resourceVersion") or version
        return found, version

    def watched(
        self, kind: Kind, namespace: str, version: str, seconds: int
    ) -> Iterator[Mapping[str, Any]]:
        """Yield what happens to the objects of a kind after a version, for so many seconds."""
        query = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(seconds),
        }
        yield from self.client.stream(kind.path(namespace), kind.plural, query, seconds + GRACE)

    def _pages(self, kind: Kind, namespace: str) -> Iterator[Mapping[str, Any]]:
        token: str | None = None
        for _ in range(MOST):
            query: dict[str, Any] = {"limit": PAGE, **({"continue": token} if token else {})}
            answer = self.client.get(kind.path(namespace), kind.plural, query, holds="items")
            yield answer
            token = text(part(answer, "metadata"), "continue")
            if not token:
                return
        raise SourceUnavailable(
            f"Kubernetes, {kind.plural}: its list has no end; tell its operator"
        )


def items(kind: Kind, page: Mapping[str, Any]) -> list[Body]:
    """Return the objects of a page; in a list they do not say what they are."""
    return [{"kind": kind.name, **item} for item in page["items"]]


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

"""What the API of a pager or incident tool must offer, in the words that all of them share."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from connectors.hosts.api import Access
from connectors.pagers.client import Client
from connectors.records import Batch, Cursor

ENTITIES = ("incidents", "deployments")


class Api(Protocol):
    """Reads one account of one tool."""

    @property
    def host(self) -> str:
        """Return the name of the host, as in addresses."""
        ...

    @property
    def client(self) -> Client:
        """Return what makes the calls."""
        ...

    def scopes(self, entity: str) -> Sequence[str]:
        """Return what is read apart from each other; none where the tool has no such entity."""
        ...

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield what one scope has of ``entity`` since ``cursor``."""
        ...

    def access(self) -> Iterator[Access]:
        """Yield what the credentials can and can not see, and the quota left."""
        ...

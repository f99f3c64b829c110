"""One pager or incident tool as a source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.pagers.api import ENTITIES, Api
from connectors.pagers.judging import Unknown
from connectors.records import Batch, Cursor, Failure


@dataclass(frozen=True, slots=True)
class Pager:
    """Reads incidents, and deployments where the tool knows of any."""

    entities: ClassVar[tuple[str, ...]] = ENTITIES

    api: Api

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield what is new, scope by scope; one that fails stops no other."""
        if entity not in self.entities:
            raise ValueError(f"this tool has no {entity!r}, only {', '.join(self.entities)}")
        try:
            for scope in self.api.scopes(entity):
                try:
                    yield from self.api.batches(entity, scope, cursors.get(scope))
                except Unknown:
                    # The credentials are refused whatever is asked.
                    raise
                except SourceError as error:
                    yield Failure(entity, scope, error)
        finally:
            self.api.client.close()

    def access(self) -> Iterator[Access]:
        """Yield what the credentials can and can not see, for doctor."""
        try:
            yield from self.api.access()
        finally:
            self.api.client.close()

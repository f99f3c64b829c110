"""What a refresh asks of a source that is only ever pushed to: nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from connectors import Batch, Cursor, Failure


@dataclass(frozen=True, slots=True)
class Pushed:
    """Has nothing to collect; the inbox is sealed for all sources at once."""

    entities: ClassVar[tuple[str, ...]] = ()

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield nothing."""
        return iter(())

"""What every connector hands over: records of one entity, and where to go on next time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

import polars as pl

Cursor = Any
"""Whatever a connector needs to go on where it was; JSON."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing as its source states it; ``payload`` is JSON without e-mails, tokens or bodies."""

    entity: str
    record_id: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    updated_at: datetime | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one entity and scope.

    ``rows`` is a frame with record_id, updated_at and payload (JSON text), or typed columns for
    bulk git history, or a sequence of records. ``cursor`` is where the next collection goes on
    once these rows are landed; null leaves it where it was. ``is_whole`` says that the batch
    lists everything the scope has, so that whatever it lacks has vanished.
    """

    entity: str
    scope: str
    rows: pl.DataFrame | Sequence[Record]
    cursor: Cursor = None
    is_whole: bool = False


class Connector(Protocol):
    """Reads one source; stores nothing."""

    entities: ClassVar[tuple[str, ...]]

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield what is new since ``cursors`` (by scope), oldest promise first."""
        ...

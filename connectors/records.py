"""What every connector hands over: records of one entity, and where to go on next time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

import polars as pl

from connectors.errors import SourceError

Cursor = Any
"""Whatever a connector needs to go on where it was; JSON.

A mapping may say ``history_since``, an ISO time: the scope is read back to there only, so far.
"""


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


@dataclass(frozen=True, slots=True)
class Failure:
    """One scope that could not be read to its end; what it yielded before stays."""

    entity: str
    scope: str
    error: SourceError


class Connector(Protocol):
    """Reads one source; stores nothing."""

    entities: ClassVar[tuple[str, ...]]

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield what is new since ``cursors`` (by scope).

        A scope that fails is told as a Failure and stops no other; what is wrong with the source
        as a whole is raised as SourceError.
        """
        ...

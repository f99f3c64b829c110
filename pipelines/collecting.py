"""Collects one entity of one source into the landing zone, in flushes with their own cursors."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, RLock

import polars as pl

from connectors import Batch, Connector, Cursor, Failure, SourceError
from pipelines.forgotten import Forgotten
from pipelines.forgotten import known as forgotten_in
from pipelines.landing import KEY, Landing, LandingFile, digest, rows

FLUSH_ROWS = 10_000
FLUSH_SECONDS = 60.0

Count = Callable[[int], None]
"""Called with the number of records read since the last call."""


@dataclass(slots=True)
class Collection:
    """One entity of one source on its way into the landing zone.

    A connector may be silent for long, waiting for quota; so another thread may flush what it
    told before. Once ``stopped`` is set nothing is written any more. What is new here and older
    than ``kept_since`` is not landed.
    """

    landing: Landing
    source: str
    entity: str
    names: Iterator[str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    stopped: Event = field(default_factory=Event)
    landed: int = 0
    failures: list[Failure] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)
    waiting: list[Batch] = field(default_factory=list)
    flushed_at: float = field(default_factory=time.monotonic)
    fetched_at: datetime | None = None
    cursors: dict[str, Cursor] = field(init=False)
    lock: RLock = field(default_factory=RLock)
    kept_since: datetime | None = None
    forgotten: Forgotten = field(init=False)

    def __post_init__(self) -> None:
        self.cursors = self.landing.cursors(self.source, self.entity)
        self.forgotten = forgotten_in(self.landing)

    def run(self, connector: Connector, count: Count) -> int:
        """Land all that ``connector`` has of the entity; return how many versions were new.

        What it can't read is kept in ``failures``; what it read before that is landed.
        """
        try:
            for told in connector.collect(self.entity, dict(self.cursors)):
                if self.stopped.is_set():
                    return self.landed
                if isinstance(told, Failure):
                    self.failures.append(told)
                else:
                    self.take(told)
                    count(len(told.rows))
        except SourceError as error:
            self.failures.append(Failure(self.entity, "", error))
        self.flush()
        return self.landed

    def take(self, batch: Batch) -> None:
        """Keep a batch until enough wait, or long enough."""
        with self.lock:
            self.waiting.append(batch)
            self.scopes.add(batch.scope)
            is_full = sum(len(one.rows) for one in self.waiting) >= FLUSH_ROWS
            if is_full or time.monotonic() - self.flushed_at > FLUSH_SECONDS:
                self.flush()

    def flush(self) -> None:
        """Write what waits as one file, with the cursors that it earns."""
        with self.lock:
            batches, self.waiting = self.waiting, []
            self.flushed_at = time.monotonic()
            if batches and not self.stopped.is_set():
                self.landed += self.write(batches)

    def write(self, batches: list[Batch]) -> int:
        """Write what is new in the batches; return how much that is."""
        latest = self.landing.latest(
            self.source, self.entity, sorted({batch.scope for batch in batches})
        )
        frames = [self.fresh(batch, latest) for batch in batches]
        frame = pl.concat(frames, how="diagonal_relaxed")
        moved = {b.scope: b.cursor for b in batches if b.cursor is not None}
        has_moved = moved != {scope: self.cursors.get(scope) for scope in moved}
        self.cursors.update(moved)
        if frame.is_empty():
            if has_moved:
                self.landing.remember(self.source, self.entity, self.cursors)
            return 0
        file = LandingFile(self.source, self.entity, next(self.names))
        self.landing.write(file, frame, self.cursors)
        return len(frame)

    def fresh(self, batch: Batch, latest: pl.DataFrame) -> pl.DataFrame:
        """Return the batch's rows that say something new, and tombstones for what vanished."""
        frame = rows(batch).with_columns(scope=pl.lit(batch.scope))
        if "is_deleted" not in frame.columns:
            frame = frame.with_columns(is_deleted=pl.lit(value=False))
        frame, _ = self.forgotten.frame(frame.unique(KEY, keep="last", maintain_order=True))
        known = latest.filter(pl.col("scope") == batch.scope)
        vanished = (
            known.filter(~pl.col("is_deleted")).join(frame, on=KEY, how="anti")
            if batch.is_whole
            else known.clear()
        )
        marked = frame.with_columns(digest(frame))
        new = marked.join(known, on=[*KEY, "is_deleted", "digest"], how="anti").drop("digest")
        if self.kept_since:
            # A listing tells again what was too old to be kept.
            old = new.filter(pl.col("updated_at") < self.kept_since).join(known, on=KEY, how="anti")
            new = new.join(old, on=KEY, how="anti", maintain_order="left")
        tombstones = vanished.select(*KEY, is_deleted=pl.lit(value=True))
        return pl.concat([new, tombstones], how="diagonal").with_columns(
            source=pl.lit(self.source),
            entity=pl.lit(self.entity),
            fetched_at=pl.lit(self.moment(known), dtype=pl.Datetime("us", "UTC")),
        )

    def moment(self, known: pl.DataFrame) -> datetime:
        """Return now, or just after all that is landed where the clock was set back."""
        newest = known["fetched_at"].max()
        earlier = [one for one in (newest, self.fetched_at) if isinstance(one, datetime)]
        self.fetched_at = max([self.now(), *(one + timedelta(microseconds=1) for one in earlier)])
        return self.fetched_at

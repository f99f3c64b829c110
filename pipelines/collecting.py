"""Collects one source into the landing zone, in flushes that carry their own cursors."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import polars as pl

from connectors import Batch, Connector, Cursor
from pipelines.landing import KEY, Landing, LandingFile, digest, rows

FLUSH_ROWS = 10_000
FLUSH_SECONDS = 60.0

Count = Callable[[int], None]
"""Called with the number of records read since the last call."""


@dataclass(slots=True)
class Collection:
    """One entity of one source on its way into the landing zone."""

    landing: Landing
    source: str
    entity: str
    names: Iterator[str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    waiting: list[Batch] = field(default_factory=list)
    fetched_at: datetime | None = None
    cursors: dict[str, Cursor] = field(init=False)

    def __post_init__(self) -> None:
        self.cursors = self.landing.cursors(self.source, self.entity)

    def run(self, connector: Connector, count: Count) -> int:
        """Land all that ``connector`` has of the entity; return how many versions were new."""
        landed, flushed_at = 0, time.monotonic()
        for batch in connector.collect(self.entity, dict(self.cursors)):
            self.waiting.append(batch)
            count(len(batch.rows))
            full = sum(len(one.rows) for one in self.waiting) >= FLUSH_ROWS
            if full or time.monotonic() - flushed_at > FLUSH_SECONDS:
                landed += self.flush()
                flushed_at = time.monotonic()
        return landed + self.flush()

    def flush(self) -> int:
        """Write what waits as one file, with the cursors that it earns; return its rows."""
        batches, self.waiting = self.waiting, []
        if not batches:
            return 0
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
        frame = frame.unique(KEY, keep="last", maintain_order=True)
        known = latest.filter(pl.col("scope") == batch.scope)
        vanished = (
            known.filter(~pl.col("is_deleted")).join(frame, on=KEY, how="anti")
            if batch.is_whole
            else known.clear()
        )
        marked = frame.with_columns(digest(frame))
        new = marked.join(known, on=[*KEY, "is_deleted", "digest"], how="anti").drop("digest")
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

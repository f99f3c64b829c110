"""The landing zone: append-only Parquet files, the only truth; cursors live in the files."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import polars as pl

from connectors import Batch, Cursor, Record

KEY = ("scope", "record_id")
CURSORS = "drumbeat.cursors"
PARTIAL = ".partial-"
RECORD_COLUMNS = {
    "record_id": pl.String,
    "updated_at": pl.Datetime("us", "UTC"),
    "is_deleted": pl.Boolean,
    "payload": pl.String,
}


@dataclass(frozen=True, slots=True)
class LandingFile:
    """One file of the zone: ``<source>/<entity>/<run>-<n>.parquet``."""

    source: str
    entity: str
    name: str

    @property
    def path(self) -> str:
        """The path below the zone's root."""
        return f"{self.source}/{self.entity}/{self.name}"


@dataclass(slots=True)
class Landing:
    """Reads and writes one landing zone, on this machine or on any fsspec path."""

    root: str
    fs: Any = field(init=False)
    folder: str = field(init=False)
    is_local: bool = field(init=False)

    def __post_init__(self) -> None:
        self.fs, self.folder = fsspec.core.url_to_fs(self.root)
        self.is_local = "file" in self.fs.protocol or self.fs.protocol == "file"

    def files(self, source: str = "*", entity: str = "*") -> list[LandingFile]:
        """List the zone's files in the order in which they were written."""
        self.fs.invalidate_cache()
        found = self.fs.glob(f"{self.folder}/{source}/{entity}/*.parquet")
        parts = [str(path).rsplit("/", 3)[1:] for path in found]
        kept = [LandingFile(*part) for part in parts if not part[2].startswith(PARTIAL)]
        return sorted(kept, key=lambda file: (file.source, file.entity, file.name))

    def url(self, file: LandingFile) -> str:
        """Return the address under which DuckDB and polars read ``file``."""
        path = f"{self.folder}/{file.path}"
        return path if self.is_local else str(self.fs.unstrip_protocol(path))

    def cursors(self, source: str, entity: str) -> dict[str, Cursor]:
        """Return the cursor of every scope, as the newest file of the entity has them."""
        files = self.files(source, entity)
        if not files:
            return {}
        with self.fs.open(f"{self.folder}/{files[-1].path}", "rb") as opened:
            metadata = pl.read_parquet_metadata(opened)
        return dict(json.loads(metadata.get(CURSORS, "{}")))

    def latest(self, source: str, entity: str, scopes: list[str]) -> pl.DataFrame:
        """Return scope, record_id, is_deleted and digest of each record's latest version."""
        frames = [self.versions(file, scopes) for file in self.files(source, entity)]
        if not frames:
            return pl.DataFrame(schema={"scope": pl.String, **SEEN})
        order = ["fetched_at", "updated_at", "digest"]
        every = pl.concat(frames).sort(order, nulls_last=False)
        return every.unique(KEY, keep="last").select("scope", *SEEN)

    def versions(self, file: LandingFile, scopes: list[str]) -> pl.DataFrame:
        """Return the key, times and digest of every version that ``file`` holds."""
        with self.fs.open(f"{self.folder}/{file.path}", "rb") as opened:
            frame = pl.read_parquet(opened).filter(pl.col("scope").is_in(scopes))
        return frame.select("scope", "fetched_at", "updated_at", "record_id", "is_deleted").insert_column(
            5, digest(frame)
        )

    def write(
        self, file: LandingFile, frame: pl.DataFrame, cursors: Mapping[str, Cursor]
    ) -> None:
        """Write one file so that a reader sees all of it or nothing, on disk before it is seen."""
        content = io.BytesIO()
        frame.write_parquet(content, metadata={CURSORS: json.dumps(cursors)})
        path = f"{self.folder}/{file.path}"
        if self.is_local:
            write_durably(Path(path), content.getvalue())
            return
        with self.fs.open(path, "wb") as opened:
            opened.write(content.getvalue())

    def sweep(self) -> None:
        """Remove what a killed writer left half written."""
        if self.is_local:
            for path in Path(self.folder).glob(f"*/*/{PARTIAL}*"):
                path.unlink()


SEEN = {"record_id": pl.String, "is_deleted": pl.Boolean, "digest": pl.String}


def digest(frame: pl.DataFrame) -> pl.Series:
    """Return what tells two versions of a record apart.

    A commit never changes, so only whether its paths were read counts.
    """
    if "payload" in frame.columns:
        return frame["payload"].fill_null("").alias("digest")
    return frame["paths"].is_null().cast(pl.String).alias("digest")


def rows(batch: Batch) -> pl.DataFrame:
    """Return the batch as a frame with the columns of the landing zone that it fills."""
    if isinstance(batch.rows, pl.DataFrame):
        return batch.rows
    return pl.DataFrame(list(map(row, batch.rows)), schema=RECORD_COLUMNS)


def row(record: Record) -> dict[str, Any]:
    """Return one record as a row; its payload is JSON with sorted keys, so equal is equal."""
    return {
        "record_id": record.record_id,
        "updated_at": record.updated_at,
        "is_deleted": record.is_deleted,
        "payload": json.dumps(record.payload, sort_keys=True, ensure_ascii=False),
    }


def write_durably(path: Path, content: bytes) -> None:
    """Write, fsync, rename, fsync the folder: after that the file survives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{PARTIAL}{path.name}")
    with partial.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's entries durable; Windows can not open a folder and need not."""
    with suppress(PermissionError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def run_names(landing: Landing, source: str, now: datetime) -> Iterator[str]:
    """Yield file names of one run, each later than every name that the source already has."""
    run = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    newest = max((file.name.split("-")[0] for file in landing.files(source)), default="")
    if run <= newest:
        # The clock was set back; names must still sort in the order of writing.
        run = f"{newest}0"
    number = 0
    while True:
        number += 1
        yield f"{run}-{number:05d}.parquet"

"""The landing zone: append-only Parquet files, the only truth; cursors live in the files."""

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import fsspec
import polars as pl

from connectors import Batch, Cursor, Record
from pipelines.errors import LandingDamaged

KEY = ("scope", "record_id")
CURSORS = "drumbeat.cursors"
CACHE = "cursors.json"
PARTIAL = ".partial-"
Schema = Mapping[str, pl.DataType | type[pl.DataType]]
RECORD_COLUMNS: Schema = {
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

    def is_of(self, source: str, entity: str) -> bool:
        """Tell whether this is a whole file of the source and entity; * is any."""
        is_whole = self.name.endswith(".parquet") and not self.name.startswith(PARTIAL)
        return is_whole and source in ("*", self.source) and entity in ("*", self.entity)


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
        # Not a glob: a folder above may have brackets in its name.
        top = "/".join(takewhile("*".__ne__, (self.folder, source, entity)))
        found = [
            str(path).removeprefix(self.folder).strip("/").split("/")
            for path in self.fs.find(top, maxdepth=3)
        ]
        files = [LandingFile(*parts) for parts in found if len(parts) == 3]
        kept = [file for file in files if file.is_of(source, entity)]
        return sorted(kept, key=lambda file: (file.source, file.entity, file.name))

    def url(self, file: LandingFile) -> str:
        """Return the address under which DuckDB and polars read ``file``."""
        path = f"{self.folder}/{file.path}"
        return path if self.is_local else str(self.fs.unstrip_protocol(path))

    def cursors(self, source: str, entity: str) -> dict[str, Cursor]:
        """Return the cursor of every scope, as the newest file of the entity has them."""
        files = self.files(source, entity)
        with suppress(OSError, ValueError, LookupError, TypeError):
            kept = json.loads(self.fs.cat_file(f"{self.folder}/{source}/{entity}/{CACHE}"))
            if kept["after"] == (files[-1].name if files else ""):
                return dict(kept["cursors"])
        return self.cursors_in(files[-1]) if files else {}

    def cursors_in(self, file: LandingFile) -> dict[str, Cursor]:
        """Return the cursor of every scope as it was when ``file`` was written."""
        with self.reading(file) as opened:
            metadata = pl.read_parquet_metadata(opened)
        return dict(json.loads(metadata.get(CURSORS, "{}")))

    def remember(self, source: str, entity: str, cursors: Mapping[str, Cursor]) -> None:
        """Keep cursors that moved past nothing new: a cache, good until the next file."""
        files = self.files(source, entity)
        kept = {"after": files[-1].name if files else "", "cursors": cursors}
        self.put(f"{source}/{entity}/{CACHE}", json.dumps(kept).encode())

    def latest(self, source: str, entity: str, scopes: list[str]) -> pl.DataFrame:
        """Return key, fetched_at, is_deleted and digest of each record's latest version."""
        frames = [self.versions(file, scopes) for file in self.files(source, entity)]
        if not frames:
            return pl.DataFrame(schema={"scope": pl.String, **SEEN})
        order = ["fetched_at", "updated_at", "digest"]
        every = pl.concat(frames).sort(order, nulls_last=False)
        return every.unique(KEY, keep="last").select("scope", *SEEN)

    def versions(self, file: LandingFile, scopes: list[str]) -> pl.DataFrame:
        """Return the key, times and digest of every version that ``file`` holds."""
        with self.reading(file) as opened:
            frame = pl.read_parquet(opened).filter(pl.col("scope").is_in(scopes))
        columns = ("scope", "fetched_at", "updated_at", "record_id", "is_deleted")
        return frame.select(*columns, digest(frame))

    @contextmanager
    def reading(self, file: LandingFile) -> Iterator[Any]:
        """Open a file to read; raises LandingDamaged where it is not what was written."""
        path = f"{self.folder}/{file.path}"
        try:
            with self.fs.open(path, "rb") as opened:
                yield opened
        except (OSError, pl.exceptions.PolarsError) as error:
            raise LandingDamaged(
                f"{path} can not be read: {error}\nBring it back from a copy; or move it and the "
                "later files of its folder away, so that `drumbeat refresh` collects them again. "
                "Then `drumbeat rebuild`."
            ) from error

    def check(self, files: Iterable[LandingFile]) -> None:
        """Read files to the end; raises LandingDamaged at the first that can't be."""
        for file in files:
            with self.reading(file) as opened:
                pl.read_parquet(opened)

    def write(self, file: LandingFile, frame: pl.DataFrame, cursors: Mapping[str, Cursor]) -> None:
        """Write one file so that a reader sees all of it or nothing, on disk before it is seen."""
        content = io.BytesIO()
        frame.write_parquet(content, metadata={CURSORS: json.dumps(cursors)})
        self.put(file.path, content.getvalue())

    def put(self, path: str, content: bytes) -> None:
        """Write to a path below the root."""
        if self.is_local:
            write_durably(Path(f"{self.folder}/{path}"), content)
            return
        with self.fs.open(f"{self.folder}/{path}", "wb") as opened:
            opened.write(content)

    def sweep(self) -> None:
        """Remove what a killed writer left half written."""
        if self.is_local:
            for path in Path(self.folder).glob(f"*/*/{PARTIAL}*"):
                path.unlink()


SEEN: Schema = {
    "record_id": pl.String,
    "fetched_at": pl.Datetime("us", "UTC"),
    "is_deleted": pl.Boolean,
    "digest": pl.String,
}


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
    make_durably(path.parent)
    partial = path.with_name(f"{PARTIAL}{path.name}")
    with partial.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def make_durably(folder: Path) -> None:
    """Make a folder and those above it, each on disk in the folder that holds it."""
    if not folder.is_dir():
        make_durably(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


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

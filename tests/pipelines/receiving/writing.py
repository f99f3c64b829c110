"""Disks that tell what they were asked, or refuse; and what lies in a landing zone."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from connectors import Record
from pipelines.landing import Landing
from pipelines.receiving.lines import line
from pipelines.receiving.segments import Segment

RECEIVED = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)


class Recording(Segment):
    """Writes down, in order, what happens to the file."""

    said: list[str]

    def write(self, content: bytes) -> None:
        super().write(content)
        self.said.append("write")

    def sync(self) -> None:
        super().sync()
        self.said.append("fsync")

    def cut(self) -> None:
        super().cut()
        self.said.append(f"cut to {self.length}")


def recording(said: list[str]):
    """Return what opens segments that write down what happens to them."""

    def opened(path: Path) -> Recording:
        segment = Recording(path)
        segment.said = said
        return segment

    return opened


class Full(Segment):
    """A disk that takes only ``room`` bytes, and then says that it is full."""

    room = 0

    def write(self, content: bytes) -> None:
        fits = content[: max(0, self.room - self.length)]
        super().write(fits)
        if len(fits) < len(content):
            raise OSError(errno.ENOSPC, "No space left on device")


class Unsynced(Segment):
    """A disk whose fsync fails while it is broken."""

    is_broken = True

    def sync(self) -> None:
        if self.is_broken:
            raise OSError(errno.EIO, "Input/output error")
        super().sync()


class Uncut(Unsynced):
    """A disk that can not even take back what it half wrote."""

    def cut(self) -> None:
        self.is_whole = False


def event(record_id: str, source: str = "events", **payload: object) -> bytes:
    """Return the line of an event."""
    return line(source, Record("events", record_id, payload, updated_at=RECEIVED), RECEIVED)


def segments(inbox: Path) -> list[Path]:
    """Return the files of the inbox that hold events."""
    return sorted(path for path in inbox.iterdir() if path.suffix)


def landed(landing: Landing, source: str = "events") -> pl.DataFrame:
    """Return all rows of a source's events in the landing zone."""
    frames = [pl.read_parquet(landing.url(file)) for file in landing.files(source, "events")]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"record_id": pl.String})


def ids(landing: Landing, source: str = "events") -> list[str]:
    """Return the ids of a source's events in the landing zone, each as often as it is there."""
    return sorted(landed(landing, source)["record_id"])

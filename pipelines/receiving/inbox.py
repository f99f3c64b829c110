"""The inbox: the folder of the landing zone that pushed events reach first, one line each."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipelines.landing import make_durably, sync_folder
from pipelines.receiving.segments import Segment

OPEN = ".ndjson"
CLOSED = ".closed"


class Inbox:
    """Adds lines to the open segment; another process may take that over between any two."""

    def __init__(self, folder: Path, opened: Callable[[Path], Segment] = Segment) -> None:
        self.folder = folder
        self.opened = opened
        self.segment: Segment | None = None

    def append(self, lines: bytes) -> None:
        """Return once the lines are on disk; raises OSError, and then none of them is there."""
        make_durably(self.folder)
        with locked(self.folder):
            segment = self.current()
            try:
                segment.add(lines)
            finally:
                if not segment.is_whole:
                    self.close()

    def current(self) -> Segment:
        """Return the open segment, a new one where there is none or it was taken over."""
        if self.segment and not self.segment.is_in_place():
            self.close()
        if not self.segment:
            name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}{OPEN}"
            self.segment = self.opened(self.folder / name)
            try:
                sync_folder(self.folder)
            except OSError:
                self.close()
                raise
        return self.segment

    def close(self) -> None:
        """Let go of the open segment; the next line begins a new one."""
        segment, self.segment = self.segment, None
        if segment:
            segment.close()


@contextmanager
def locked(folder: Path, name: str = "lock") -> Iterator[None]:
    """Hold a lock of the inbox: ``lock`` to add or to take over, ``sealing`` to seal."""
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        # Closing lets go of the lock too.
        os.close(descriptor)


def taken_over(folder: Path) -> list[Path]:
    """Close every segment, whoever writes to it, and return all closed ones, oldest first."""
    with locked(folder):
        for path in folder.glob(f"*{OPEN}"):
            path.rename(path.with_suffix(CLOSED))
    return sorted(folder.glob(f"*{CLOSED}"))

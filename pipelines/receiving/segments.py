"""One file of the inbox: lines are added to its end, and are on disk or not there at all."""

import os
from contextlib import suppress
from pathlib import Path


class Segment:
    """A file that only grows, by whole lines; what could not be made durable is cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self.length = 0
        self.is_whole = True

    def add(self, content: bytes) -> None:
        """Put all of ``content`` on disk, or nothing of it; raises OSError."""
        try:
            self.write(content)
            self.sync()
        except OSError:
            self.cut()
            raise
        self.length += len(content)

    def write(self, content: bytes) -> None:
        """Write to the end of the file; a full disk takes a part before it refuses."""
        left = memoryview(content)
        while left:
            left = left[os.write(self.descriptor, left) :]

    def sync(self) -> None:
        """Return once all that was written is on disk."""
        os.fsync(self.descriptor)

    def cut(self) -> None:
        """Take the file back to where all of it is on disk; where that fails it is given up."""
        try:
            os.ftruncate(self.descriptor, self.length)
        except OSError:
            self.is_whole = False

    def is_in_place(self) -> bool:
        """Tell whether the file is still the inbox's, or was taken over by another process."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        here = os.fstat(self.descriptor)
        return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)

    def close(self) -> None:
        """Let go of the file; one without a line is removed."""
        os.close(self.descriptor)
        if not self.length and self.is_whole:
            with suppress(OSError):
                self.path.unlink()

"""One writer at a time: the lock on the data directory."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import Busy


@contextmanager
def locked(folder: Path, *, wait: bool, say: Callable[[str], None]) -> Iterator[None]:
    """Hold ``folder/lock``; the kernel lets go of it when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        if not taken(lock.fileno()):
            holder = told(folder)
            if not wait:
                raise Busy(f"{holder} is writing to {folder}; wait for it, or leave out --no-wait")
            say(f"Waiting for {holder}, which is writing to {folder}.")
            while not taken(lock.fileno()):
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        lock.flush()
        yield


def taken(descriptor: int) -> bool:
    """Try to take the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def told(folder: Path) -> str:
    """Say who holds the lock, as it said itself."""
    return (folder / "lock").read_text(encoding="utf-8").strip() or "another process"

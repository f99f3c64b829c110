"""Answers made from the published file: each once per file, in threads beside the event loop."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pipelines.errors import NothingPublished
from pipelines.receiving.answers import Refused

THREADS = 2
MOST_WAITING = 32
MOST_HELD = 64
LATER = {"Retry-After": "60"}
SOON = {"Retry-After": "2"}
Make = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer, or none where the asker has it already, and the tag of the published file."""

    content: bytes | None
    tag: str


class Readings:
    """What was made from the published file that the pointer names; a new file empties it."""

    def __init__(self, serving: Path) -> None:
        self.serving = serving
        self.file: Path | None = None
        self.held: dict[Hashable, asyncio.Future[bytes]] = {}
        # Of its own, so that no number of readers keeps the threads that seal events waiting.
        self.pool = ThreadPoolExecutor(THREADS, "reading")

    def close(self) -> None:
        """Make nothing more."""
        self.pool.shutdown(wait=False, cancel_futures=True)

    async def get(self, key: Hashable, make: Make, known: str = "") -> Reading:
        """Return what ``make`` makes of the current file; raises Refused where there is none.

        ``known`` are the tags of what the asker has.
        """
        for attempt in (1, 2):
            file = await self.current()
            found = tag(file)
            if found in known:
                return Reading(None, found)
            try:
                return Reading(await self.made(file, key, make), found)
            except (OSError, NothingPublished) as error:
                # Between the pointer and here the file may have been replaced and removed.
                if attempt == 2 or file == await self.current():
                    raise unreadable(error) from error
        raise AssertionError("the loop above ends by itself")

    async def current(self) -> Path:
        """Return the published file; a new one makes all that is held void."""
        from pipelines.publishing import current

        try:
            file = await asyncio.to_thread(current, self.serving)
        except NothingPublished as error:
            said = "nothing is published yet; run `drumbeat refresh`"
            raise Refused(503, said, headers=LATER, reason="nothing published") from error
        if file != self.file:
            self.file = file
            self.held.clear()
        return file

    async def made(self, file: Path, key: Hashable, make: Make) -> bytes:
        """Return what is held, or have it made; who asks meanwhile waits for the same."""
        future = self.held.get(key)
        if future is None:
            if sum(not one.done() for one in self.held.values()) >= MOST_WAITING:
                raise Refused(503, "too many questions at once; ask again", headers=SOON)
            future = asyncio.get_running_loop().run_in_executor(self.pool, make, file)
            self.hold(key, future)
        try:
            # Whoever hangs up must not take it from the others.
            return await asyncio.shield(future)
        except BaseException:
            if future.done() and self.held.get(key) is future:
                del self.held[key]
            raise

    def hold(self, key: Hashable, future: asyncio.Future[bytes]) -> None:
        """Keep an answer, and no more than so many of those that are made."""
        self.held[key] = future
        done = [one for one, made in self.held.items() if made.done()]
        for old in done[: max(0, len(self.held) - MOST_HELD)]:
            del self.held[old]


def unreadable(error: Exception) -> Refused:
    """Return the answer where the published file can not be read."""
    said = "the published file can not be read; run `drumbeat rebuild`"
    return Refused(503, said, headers=LATER, reason=f"published file: {error}")


def tag(file: Path) -> str:
    """Return the tag of all answers that a file gives; another version may word them otherwise."""
    return f'W/"{file.stem}-{version("drumbeat")}"'

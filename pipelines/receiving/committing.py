"""Group commit: one write and one fsync for all requests that wait, before any is answered."""

import asyncio
from queue import SimpleQueue
from threading import Thread

from pipelines.receiving.inbox import Inbox

MOST_BYTES = 8_000_000


class NotOnDisk(Exception):
    """Lines could not be written; none of them is kept, so that the sender may try again."""


class Waiting:
    """The lines of one request, which waits for them to be on disk."""

    def __init__(self, lines: bytes) -> None:
        self.lines = lines
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self.loop.create_future()

    def settle(self, error: Exception | None) -> None:
        """Wake the request up."""
        if self.done.done():
            # The sender hung up.
            return
        if error:
            told = NotOnDisk(str(error))
            told.__cause__ = error
            self.done.set_exception(told)
        else:
            self.done.set_result(None)


class Committer:
    """Hands what waits to the one thread that writes."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self.thread = Thread(target=self.run, name="inbox")

    def start(self) -> None:
        """Begin to write."""
        self.thread.start()

    def stop(self) -> None:
        """Write what waits, and end."""
        self.queue.put(None)
        self.thread.join()
        self.inbox.close()

    async def commit(self, lines: bytes) -> None:
        """Return once the lines are on disk; raises NotOnDisk where they can not be."""
        waiting = Waiting(lines)
        self.queue.put(waiting)
        await waiting.done

    def run(self) -> None:
        """Write until told to stop."""
        while batch := self.batch():
            error = self.written(b"".join(waiting.lines for waiting in batch))
            batch[0].loop.call_soon_threadsafe(settle, batch, error)

    def batch(self) -> list[Waiting]:
        """Wait for a request, and take all others that wait with it; none means the end."""
        found: list[Waiting] = []
        size = 0
        while not found or (size < MOST_BYTES and not self.queue.empty()):
            waiting = self.queue.get()
            if waiting is None:
                if found:
                    # To be met again once this batch is written.
                    self.queue.put(None)
                break
            found.append(waiting)
            size += len(waiting.lines)
        return found

    def written(self, lines: bytes) -> Exception | None:
        """Write; return what went wrong, whatever it is, for the thread must live."""
        try:
            self.inbox.append(lines)
        except Exception as error:
            return error
        return None


def settle(batch: list[Waiting], error: Exception | None) -> None:
    """Wake all requests of a batch up."""
    for waiting in batch:
        waiting.settle(error)

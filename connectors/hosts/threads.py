"""Runs several generators side by side and yields what they make as it comes."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
WAITING = 100
PATIENCE = 1.0


def side_by_side(jobs: Sequence[Callable[[], Iterable[T]]], workers: int) -> Iterator[T]:
    """Yield from all ``jobs``, at most ``workers`` at once, started in order.

    An error in one job is raised here; jobs still running then, or when the caller stops early,
    end at their next item. One that waits for a host's quota is not waited for.
    """
    waiting: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(WAITING)
    stopped = threading.Event()
    remaining = iter(jobs)
    lock = threading.Lock()

    def put(kind: str, item: T | BaseException | None) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                waiting.put((kind, item), timeout=0.1)
                break

    def work() -> None:
        try:
            while not stopped.is_set():
                with lock:
                    job = next(remaining, None)
                if job is None:
                    break
                for item in job():
                    put("item", item)
                    if stopped.is_set():
                        break
        except BaseException as error:
            put("error", error)
        put("end", None)

    threads = [
        threading.Thread(target=work, daemon=True) for _ in range(max(1, min(workers, len(jobs))))
    ]
    for thread in threads:
        thread.start()
    ended = 0
    try:
        while ended < len(threads):
            kind, item = waiting.get()
            if kind == "end":
                ended += 1
            elif kind == "error":
                assert isinstance(item, BaseException)
                raise item
            else:
                yield item  # type: ignore[misc]
    finally:
        stopped.set()
        for thread in threads:
            thread.join(PATIENCE)

import asyncio
import threading

import pytest

from pipelines.receiving.committing import Committer, NotOnDisk
from pipelines.receiving.inbox import Inbox
from tests.pipelines.receiving.writing import Full, Recording, segments


def committed(committer, *requests):
    """Have the requests wait side by side; return what became of each."""

    async def run():
        waiting = [committer.commit(lines) for lines in requests]
        return await asyncio.gather(*waiting, return_exceptions=True)

    committer.start()
    try:
        return asyncio.run(run())
    finally:
        committer.stop()


def test_an_answer_follows_the_sync_that_follows_the_write(tmp_path):
    said = []

    class Slow(Recording):
        def sync(self):
            super().sync()

    def opened(path):
        segment = Slow(path)
        segment.said = said
        return segment

    async def run():
        await committer.commit(b"one\n")
        said.append("answer")

    committer = Committer(Inbox(tmp_path / "inbox", opened))
    committer.start()
    asyncio.run(run())
    committer.stop()

    assert said == ["write", "fsync", "answer"]


def test_all_that_wait_share_one_sync(tmp_path):
    said, is_open = [], threading.Event()

    class Held(Recording):
        def sync(self):
            is_open.wait(10)
            super().sync()

    def opened(path):
        segment = Held(path)
        segment.said = said
        return segment

    async def run():
        first = asyncio.create_task(committer.commit(b"first\n"))
        while committer.queue.qsize() or not segments(inbox.folder):
            await asyncio.sleep(0)
        others = [asyncio.create_task(committer.commit(b"other\n")) for _ in range(50)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in (first, *others))
        is_open.set()
        await asyncio.gather(first, *others)

    inbox = Inbox(tmp_path / "inbox", opened)
    inbox.folder.mkdir()
    committer = Committer(inbox)
    committer.start()
    asyncio.run(run())
    committer.stop()

    assert said == ["write", "fsync", "write", "fsync"]


def test_each_of_a_batch_that_failed_is_told(tmp_path):
    Full.room = 0
    committer = Committer(Inbox(tmp_path / "inbox", Full))

    found = committed(committer, b"one\n", b"two\n")

    assert [type(one) for one in found] == [NotOnDisk, NotOnDisk]
    assert not segments(tmp_path / "inbox")


def test_the_writer_outlives_what_nobody_expected(tmp_path):
    class Odd:
        folder = tmp_path
        times = 0

        def append(self, lines):
            self.times += 1
            if self.times == 1:
                raise ZeroDivisionError

        def close(self):
            pass

    async def run():
        with pytest.raises(NotOnDisk):
            await committer.commit(b"one\n")
        await committer.commit(b"two\n")

    committer = Committer(Odd())
    committer.start()
    asyncio.run(run())
    committer.stop()


def test_a_sender_that_hangs_up_stops_no_other(tmp_path):
    async def run():
        gone = asyncio.create_task(committer.commit(b"one\n"))
        await asyncio.sleep(0)
        gone.cancel()
        await committer.commit(b"two\n")

    inbox = Inbox(tmp_path / "inbox")
    committer = Committer(inbox)
    committer.start()
    asyncio.run(run())
    committer.stop()

    assert b"two\n" in segments(inbox.folder)[0].read_bytes()


def test_what_waits_when_told_to_stop_is_written(tmp_path):
    async def run():
        waiting = [asyncio.create_task(committer.commit(b"x\n")) for _ in range(200)]
        await asyncio.sleep(0)
        await asyncio.to_thread(committer.stop)
        await asyncio.gather(*waiting)

    inbox = Inbox(tmp_path / "inbox")
    committer = Committer(inbox)
    committer.start()
    asyncio.run(run())

    assert sum(path.read_bytes().count(b"x") for path in segments(inbox.folder)) == 200

"""One writer at a time: who waits, what it says, and how the lock is let go."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines import locking
from pipelines.errors import Busy
from pipelines.locking import locked

HOLDER = """
import sys
from pathlib import Path
from pipelines.locking import locked
with locked(Path(sys.argv[1]), wait=False, say=print):
    print("held", flush=True)
    sys.stdin.read()
"""
ROOT = Path(locking.__file__).parents[1]


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def said(pid):
    return rf"process {pid}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


def test_the_folder_is_made_and_the_lock_names_its_holder(tmp_path):
    folder = tmp_path / "new" / "data"
    with locked(folder, wait=False, say=print):
        assert re.fullmatch(said(os.getpid()), (folder / "lock").read_text())


def test_a_second_writer_that_does_not_wait_is_told_who_is_writing(tmp_path, holder):
    told = []
    with (
        pytest.raises(Busy, match=said(holder.pid)) as error,
        locked(tmp_path, wait=False, say=told.append),
    ):
        pass
    assert str(tmp_path) in str(error.value)
    assert "--no-wait" in str(error.value)
    assert told == []


def test_a_second_writer_waits_with_a_message_that_names_the_first(tmp_path, holder):
    told, waits = [], threading.Event()

    def say(text):
        told.append(text)
        waits.set()

    def let_go():
        waits.wait(20)
        holder.stdin.close()

    helper = threading.Thread(target=let_go)
    helper.start()
    with locked(tmp_path, wait=True, say=say):
        assert holder.wait(20) == 0
        assert re.fullmatch(said(os.getpid()), (tmp_path / "lock").read_text())
    helper.join()
    (message,) = told
    assert re.search(said(holder.pid), message)


@pytest.mark.kill
def test_a_holder_that_is_killed_lets_go(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(20)

    with locked(tmp_path, wait=False, say=print):
        assert re.fullmatch(said(os.getpid()), (tmp_path / "lock").read_text())


def test_the_lock_is_let_go_when_the_work_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path, wait=False, say=print):
        raise ZeroDivisionError
    with locked(tmp_path, wait=False, say=print):
        pass


def test_a_lock_whose_holder_said_nothing_is_still_a_lock(tmp_path, holder):
    (tmp_path / "lock").write_text("")

    with (
        pytest.raises(Busy, match="another process is writing"),
        locked(tmp_path, wait=False, say=print),
    ):
        pass


def test_children_of_the_holder_do_not_hold_on(tmp_path):
    """A git that outlives a killed refresh must not keep the next one out."""
    with locked(tmp_path, wait=False, say=print):
        child = subprocess.Popen(["sleep", "30"], cwd=ROOT)
    try:
        with locked(tmp_path, wait=False, say=print):
            pass
    finally:
        child.kill()
        child.wait()

"""Several programs as one: real processes, started again, and ended all together."""

import os
import signal
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest

from pipelines.errors import DrumbeatError
from pipelines.supervising import Part, keep

PATIENCE = 30


def part(name, code, *, folder, **more):
    environment = {**os.environ, "FOLDER": str(folder)}
    return Part(name, [sys.executable, "-u", "-c", code], environment, **more)


@pytest.fixture
def kept(tmp_path):
    """Keep parts until told to stop; whatever was said is kept too."""
    stop, said, threads = Event(), [], []

    def go(*parts):
        thread = Thread(target=keep, args=(parts, stop, said.append))
        threads.append(thread)
        thread.start()
        return said

    yield go
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(is_so):
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.05)


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie whose parent is gone has ended too.
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


SLEEPER = "import time; print('up'); time.sleep(600)"
COUNTED = """
import os, pathlib, time
file = pathlib.Path(os.environ["FOLDER"], "starts")
file.write_text((file.read_text() if file.exists() else "") + "x")
"""


@pytest.fixture(autouse=True)
def asked_to_end():
    """Let SIGTERM end children: what ran before may have left it ignored, and they inherit that."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def test_what_a_part_says_is_passed_on_under_its_name_without_colours(kept, tmp_path):
    said = kept(part("pages", "print('\\x1b[32mhello\\x1b[0m')\n" + SLEEPER, folder=tmp_path))

    until(lambda: len(said) == 2)
    assert said == ["pages | hello", "pages | up"]


def test_a_part_that_dies_is_started_again(kept, tmp_path):
    lives = COUNTED + ("if len(file.read_text()) > 2: time.sleep(600)\nraise SystemExit(3)")
    said = kept(part("pages", lives, folder=tmp_path, pauses=(0.1, 0.1, 0.1)))

    until(lambda: (tmp_path / "starts").exists() and (tmp_path / "starts").read_text() == "xxx")
    assert [line.split(" after")[0] for line in said] == ["pages ended with 3"] * 2


def test_a_part_that_is_killed_is_told_of_and_started_again(kept, tmp_path):
    one = part("pages", SLEEPER, folder=tmp_path, pauses=(0.1,))
    said = kept(one)
    until(lambda: said == ["pages | up"])

    one.process.send_signal(signal.SIGKILL)

    until(lambda: len(said) == 3)
    assert said[1].startswith("pages was ended by SIGKILL after 0 s; it is started again")
    assert said[2] == "pages | up"


def test_a_part_that_can_not_be_kept_alive_ends_all(tmp_path):
    said = []
    other = part("receiver", SLEEPER, folder=tmp_path)
    dying = part("pages", COUNTED + "raise SystemExit(1)", folder=tmp_path, pauses=(0.1, 0.1))

    with pytest.raises(DrumbeatError, match="pages ended with 1, 2 more starts did not help"):
        keep([other, dying], Event(), said.append)

    assert (tmp_path / "starts").read_text() == "xxx"
    assert other.process.poll() == -signal.SIGTERM


def test_what_runs_once_may_fail_alone(kept, tmp_path):
    once = part("refresh", COUNTED + "raise SystemExit(1)", folder=tmp_path, is_once=True)
    other = part("pages", SLEEPER, folder=tmp_path)
    said = kept(once, other)

    until(lambda: len(said) == 2)
    time.sleep(0.5)
    assert set(said) == {"refresh failed: ended with 1; the rest goes on", "pages | up"}
    assert (tmp_path / "starts").read_text() == "x"


def test_nothing_outlives_the_end_not_even_who_will_not_listen(tmp_path):
    stubborn = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(os.environ["FOLDER"], "child").write_text(str(child.pid))
time.sleep(600)
"""
    stop, said = Event(), []
    one = part("pages", stubborn, folder=tmp_path, patience=0.5)
    thread = Thread(target=keep, args=([one], stop, said.append))
    thread.start()
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text())
    child = int((tmp_path / "child").read_text())

    stop.set()
    thread.join(PATIENCE)

    assert one.process.poll() == -signal.SIGKILL
    assert said == ["pages did not end by itself"]
    until(lambda: not is_there(child))

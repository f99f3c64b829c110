"""Patience with a host, on a made-up clock."""

import threading

import pytest

from connectors.errors import SourceMisconfigured, SourceUnavailable
from connectors.hosts.asking import TRIES, WAITS, Asker, Wait, told


class Clock:
    """Sleeping moves it."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Passing(Exception):
    pass


class Limit(Exception):
    pass


def judge(error, what):
    if isinstance(error, Passing):
        return Wait("it failed")
    if isinstance(error, Limit):
        return Wait("slow down", 30, is_limit=True)
    return SourceMisconfigured(f"{what}: no") if isinstance(error, PermissionError) else None


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def asker(clock):
    return Asker("github.com", judge, sleep=clock.sleep, clock=lambda: clock.now)


def failing(times, error):
    left = [error] * times

    def call():
        if left:
            raise left.pop()
        return "answer"

    return call


def test_what_passes_is_waited_for_longer_and_longer(asker, clock):
    assert asker.ask(failing(4, Passing()), "things") == "answer"
    assert clock.slept == [1, 2, 4, 8]
    assert asker.calls == 5


def test_patience_ends_with_a_reason(asker, clock):
    with pytest.raises(SourceUnavailable, match="things: it failed, again and again"):
        asker.ask(failing(99, Passing()), "things")
    assert asker.calls == TRIES


def test_limits_are_waited_for_as_said_and_often(asker, clock):
    assert asker.ask(failing(WAITS - 1, Limit()), "things") == "answer"
    assert clock.slept == [30] * (WAITS - 1)
    with pytest.raises(SourceUnavailable, match="slow down"):
        asker.ask(failing(99, Limit()), "things")


def test_what_must_be_mended_is_told_at_once(asker, clock):
    with pytest.raises(SourceMisconfigured, match="things: no"):
        asker.ask(failing(1, PermissionError()), "things")
    assert (asker.calls, clock.slept) == (1, [])


def test_an_error_that_is_not_the_hosts_is_left_alone(asker):
    with pytest.raises(KeyError):
        asker.ask(failing(1, KeyError("x")), "things")
    with pytest.raises(SourceUnavailable, match="as it is"):
        asker.ask(failing(1, SourceUnavailable("as it is")), "things")


def test_a_limit_holds_for_every_thread(asker, clock):
    waits = threading.Event()

    def sleep(seconds):
        clock.slept.append(seconds)
        waits.set()
        other.join(10)
        clock.now += seconds

    def ask_too():
        waits.wait(10)
        asker.sleep = clock.sleep
        asker.ask(lambda: None, "others")

    other = threading.Thread(target=ask_too)
    asker.sleep = sleep
    other.start()
    asker.ask(failing(1, Limit()), "things")

    assert clock.slept[:2] == [30, 30]


def test_the_reserve_is_left_to_others_until_the_quota_is_new(asker, clock):
    said = []
    asker.reserve, asker.say = 0.1, said.append
    asker.note("core", 5000, 501, 600)
    asker.ask(lambda: None, "things", "core")
    assert clock.slept == []

    asker.note("core", 5000, 500, 600)
    asker.ask(lambda: None, "things", "search")
    assert clock.slept == []
    asker.ask(lambda: None, "things", "core")

    assert clock.slept == [600]
    assert said == ["github.com: its quota is used up, but for the reserve; going on in 10 min"]
    asker.ask(lambda: None, "things", "core")
    assert clock.slept == [600]


def test_a_reset_that_is_over_is_not_waited_for(asker, clock):
    asker.note("core", 5000, 0, -40)
    asker.ask(lambda: None, "things", "core")

    assert clock.slept == []


def test_no_wait_is_longer_than_the_longest(asker, clock):
    asker.note("core", 5000, 0, 10**9)
    asker.ask(lambda: None, "things", "core")

    assert clock.slept == [3900]


def test_waits_are_told_in_words():
    assert (told(42), told(600)) == ("42 s", "10 min")

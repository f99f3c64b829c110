"""Generators that run side by side."""

import threading

import pytest

from connectors.hosts.threads import side_by_side


def counting(name, amount):
    return lambda: ((name, number) for number in range(amount))


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_everything_of_all_jobs_comes_each_in_its_order(workers):
    jobs = [counting(name, amount) for name, amount in (("a", 3), ("b", 0), ("c", 250), ("d", 1))]

    found = list(side_by_side(jobs, workers))

    assert len(found) == 254
    for name, amount in (("a", 3), ("c", 250), ("d", 1)):
        assert [number for one, number in found if one == name] == list(range(amount))


def test_no_jobs_are_no_items():
    assert list(side_by_side([], 4)) == []


def test_jobs_really_run_at_the_same_time():
    together = threading.Barrier(3, timeout=10)

    def job():
        together.wait()
        yield 1

    assert list(side_by_side([job] * 3, 3)) == [1, 1, 1]


def test_no_more_jobs_run_at_once_than_there_are_workers():
    running, most, lock = [], [], threading.Lock()

    def job():
        with lock:
            running.append(1)
            most.append(len(running))
        yield 1
        with lock:
            running.pop()

    list(side_by_side([job] * 20, 2))

    assert max(most) <= 2


def test_an_error_is_raised_and_ends_the_others():
    ended = threading.Event()

    def fails():
        yield 1
        raise ValueError("broken")

    def endless():
        try:
            while True:
                yield 2
        finally:
            ended.set()

    with pytest.raises(ValueError, match="broken"):
        list(side_by_side([fails, endless], 2))

    assert ended.wait(10)


def test_a_caller_that_stops_early_stops_the_jobs():
    ended = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            ended.set()

    found = side_by_side([endless], 1)
    assert next(found) == 1
    found.close()

    assert ended.wait(10)


def test_a_caller_that_stops_early_does_not_wait_for_one_that_sleeps():
    asleep, wake = threading.Event(), threading.Event()

    def sleeps():
        asleep.set()
        wake.wait(60)
        yield 1

    found = side_by_side([counting("a", 1), sleeps], 2)
    assert next(found) == ("a", 0)
    assert asleep.wait(10)
    found.close()

    assert not wake.is_set()
    wake.set()


def test_a_job_that_is_not_begun_when_another_fails_never_begins():
    begun = []

    def fails():
        raise ValueError("broken")
        yield

    def later():
        begun.append(1)
        yield 1

    with pytest.raises(ValueError, match="broken"):
        list(side_by_side([fails, *[later] * 500], 1))

    assert len(begun) < 500

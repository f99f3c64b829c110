"""Who has gone quiet against their own rhythm: worked values, a slow reference, causality."""

import random
from datetime import timedelta

import numpy as np
import pytest

from pipelines.analysis.operational_days import weights
from pipelines.analysis.rhythm import chance, judged, next_window, replay, thawed
from pipelines.analysis.sights import sighted
from tests.reference.rhythm import START, told


def series(length):
    return np.datetime64(START, "D") + np.arange(length)


def none(length):
    return np.zeros(length, dtype=bool)


def weekdays(length, every=1):
    """Return one deployment on each ``every``-th Monday to Friday."""
    found, seen = np.zeros(length, dtype=np.int64), 0
    for place in range(length):
        if (START + timedelta(days=place)).weekday() < 5:
            found[place] = seen % every == 0
            seen += 1
    return found


def made_up(seed, length=420):
    """Return a service of any rhythm, with holidays, a freeze, and sometimes an end."""
    pick = random.Random(seed)
    chance_of = pick.choice([0.05, 0.2, 0.5, 0.9])
    size = pick.choice([1, 1, 4, 30])
    weekend = pick.choice([0.0, 0.0, 0.3])
    ends = pick.choice([length, length, int(length * 0.7)])
    counts = []
    for place in range(length):
        is_weekend = (START + timedelta(days=place)).weekday() >= 5
        is_on = pick.random() < chance_of * (weekend if is_weekend else 1) and place < ends
        counts.append(pick.randint(1, size) if is_on else 0)
    holiday = [pick.random() < 0.03 for _ in range(length)]
    begins = pick.randrange(length)
    freeze = [begins <= place < begins + pick.choice([10, 10, 40]) for place in range(length)]
    return counts, holiday, freeze


@pytest.mark.parametrize(
    ("shape", "gaps", "expected"),
    [(1, 3, 0.0611), (1, 6, 0.0053), (4, 2, 0.0496), (4, 3, 0.0037)],
)
def test_worked_values_of_the_chance_of_a_silence(shape, gaps, expected):
    assert chance(gaps * 5.0, 20.0, 100.0, shape, 1) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_the_description_says_day_by_day(seed):
    counts, holiday, freeze = made_up(seed)
    threshold = [5.0, 2.0][seed % 2]
    found = replay(
        np.array(counts), series(len(counts)), np.array(holiday), np.array(freeze),
        threshold=threshold,
    )  # fmt: skip

    wanted = list(told(counts, START, holiday, freeze, threshold))

    for place, name in enumerate(("r1", "r4", "rv")):
        expected = [row[place] for row in wanted]
        np.testing.assert_allclose(found[name], expected, rtol=1e-6, atol=1e-9, err_msg=name)
    assert list(found["state"]) == [row[3] for row in wanted]
    years = [max(row[:3]) for row in wanted]
    np.testing.assert_allclose(found["return_years"], years, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_later_days_change_nothing_in_the_past(seed):
    counts, holiday, freeze = made_up(seed)
    days = series(len(counts))
    whole = replay(np.array(counts), days, np.array(holiday), np.array(freeze))
    for end in (1, 40, 150, 333):
        part = replay(
            np.array(counts[:end]), days[:end], np.array(holiday[:end]), np.array(freeze[:end])
        )
        for name, values in part.items():
            np.testing.assert_array_equal(values, whole[name][:end], err_msg=name)


@pytest.mark.parametrize("seed", range(8))
def test_the_last_days_alone_are_as_they_are_in_the_whole(seed):
    counts, holiday, freeze = made_up(seed)
    given = (np.array(counts), series(len(counts)), np.array(holiday), np.array(freeze))
    whole = replay(*given)
    first = max(place for place in range(400) if not freeze[place])

    clock = np.cumsum(weights(*given, (0, 1, 2, 3, 4)))
    found = judged(sighted(given[0], clock, first), 5.0)
    state = thawed(found.pop("state"), given[3][first:])

    np.testing.assert_array_equal(state, whole["state"][first:])
    # Sums begin later there, so the last bits may differ.
    for name, values in found.items():
        np.testing.assert_allclose(values, whole[name][first:], rtol=1e-9, err_msg=name)


def test_a_service_with_four_deploy_days_is_too_new_whatever_follows():
    counts = np.zeros(300, dtype=np.int64)
    counts[[3, 10, 17, 24]] = 5

    found = replay(counts, series(300), none(300), none(300))

    assert set(found["state"]) == {"too_new"}
    assert not found["return_years"].any()


def test_an_empty_series_has_empty_answers():
    found = replay(np.zeros(0, dtype=np.int64), series(0), none(0), none(0))

    assert [len(values) for values in found.values()] == [0] * len(found)


@pytest.mark.parametrize(
    ("length", "deployed", "is_frozen"),
    [
        (1, [], False),
        (1, [0], False),
        (1, [0], True),
        (400, [], False),
        (400, [200], False),
        (400, [0], False),
        (400, [399], False),
        (400, range(0, 400, 3), True),
    ],
    ids=["a day", "a deploy-day", "a frozen day", "zeros", "one", "first", "last", "all frozen"],
)
def test_a_series_without_a_rhythm_has_whole_answers_and_no_alarm(length, deployed, is_frozen):
    counts = np.zeros(length, dtype=np.int64)
    counts[[*deployed]] = 2
    freeze = np.full(length, is_frozen)

    found = replay(counts, series(length), none(length), freeze)

    assert {len(values) for values in found.values()} == {length}
    assert all(np.isfinite(values).all() for name, values in found.items() if name != "state")
    assert not {"slowing", "stalled", "dormant"} & {*found["state"]}
    assert found["state"][0] == "too_new"
    slow = told(counts.tolist(), START, none(length).tolist(), freeze.tolist())
    assert [*found["state"]] == [day[3] for day in slow]


def test_a_daily_service_that_stops_is_stalled_and_a_deployment_clears_it_the_same_day():
    counts = weekdays(300)
    counts[200:] = 0
    counts[230] = 1

    state = replay(counts, series(300), none(300), none(300))["state"]

    assert state[199] == "on_rhythm"
    assert state[215] == "stalled"
    assert state[229] == "stalled"
    assert state[230] != "stalled"


def test_a_long_silence_becomes_dormant():
    counts = weekdays(500)
    counts[200:] = 0

    state = list(replay(counts, series(500), none(500), none(500))["state"])

    assert state.index("stalled") < state.index("dormant")
    assert state[-1] == "dormant"


def test_no_alarm_starts_inside_a_declared_freeze_and_one_that_stands_goes_on():
    counts = weekdays(300)
    counts[200:] = 0
    freeze = none(300)
    freeze[201:] = True

    frozen = replay(counts, series(300), none(300), freeze)["state"]
    freeze[:230] = False
    later = replay(counts, series(300), none(300), freeze)["state"]

    assert not set(frozen[200:]) & {"stalled", "slowing", "dormant"}
    assert later[229] == "stalled"
    assert later[299] == "stalled"


def test_holidays_and_weekends_hardly_count():
    length = 400
    holiday = none(length)
    holiday[300] = True
    found = weights(weekdays(length), series(length), holiday, none(length), (0, 1, 2, 3, 4))
    weekday = [(START + timedelta(days=place)).weekday() for place in range(length)]

    assert found[300] < 0.06
    assert all(found[place] < 0.02 for place in range(length) if weekday[place] >= 5)
    plain = [found[place] for place in range(120, 290) if weekday[place] < 5]
    assert min(plain) > 0.9
    assert max(plain) < 1.1


def test_the_working_week_is_the_configured_one_until_the_service_shows_its_own():
    sunday = (3, 4, 5, 6, 0)
    first = weights(np.zeros(7, dtype=np.int64), series(7), none(7), none(7), sunday)
    # The series starts on a Monday: Tuesday and Wednesday are the weekend.
    assert [round(float(value), 4) for value in first] == [
        0.995, 0.0125, 0.0125, 0.995, 0.995, 0.995, 0.995,
    ]  # fmt: skip


def test_few_deployments_of_a_service_with_many_are_slow_before_they_stop():
    rng = np.random.default_rng(5)
    counts = weekdays(700) * rng.poisson(30, 700)
    counts[600:] = np.minimum(counts[600:], 3)

    found = replay(counts, series(700), none(700), none(700))

    assert found["state"][630] == "slowing"
    assert found["r1"][630] < 1
    assert found["rv"][630] >= 5


def test_half_of_the_silences_end_before_the_window_begins_and_nine_in_ten_before_it_ends():
    early, late = next_window(2.0, 20.0, 100.0, 1.0)
    now = chance(2.0, 20.0, 100.0, 1.0, 1)

    assert chance(2.0 + early, 20.0, 100.0, 1.0, 1) == pytest.approx(now * 0.5)
    assert chance(2.0 + late, 20.0, 100.0, 1.0, 1) == pytest.approx(now * 0.1)


def test_a_silence_so_rare_that_its_chance_is_hardly_a_number_is_no_warning():
    counts = weekdays(900) * 40
    counts[300:] = 0

    found = replay(counts, series(900), none(900), none(900))

    assert found["return_years"][-1] == 10_000

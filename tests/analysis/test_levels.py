"""When a level changed: held against pairs counted one by one, and against chance."""

from itertools import pairwise, product
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.analysis.levels import BOUND, LEAST, changes, scores

NULL = 400


def slow(values):
    """Return the score of each split, by comparing every value before it with every one after."""
    count, found = len(values), []
    tied = sum(values.count(one) ** 3 - values.count(one) for one in {*values})
    for place in range(1, count):
        pairs = product(values[:place], values[place:])
        more = sum((one > other) + (one == other) / 2 for one, other in pairs)
        spread = place * (count - place) / 12 * (count + 1 - tied / (count * (count - 1)))
        away = more - place * (count - place) / 2
        found.append(away / spread**0.5 if spread > 1e-9 else 0.0)
    return found


def slow_changes(values):
    """Segment, and once more with what the levels leave."""
    found = slow_segments(values, BOUND)
    if not found:
        return []
    ranks = [sum(one < value for one in values) + values.count(value) / 2 for value in values]
    left = []
    for first, after in pairwise([0, *found, len(values)]):
        left += [rank - mean(ranks[first:after]) for rank in ranks[first:after]]
    every = sum(one * one for one in left)
    shared = sum(one * after for one, after in pairwise(left)) / every if every > 1e-9 else 0
    shared += (len(found) + 1) / len(values) if every > 1e-9 else 0
    shared = min(max(shared, 0), 0.95)
    return slow_segments(values, BOUND * ((1 + shared) / (1 - shared)) ** 0.5)


def slow_segments(values, bound, begins=0):
    """Segment by the slow scores."""
    places = range(LEAST, len(values) - LEAST + 1)
    told = slow(values)
    best = max(places, key=lambda place: (round(abs(told[place - 1]), 8), -place), default=None)
    if best is None or abs(told[best - 1]) < bound:
        return []
    return [
        *slow_segments(values[:best], bound, begins),
        begins + best,
        *slow_segments(values[best:], bound, begins + best),
    ]


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40))
def test_scores_are_what_counting_pairs_says(values):
    np.testing.assert_allclose(scores(np.array(values, dtype=float)), slow(values), atol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 14)), min_size=1, max_size=5))
def test_changes_are_what_counting_pairs_says(levels):
    values = [level + place % 2 for level, weeks in levels for place in range(weeks)]

    assert changes(np.array(values, dtype=float)) == slow_changes(values)


@pytest.mark.parametrize("values", [[], [1.0], [3.0] * 60, [1.0] * 7 + [9.0] * 8])
def test_nothing_one_level_and_too_few_on_a_side_are_no_change(values):
    assert changes(np.array(values)) == []


def test_a_step_is_found_where_it_is_and_two_are_two():
    values = np.array([*[8.0, 9.0] * 10, *[3.0, 2.0] * 10, *[7.0, 6.0] * 10])

    assert changes(values) == [20, 40]


@pytest.mark.parametrize("kind", ["poisson", "spread", "rare"])
def test_without_a_change_hardly_any_series_has_one(kind):
    dice = np.random.default_rng(7)
    draw = {
        "poisson": lambda: dice.poisson(8, 104),
        "spread": lambda: dice.negative_binomial(2, 0.2, 104),
        "rare": lambda: dice.poisson(0.4, 104),
    }[kind]

    assert sum(bool(changes(draw().astype(float))) for _ in range(NULL)) <= NULL * 0.02


@pytest.mark.parametrize("alike", [0.3, 0.6])
def test_weeks_that_hang_together_hardly_ever_have_one_either(alike):
    dice = np.random.default_rng(7)
    found = 0
    for _ in range(NULL):
        values = [dice.normal()]
        for step in dice.normal(0, (1 - alike**2) ** 0.5, 103):
            values.append(alike * values[-1] + step)
        found += bool(changes(np.array(values)))

    # For independent weeks their rank sums would pass it 7 and 40 times in a hundred.
    assert found <= NULL * 0.03


def test_a_level_that_halves_is_found_within_a_month_in_nine_of_ten():
    dice = np.random.default_rng(7)
    series = [np.concatenate([dice.poisson(10, 60), dice.poisson(5, 44)]) for _ in range(100)]
    found = [changes(one.astype(float)) for one in series]

    assert sum(any(abs(place - 60) <= 4 for place in one) for one in found) >= 90

"""What ``git log previous..current`` lists, held against sets of ancestors."""

import random

import pytest

from pipelines.analysis.differences import Differences
from pipelines.analysis.first_deployments import Graph


def ancestors(parents, tip):
    found, waiting = set(), [tip]
    while waiting:
        commit = waiting.pop()
        if commit >= 0 and commit not in found:
            found.add(commit)
            waiting += parents[commit]
    return found


def wanted(parents, tips):
    """Return pairs of place and commit by their definition."""
    new, since, lost, seen = set(), set(), set(), set()
    for place, tip in enumerate(tips):
        if tip < 0:
            continue
        mine = ancestors(parents, tip)
        new |= {(place, commit) for commit in mine - seen}
        seen |= mine
        if place and tips[place - 1] >= 0:
            before = ancestors(parents, tips[place - 1])
            since |= {(place, one) for one in mine - before}
            lost |= {(place, one) for one in before - mine}
    return new, since, lost


def listed(parents, tips):
    found = Differences(Graph.of_parents(parents)).listed(tips, has_lost=True)
    pairs = [list(zip(*one, strict=True)) for one in found]
    assert all(len(set(one)) == len(one) for one in pairs)
    return tuple(map(set, pairs))


LINE = [[], [0], [1], [2], [3]]


@pytest.mark.parametrize(
    ("tips", "since"),
    [
        ([], set()),
        ([2], set()),
        ([1, 3], {(1, 2), (1, 3)}),
        ([3, 3], set()),
        # Back to an older one nothing is new; from there on all is, once more.
        ([3, 1, 4], {(2, 2), (2, 3), (2, 4)}),
        ([1, -1, 3, 4], {(3, 4)}),
    ],
)
def test_a_line_of_commits(tips, since):
    assert listed(LINE, tips)[1] == since


def test_a_tip_aside_hides_nothing_of_the_next():
    # 1 and 2 both come from 0, and 3 from 1.
    parents = [[], [0], [0], [1]]
    assert listed(parents, [1, 2, 3])[1] == {(1, 2), (2, 1), (2, 3)}


def test_two_heads_are_not_one_when_the_first_is_deployed_again():
    parents = [[], [0], [0], [1, 2]]
    assert listed(parents, [1, 2, 1, 3])[1] == {(1, 2), (2, 1), (3, 2), (3, 3)}


@pytest.mark.parametrize("seed", range(300))
def test_random_graphs_agree_with_sets_of_ancestors(seed):
    dice = random.Random(seed)
    count = dice.randint(1, 25)
    parents = [
        dice.sample([*range(one), -1], min(one + 1, dice.choice((0, 1, 1, 1, 2, 3))))
        for one in range(count)
    ]
    names = dice.sample(range(count), count)
    shuffled = [[]] * count
    for one, found in enumerate(parents):
        shuffled[names[one]] = [names[each] if each >= 0 else -1 for each in found]
    tips = [dice.randint(-1, count - 1) for _ in range(dice.randint(0, 12))]
    assert listed(shuffled, tips) == wanted(shuffled, tips)

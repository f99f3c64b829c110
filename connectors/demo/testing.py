"""Test runs on what the demo merged: fast and green, slow and red, and where nobody tells of any.

They have dice of their own, so that nothing else in the demo falls another way for them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.demo.changing import MINUTE, NOW
from connectors.demo.dice import Dice
from connectors.demo.organisation import TESTS
from connectors.demo.rows import GIT, Row, iso, text
from connectors.demo.things import Change, History
from connectors.demo.working_time import DAY

DAYS = 190
"""A little more than what shares and medians are of."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How long a repository's tests usually take, and how often of a hundred they are red."""

    minutes: int
    red: int
    again: int


HABITS: Mapping[str, Habit] = {
    "web-shop": Habit(6, 2, 2),
    "checkout": Habit(9, 3, 4),
    "payments": Habit(24, 9, 12),
    "shipping": Habit(52, 15, 25),
}


def runs(histories: Mapping[str, History], seed: int) -> Iterator[tuple[str, Row]]:
    """Yield the runs of every repository that has any; each is a service's own."""
    for name, habit in HABITS.items():
        dice = Dice(f"{seed}/{name}/tests")
        merged = sorted(histories[name].changes, key=lambda change: change.merged_at)
        for number, change in enumerate(merged, start=1):
            if change.grows_from is None and change.merged_at > NOW - DAYS * DAY:
                yield name, run(name, number, change, habit, dice)


def run(repository: str, number: int, change: Change, habit: Habit, dice: Dice) -> Row:
    """Write the last attempt of one run; red ones were given up, others were run once more."""
    state = "failure" if dice.chance(habit.red / 100) else "success"
    is_again = dice.chance(habit.again / 100)
    began_at = change.merged_at + dice.between(5, 50)
    lasted = int(dice.around(habit.minutes, 0.2) * MINUTE) * (2 if is_again else 1)
    ended_at = began_at + lasted
    payload = {
        "name": TESTS,
        "sha": change.merge_sha,
        "branch": "main",
        "event": "push",
        "attempt": "2" if is_again else "1",
        "state": state if ended_at <= NOW else "running",
        "created_at": iso(began_at),
        "started_at": iso(began_at),
        "finished_at": iso(ended_at),
        "url": f"{GIT}/{repository}/runs/{number}",
    }
    return f"run/{number}", min(ended_at, NOW), text(payload)

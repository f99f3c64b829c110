"""Chance that falls the same way on every machine and every Python."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """Draws of one named stream; only ``random()`` is promised to stay the same in Python."""

    __slots__ = ("_random",)

    def __init__(self, name: str) -> None:
        """Start the stream that ``name`` stands for."""
        self._random = random.Random(name).random

    def chance(self, probability: float) -> bool:
        """Say yes with ``probability``."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of ``items``."""
        return items[int(self._random() * len(items))]

    def weighted(self, weights: Mapping[Item, float]) -> Item:
        """Draw a key by its weight."""
        left = self._random() * math.fsum(weights.values())
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        return item

    def around(self, median: float, spread: float) -> float:
        """Draw from a log-normal by its median and the sigma of its logarithm."""
        # Twelve uniform numbers less six are as good as normal here and need no rejection;
        # fsum, because sum rounds otherwise since Python 3.12.
        draw = self._random
        six = [draw(), draw(), draw(), draw(), draw(), draw()]
        twelve = [*six, draw(), draw(), draw(), draw(), draw(), draw()]
        return median * math.exp(spread * (math.fsum(twelve) - 6.0))

    def gap(self, mean: float, regularity: int) -> float:
        """Draw a waiting time; the higher ``regularity``, the nearer to ``mean``."""
        product = 1.0
        for _ in range(regularity):
            product *= 1.0 - self._random()
        return -math.log(product) * mean / regularity

    def several(self, mean: float, most: int) -> int:
        """Draw a count of at least one, ``mean`` on average but for the cut at ``most``."""
        count = 1
        while count < most and self._random() < 1 - 1 / mean:
            count += 1
        return count

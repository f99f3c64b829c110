"""Which deployment first carried each commit: walks of the commit graph over integers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NONE = -1
Indices = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Graph:
    """Commits 0..n-1 and their parents.

    Nearly every commit has one parent, so ``step`` holds it directly: the parent of a commit, -1
    of a root, and -2 - k of merge number k, whose parents are ``merged[bounds[k]:bounds[k + 1]]``
    in git's order. A parent that is not in the clone is -1. Lists, since plain Python reads them
    twice as fast as arrays.
    """

    step: list[int]
    merged: list[int]
    bounds: list[int]

    @classmethod
    def of_edges(cls, children: Indices, parents: Indices, count: int) -> "Graph":
        """Return the graph of ``count`` commits with one edge per commit and parent.

        Edges are ordered by child and then as git orders the parents. A parent that the clone
        lacks is an edge to -1; only `main_line` minds if it is left out.
        """
        fans = np.bincount(children, minlength=count)
        starts = np.cumsum(fans) - fans
        step = np.full(count, NONE, dtype=np.int64)
        is_single, is_merge = fans == 1, fans > 1
        step[is_single] = parents[starts[is_single]]
        step[is_merge] = NONE - 1 - np.arange(is_merge.sum())
        bounds = np.concatenate(([0], np.cumsum(fans[is_merge])))
        return cls(step.tolist(), parents[is_merge[children]].tolist(), bounds.tolist())

    @classmethod
    def of_parents(cls, parents: Sequence[Sequence[int]]) -> "Graph":
        """Return the graph in which commit i has the parents ``parents[i]``."""
        children = np.repeat(np.arange(len(parents)), [len(found) for found in parents])
        flat = np.array([parent for found in parents for parent in found], dtype=np.int64)
        return cls.of_edges(children, flat, len(parents))


def first_carriers(graph: Graph, tips: Iterable[int]) -> NDArray[np.int64]:
    """Return for each commit the position of the first of ``tips`` that carries it, -1 if none.

    A tip carries itself and all its ancestors; commit by commit this is what
    ``git rev-list <tip> ^<all earlier tips>`` lists. A tip of -1 is a commit that the clone lacks
    and carries nothing. With the deployments of a stream in order as tips, the answer is each
    commit's first deployment; with the main line, oldest first, it is the commit that landed it.
    """
    step, merged, bounds = graph.step, graph.merged, graph.bounds
    # One more place, so that a step of -1 finds itself carried and the walk stops there.
    carrier = [NONE] * len(step) + [0]
    for position, tip in enumerate(tips):
        waiting = [tip]
        while waiting:
            commit = waiting.pop()
            while carrier[commit] == NONE:
                carrier[commit] = position
                commit = step[commit]
                if commit < NONE:
                    start, end = bounds[-2 - commit], bounds[-1 - commit]
                    commit = merged[start]
                    waiting += merged[start + 1 : end]
    return np.fromiter(carrier, dtype=np.int64, count=len(step))


def main_line(graph: Graph, head: int) -> list[int]:
    """Return ``head`` and its first parents, the oldest first; empty where ``head`` is -1."""
    line = []
    while head != NONE:
        line.append(head)
        head = graph.step[head]
        if head < NONE:
            head = graph.merged[graph.bounds[-2 - head]]
    return line[::-1]

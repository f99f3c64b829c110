"""What ``git log previous..current`` lists for each deployment of a stream, over integers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

from pipelines.analysis.first_deployments import NONE, Graph

Pairs = tuple[list[int], list[int]]


@dataclass
class Differences:
    """Walks from each tip to what the tip before it carries.

    Heads are the tips that together carry all that was seen. While the tip before is the only
    head, as nearly always, a walk over what was not seen is all. Only after a tip that went back,
    or aside, both tips are walked by generation, until nothing is left that the one before lacks.
    """

    graph: Graph

    def listed(self, tips: Sequence[int], *, has_lost: bool = False) -> tuple[Pairs, Pairs, Pairs]:
        """Return places in ``tips`` and commits: not seen yet, since the tip before, lost since it.

        A tip of -1 is a commit that the clone lacks: nothing is listed for it, nor since it. What
        was lost is another walk after each tip that went back, and only made where it is asked for.
        """
        new: Pairs = ([], [])
        since: Pairs = ([], [])
        lost: Pairs = ([], [])
        # One more place, so that a step of -1 finds itself seen and the walk stops there.
        seen = bytearray(len(self.graph.step)) + b"\1"
        heads: set[int] = set()
        for place, tip in enumerate(tips):
            if tip == NONE:
                continue
            before = tips[place - 1] if place else NONE
            is_head = heads == {before}
            found = self.unseen(tip, seen, heads)
            for pairs, commits in (
                (new, found),
                (since, found if is_head else self.only(tip, before)),
                # The only head carries all that was seen.
                (lost, self.only(before, tip) if has_lost and heads != {tip} else []),
            ):
                pairs[0].extend([place] * len(commits))
                pairs[1].extend(commits)
        return new, since, lost

    def unseen(self, tip: int, seen: bytearray, heads: set[int]) -> list[int]:
        """Mark and return the commits from ``tip`` on that are not seen; it replaces heads."""
        step, merged, bounds = self.graph.step, self.graph.merged, self.graph.bounds
        found: list[int] = []
        waiting, was_head = [tip], tip in heads
        while waiting:
            commit = waiting.pop()
            while not seen[commit]:
                seen[commit] = 1
                found.append(commit)
                commit = step[commit]
                if commit < NONE:
                    start, end = bounds[-2 - commit], bounds[-1 - commit]
                    commit = merged[start]
                    waiting += merged[start + 1 : end]
            heads.discard(commit)
        if found or was_head:
            heads.add(tip)
        return found

    def only(self, tip: int, before: int) -> list[int]:
        """Return the commits that ``tip`` carries and ``before`` does not."""
        if NONE in (tip, before):
            return []
        order = self.generations
        queue = [(-order[tip], tip)]
        heappush(queue, (-order[before], before))
        old, queued, found = {before}, {tip, before}, []
        # How many in the queue ``before`` does not carry, as far as is known.
        wanted = int(tip != before)
        while wanted:
            _, commit = heappop(queue)
            is_old = commit in old
            if not is_old:
                wanted -= 1
                found.append(commit)
            for parent in self.parents(commit):
                if parent not in queued:
                    queued.add(parent)
                    heappush(queue, (-order[parent], parent))
                    wanted += not is_old
                elif is_old and parent not in old:
                    wanted -= 1
                if is_old:
                    old.add(parent)
        return found

    def parents(self, commit: int) -> list[int]:
        """Return the parents of a commit that the clone has."""
        step = self.graph.step[commit]
        if step >= NONE:
            return [step] if step != NONE else []
        found = self.graph.merged[self.graph.bounds[-2 - step] : self.graph.bounds[-1 - step]]
        return [parent for parent in found if parent != NONE]

    @cached_property
    def generations(self) -> list[int]:
        """The number of commits on the longest way from each commit to a root."""
        step = self.graph.step
        found = [0] * len(step)
        for start in range(len(step)):
            waiting = [start]
            while waiting:
                commit = waiting[-1]
                parent = step[commit]
                if found[commit]:
                    waiting.pop()
                elif parent == NONE:
                    found[waiting.pop()] = 1
                elif parent > NONE and found[parent]:
                    found[waiting.pop()] = found[parent] + 1
                else:
                    unknown = [one for one in self.parents(commit) if not found[one]]
                    waiting += unknown
                    if not unknown:
                        longest = max((found[one] for one in self.parents(commit)), default=0)
                        found[waiting.pop()] = longest + 1
        return found

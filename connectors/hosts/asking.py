"""Asks a host with patience: tries again what passes, waits for quota, gives up with a reason."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from connectors.errors import SourceError, SourceUnavailable

T = TypeVar("T")
TRIES = 6
# A host that says "later" again and again is given up after this many waits.
WAITS = 20
LONGEST = 3900.0


@dataclass(frozen=True, slots=True)
class Wait:
    """The call failed for now: try again, after ``seconds`` where the host says when.

    ``is_limit`` marks a limit that holds for every call, not only for this one.
    """

    why: str
    seconds: float | None = None
    is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Quota:
    """What the host said last of one of its budgets; ``resets_at`` is on the monotonic clock."""

    limit: int
    remaining: int
    resets_at: float


Judge = Callable[[Exception, str], Wait | SourceError | None]
"""Says what an error of the client means; null where it is none of the host's doing."""


@dataclass(slots=True)
class Asker:
    """Makes calls to one host, from any thread; ``reserve`` is the share of quota left alone."""

    name: str
    judge: Judge
    reserve: float = 0.0
    say: Callable[[str], None] = lambda text: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    quotas: dict[str, Quota] = field(default_factory=dict)
    calls: int = 0
    _free_at: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def ask(self, call: Callable[[], T], what: str, budget: str = "") -> T:
        """Return what ``call`` returns; raises SourceError once patience or sense is exhausted."""
        tries = waits = 0
        while True:
            self._hold(budget)
            with self._lock:
                self.calls += 1
            try:
                return call()
            except SourceError:
                raise
            except Exception as error:
                verdict = self.judge(error, what)
                if verdict is None:
                    raise
                if isinstance(verdict, SourceError):
                    raise verdict from error
                tries, waits = tries + (not verdict.is_limit), waits + verdict.is_limit
                if tries >= TRIES or waits >= WAITS:
                    raise self._given_up(what, verdict) from error
                self._wait(verdict, tries)

    def note(self, budget: str, limit: int, remaining: int, seconds_left: float) -> None:
        """Remember what an answer said of a budget."""
        resets_at = self.clock() + max(0.0, min(seconds_left, LONGEST))
        with self._lock:
            self.quotas[budget] = Quota(limit, remaining, resets_at)

    def _hold(self, budget: str) -> None:
        """Wait until calls are allowed and the reserve is not touched."""
        with self._lock:
            free_at = self._free_at
            quota = self.quotas.get(budget)
            if quota and quota.remaining <= quota.limit * self.reserve:
                # Whoever waited is the first to ask again, and learns what the quota is then.
                free_at = max(free_at, quota.resets_at)
                self.quotas.pop(budget)
        seconds = free_at - self.clock()
        if seconds > 0:
            with self._lock:
                self._free_at = max(self._free_at, free_at)
            self._pause(seconds, "its quota is used up, but for the reserve")

    def _wait(self, verdict: Wait, tries: int) -> None:
        seconds = verdict.seconds if verdict.seconds is not None else float(2 ** max(0, tries - 1))
        seconds = min(seconds, LONGEST)
        if verdict.is_limit:
            with self._lock:
                self._free_at = max(self._free_at, self.clock() + seconds)
        self._pause(seconds, verdict.why)

    def _pause(self, seconds: float, why: str) -> None:
        if seconds > 5:
            self.say(f"{self.name}: {why}; going on in {told(seconds)}")
        self.sleep(seconds)

    def _given_up(self, what: str, verdict: Wait) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.name}, {what}: {verdict.why}, again and again; what was read is kept, and the "
            "next refresh goes on from there"
        )


def told(seconds: float) -> str:
    """Say how long a wait is."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"

"""What the receiver says of its work: how often each thing happened, once a minute."""

import asyncio
from collections import Counter
from collections.abc import Callable

EVERY_SECONDS = 60.0
MOST_KINDS = 100


class Tally:
    """Counts; a flood of requests makes no flood of messages."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.counts: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def accept(self, format: str, number: int) -> None:
        """Count events of a format that are on disk."""
        self.accepted[format] += number
        self.count(f"{format}: accepted", number)

    def refuse(self, method: str, status: int, reason: str) -> None:
        """Count a request that was refused."""
        self.refused[str(status)] += 1
        self.count(f"{method} refused with {status}: {reason}")

    def count(self, what: str, number: int = 1) -> None:
        """Count something that happened."""
        is_known = what in self.counts or len(self.counts) < MOST_KINDS
        self.counts[what if is_known else "other"] += number

    async def run(self) -> None:
        """Tell for ever."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            self.tell()

    def tell(self) -> None:
        """Say what happened since the last time."""
        for what, number in sorted(self.counts.items()):
            self.say(f"{what} ({number:,})")
        self.counts.clear()

"""When the receiver seals: every minute, at so many events, at its start and at its end."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from pipelines.landing import Landing
from pipelines.receiving.sealing import sealed

EVERY_SECONDS = 60.0
MOST_EVENTS = 10_000


class Sealer:
    """Seals beside the event loop, so that events go on being accepted."""

    def __init__(self, folder: Path, landing: Landing, say: Callable[[str], None]) -> None:
        self.folder = folder
        self.landing = landing
        self.say = say
        self.waiting = 0
        self.is_full = asyncio.Event()

    def count(self, events: int) -> None:
        """Count events that came into the inbox."""
        self.waiting += events
        if self.waiting >= MOST_EVENTS:
            self.is_full.set()

    async def run(self) -> None:
        """Seal for ever; what a killed receiver left behind first."""
        while True:
            self.waiting = 0
            self.is_full.clear()
            await asyncio.to_thread(self.seal)
            try:
                await asyncio.wait_for(self.is_full.wait(), EVERY_SECONDS)
            except TimeoutError:
                continue

    def seal(self) -> None:
        """Seal; what can not be sealed stays in the inbox for the next time."""
        sealed(self.folder, self.landing, self.say)

"""What keeps one sender from harming the others: size, pace, time, and what was seen before."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from math import ceil

from starlette.requests import ClientDisconnect, Request

from pipelines.receiving.answers import Refused

MOST_BYTES = 1_000_000
MOST_EVENTS = 1_000
BODY_SECONDS = 10.0
BURST_SECONDS = 10.0
REMEMBERED = 100_000
DAY = 86_400.0
CLOSE = {"Connection": "close"}

Clock = Callable[[], float]


async def body(request: Request) -> bytes:
    """Read a body that is neither too large nor too slow."""
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told[:20]) > MOST_BYTES:
        raise too_large()
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise too_large()
                parts.append(part)
    except TimeoutError:
        said = f"the body must arrive within {BODY_SECONDS:g} seconds"
        raise Refused(408, said, headers=CLOSE) from None
    except ClientDisconnect:
        raise Refused(400, "the body ended early", field="body") from None
    return b"".join(parts)


def too_large() -> Refused:
    """Return the answer to a body that is not read to its end."""
    return Refused(413, f"the body must have at most {MOST_BYTES:,} bytes", headers=CLOSE)


@dataclass(slots=True)
class Bucket:
    """What one sender may still send at once; it fills up as time goes by."""

    rate: float
    left: float
    at: float

    def fill(self, now: float) -> None:
        """Add what time has brought since."""
        full = max(1.0, self.rate * BURST_SECONDS)
        self.left = min(full, self.left + (now - self.at) * self.rate)
        self.at = now


@dataclass(slots=True)
class Pace:
    """How fast each sender sends."""

    clock: Clock
    buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)

    def take(self, sender: tuple[str, str], rate: float) -> None:
        """Count one event; raises Refused with the seconds to wait where there were too many."""
        now = self.clock()
        bucket = self.buckets.setdefault(sender, Bucket(rate, max(1.0, rate * BURST_SECONDS), now))
        bucket.rate = rate
        bucket.fill(now)
        if bucket.left < 1:
            wait = max(1, ceil((1 - bucket.left) / rate))
            raise Refused(429, "too many events", headers={"Retry-After": str(wait)})
        bucket.left -= 1

    def owe(self, sender: tuple[str, str], more: int) -> None:
        """Count the further events of one request, which the next one then waits for."""
        self.buckets[sender].left -= more


@dataclass(slots=True)
class Replays:
    """The deliveries of the last day, as many as fit."""

    clock: Clock
    most: int = REMEMBERED
    seen: OrderedDict[bytes, float] = field(default_factory=OrderedDict)

    def key(self, source: str, record_id: str, body: bytes) -> bytes:
        """Return what is the same for the same event of the same body."""
        head = f"{source}\0{record_id}\0".encode()
        return blake2b(head + body, digest_size=16).digest()

    def knows(self, key: bytes) -> bool:
        """Tell whether an event is on disk since less than a day."""
        at = self.seen.get(key)
        return at is not None and self.clock() - at < DAY

    def add(self, key: bytes) -> None:
        """Remember an event that is on disk now."""
        self.seen[key] = self.clock()
        self.seen.move_to_end(key)
        while len(self.seen) > self.most:
            self.seen.popitem(last=False)

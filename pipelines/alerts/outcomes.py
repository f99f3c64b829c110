"""What became of a message that was tried."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

Fate = Literal["sent", "later", "refused"]
SECONDS = 10.0
"""How long an answer may keep silent."""
LIMIT = 60.0
"""How long all of it may take."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LONGEST_ASKED = timedelta(days=1)
Tried = TypeVar("Tried", bound=Any)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``later`` asks for patience with the channel, ``refused`` is about this message alone.

    ``place`` is what the other side calls what it took, where it says so.
    """

    fate: Fate
    said: str = ""
    wait: float = 0.0
    place: str = ""


def tried(message: Tried, outcome: Outcome, now: datetime) -> Tried:
    """Return a message that did not go: it waits longer each time, or as asked."""
    asked = min(timedelta(seconds=outcome.wait), LONGEST_ASKED)
    wait = max(asked, min(FIRST_WAIT * 2 ** min(message.tries, 20), LONGEST_WAIT))
    is_refused = outcome.fate == "refused"
    return replace(message, tries=message.tries + 1, next_at=now + wait, is_refused=is_refused)

"""What became of a message that was tried."""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["sent", "later", "refused"]
SECONDS = 10.0
"""How long an answer may keep silent."""
LIMIT = 60.0
"""How long all of it may take."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``later`` asks for patience with the channel, ``refused`` is about this message alone."""

    fate: Fate
    said: str = ""
    wait: float = 0.0

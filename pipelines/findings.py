"""What doctor says of one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "look", "mend"]
"""mend: something does not work; look: it works, and this is left out or doubtful."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    said: str
    level: Level = "ok"

    def text(self) -> str:
        """Return the finding as one line."""
        return f"{self.level:<4}  {self.subject}: {self.said}"

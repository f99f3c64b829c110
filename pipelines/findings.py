"""What doctor says of one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal

from pipelines.printing import printable

Level = Literal["ok", "look", "mend"]
"""mend: something does not work; look: it works, and this is left out or doubtful."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    said: str
    level: Level = "ok"

    def text(self) -> str:
        """Return the finding as one line, without what a terminal would obey."""
        return printable(f"{self.level:<4}  {self.subject}: {self.said}")

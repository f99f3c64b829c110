"""One flag tool as a source."""

from dataclasses import dataclass
from typing import ClassVar

from connectors.pagers import Pager

ENTITIES = ("flags", "flag_states", "strategies", "changes")


@dataclass(frozen=True, slots=True)
class FlagTool(Pager):
    """Reads flags, what they do in each environment, and what was done to them."""

    entities: ClassVar[tuple[str, ...]] = ENTITIES

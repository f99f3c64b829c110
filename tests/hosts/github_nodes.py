"""What all things at the made-up GitHub have: ids in GitHub's forms, and times."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tests.hosts.github_repository import Repository


@dataclass(eq=False)
class Thing:
    """Anything with an id that GitHub gave it."""

    repository: "Repository"
    database_id: int = field(init=False)
    created_at: datetime = field(init=False)
    updated_at: datetime = field(init=False)
    prefix: ClassVar[str] = "X"

    def __post_init__(self):
        state = self.repository.state
        self.database_id = state.next_id()
        self.created_at = self.updated_at = state.now
        state.nodes[self.id] = self

    @property
    def id(self) -> str:
        """Return the node id, in the form that GitHub's have: repository and own id, packed."""
        return node_id(self.prefix, self.repository.database_id, self.database_id)

    def known(
        self, database_id: int, created_at: datetime, updated_at: datetime | None = None
    ) -> None:
        """Take over an id and times that another host gave it."""
        self.database_id, self.created_at = database_id, created_at
        self.updated_at = updated_at or created_at
        self.repository.state.nodes[self.id] = self

    def touch(self) -> None:
        """Let GitHub say that this was updated now."""
        self.updated_at = self.repository.state.now


def node_id(prefix: str, *numbers: int) -> str:
    """Return a node id as GitHub makes them: MessagePack of [0, ids...], in base 64."""
    packed = bytes([0x90 + 1 + len(numbers), 0])
    for number in numbers:
        wide = number > 0xFFFFFFFF
        packed += (b"\xcf" if wide else b"\xce") + number.to_bytes(8 if wide else 4, "big")
    return f"{prefix}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"

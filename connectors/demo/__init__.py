"""A made-up organisation, the same for a seed on every machine: everything runs without a token."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from connectors.demo.everything import frames
from connectors.demo.organisation import (
    AS_OF,
    BOTS,
    ORGANISATION,
    SINCE,
    TIME_ZONE,
    configuration,
)
from connectors.records import Batch

__all__ = ["AS_OF", "BOTS", "ORGANISATION", "SINCE", "TIME_ZONE", "Demo", "configuration"]

VERSION = 3
"""Raised whenever the same seed makes other records."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Makes the records of the organisation up."""

    entities: ClassVar[tuple[str, ...]] = (
        "deployments", "changes", "commits", "incidents", "changed_files",
        "progressive_rollouts", "analyses", "traffic_weights", "agent_syncs", "shadows",
        "flags", "flag_states", "flag_references", "flag_events",
    )  # fmt: skip

    seed: int = 7

    def collect(self, entity: str, cursors: Mapping[str, Any]) -> Iterator[Batch]:
        """Yield everything there is of ``entity``, or nothing where that has been landed."""
        cursor = {"seed": self.seed, "version": VERSION}
        if cursors.get("") != cursor:
            yield Batch(entity, "", frames(self.seed)[entity], cursor, is_whole=True)

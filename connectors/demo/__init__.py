"""A made-up organisation, the same for a seed on every machine: everything runs without a token."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

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

VERSION = 4
"""Raised whenever the same seed makes other records."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Makes the records of the organisation up."""

    entities: ClassVar[tuple[str, ...]] = (
        "deployments", "changes", "commits", "incidents", "changed_files",
        "progressive_rollouts", "analyses", "traffic_weights", "agent_syncs", "shadows",
        "flags", "flag_states", "flag_references", "flag_events",
        "heads", "head_files", "branches", "runs", "settings",
    )  # fmt: skip

    seed: int = 7

    def collect(self, entity: str, cursors: Mapping[str, Any]) -> Iterator[Batch]:
        """Yield everything there is of ``entity``, or nothing where that has been landed."""
        cursor = {"seed": self.seed, "version": VERSION}
        for scope, rows in by_scope(frames(self.seed)[entity]):
            if cursors.get(scope) != cursor:
                yield Batch(entity, scope, rows, cursor, is_whole=True)


def by_scope(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the rows of each scope; those of most entities have none."""
    if "scope" not in frame.columns:
        yield "", frame
        return
    for (scope,), rows in frame.group_by("scope", maintain_order=True):
        yield str(scope), rows.drop("scope")

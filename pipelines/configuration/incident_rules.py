"""What rows of incident tools mean: names given to services and severities, and what counts."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pydantic import Field

from pipelines.configuration.globs import name_pattern
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Globs


class Rule(NamedTuple):
    """One line of what a source's rows mean: what ``pattern`` matches in ``field``.

    ``does``: `call` gives what matches the name ``value``; `only` lets nothing else count, `not`
    lets what matches not count. ``kind`` is the kind of rows it is about, null for all.
    """

    source: str
    does: Literal["call", "only", "not"]
    field: str
    kind: str | None
    place: int
    pattern: str
    value: str | None


class Filter(Settings):
    """Some rows, by what the tool says of them; case does not count."""

    urgencies: Globs = Field(default=(), description="Urgencies.")
    priorities: Globs = Field(default=(), description="Priorities.")
    severities: Globs = Field(default=(), description="Severities.")
    statuses: Globs = Field(default=(), description="Statuses: declined, canceled.")
    labels: Globs = Field(default=(), description="Labels: one of them is enough.")

    def rules(self, source: str, does: Literal["only", "not"]) -> Iterator[Rule]:
        """Yield one rule for each key that is given."""
        for name, field in FIELDS.items():
            globs = getattr(self, name)
            if globs:
                yield Rule(source, does, field, None, 0, name_pattern(globs), None)


FIELDS = {
    "urgencies": "urgency",
    "priorities": "priority",
    "severities": "severity",
    "statuses": "status",
    "labels": "label",
}

"""What is looked for among the changed files of a repository; its owner says what files tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import polars as pl

CODE: Final = -1
"""Stands for a rule where none matches."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Paths that are about one topic; of two rules that match, the first says the topic.

    ``pattern`` is read alike by Python and by Rust. The contents of the files are read, before and
    after the change, where ``has_contents``.
    """

    topic: str
    tool: str
    pattern: str
    has_contents: bool


class Looking(Protocol):
    """Says which files are looked for, and what is in one."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order; what none of them matches is code."""

    @property
    def version(self) -> str:
        """What changes when the same files would be told otherwise."""

    @property
    def days(self) -> int:
        """How far back from the newest commit of the main line changes are read."""

    def read(
        self, rule: Rule, path: str, before: bytes | None, after: bytes | None
    ) -> Mapping[str, Any] | None:
        """Return what a changed file tells; null where it is code, whatever its path promised.

        ``before`` and ``after`` are null where the file was not there or could not be read.
        """


def by_path(paths: pl.Series, rules: Sequence[Rule]) -> pl.DataFrame:
    """Return the number of the first rule that matches each path, or CODE."""
    distinct = paths.drop_nulls().unique().to_frame("path")
    found = pl.lit(CODE)
    for place in range(len(rules) - 1, -1, -1):
        is_found = pl.col("path").str.contains(rules[place].pattern)
        found = pl.when(is_found).then(pl.lit(place)).otherwise(found)
    return distinct.with_columns(rule=found)

"""The steps that make the warehouse's tables, SQL models and Python analyses alike."""

import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Protocol

import duckdb
import polars as pl

import sql
from connectors import looking, mentions, neutral
from pipelines.analysis import (
    alarms,
    branch_deployments,
    cadence,
    change_points,
    commit_landings,
    commits_since_previous,
    deployment_commits,
    differences,
    first_deployments,
    graphs,
    levels,
    masked_titles,
    open_branches,
    operational_days,
    path_owners,
    path_topics,
    rhythm,
    rollout_members,
    service_days,
    sights,
    trend_verdicts,
    trends,
)
from pipelines.configuration import globs

Analyse = Callable[[duckdb.DuckDBPyConnection], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Step:
    """One table: what it is made from, how, and what its header says."""

    table: str
    inputs: tuple[str, ...]
    text: str
    summary: str
    grain: tuple[str, ...]
    columns: tuple[sql.Column, ...]
    analyse: Analyse | None = None

    @property
    def layer(self) -> str:
        """The schema of the table."""
        return self.table.split(".")[0]

    @property
    def digest(self) -> str:
        """What changes when the way of making the table does."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Analysis(Protocol):
    """What a module of ``pipelines.analysis`` that makes a table has."""

    @property
    def TABLE(self) -> str: ...  # noqa: D102, N802

    @property
    def INPUTS(self) -> tuple[str, ...]: ...  # noqa: D102, N802

    @property
    def GRAIN(self) -> tuple[str, ...]: ...  # noqa: D102, N802

    @property
    def COLUMNS(self) -> Mapping[str, str]: ...  # noqa: D102, N802

    @property
    def analyse(self) -> Analyse: ...  # noqa: D102


ANALYSES: tuple[Analysis, ...] = (
    alarms, branch_deployments, cadence, change_points, commit_landings, commits_since_previous,
    deployment_commits, masked_titles, open_branches, path_owners, path_topics, rollout_members,
    trend_verdicts,
)  # fmt: skip


SHARED = (
    differences, first_deployments, globs, graphs, levels, looking, mentions, neutral,
    operational_days, rhythm, service_days, sights, trends,
)  # fmt: skip
"""What analyses import of ours: it counts as their text."""


@cache
def steps() -> Mapping[str, Step]:
    """Return every step by its table, in an order in which inputs come first."""
    found = {
        step.table: step for step in [*map(from_model, sql.models()), *map(from_module, ANALYSES)]
    }
    graph = {
        table: [name for name in step.inputs if name in found] for table, step in found.items()
    }
    return {table: found[table] for table in TopologicalSorter(graph).static_order()}


def from_model(model: sql.Model) -> Step:
    """Return the step that a SQL file describes."""
    return Step(
        model.table, sql.upstream(model), model.text, model.summary, model.grain, model.columns
    )


def from_module(module: Analysis) -> Step:
    """Return the step of an analysis; whatever it imports of ours counts as its text."""
    parts = [sys.modules[module.analyse.__module__], *SHARED]
    return Step(
        module.TABLE,
        module.INPUTS,
        "".join([*map(inspect.getsource, parts), getattr(module, "TEXT", "")]),
        (module.__doc__ or "").strip(),
        module.GRAIN,
        tuple(sql.Column(*column) for column in module.COLUMNS.items()),
        module.analyse,
    )

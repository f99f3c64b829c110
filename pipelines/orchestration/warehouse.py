"""What a run holds from its first step to its last: the writer's lock and the one connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import dagster as dg
import duckdb

from connectors import Connector
from pipelines import forgetting, refreshing
from pipelines.collected import Collected
from pipelines.configuration import AnySource
from pipelines.locking import locked
from pipelines.project import Project
from pipelines.receiving.sealing import sealed


@dataclass(frozen=True, slots=True)
class Warehouse:
    """The open warehouse of a project, for one run."""

    project: Project
    con: duckdb.DuckDBPyConnection
    connectors: dict[str, Connector] = field(default_factory=dict)
    collected: list[Collected] = field(default_factory=list)
    """What became of each source so far, entity by entity."""

    def connector(self, source: AnySource) -> Connector:
        """Return the run's one connector of ``source``, so that all entities tell of one moment."""
        if source.name not in self.connectors:
            self.connectors[source.name] = self.project.connector(source)
        return self.connectors[source.name]


def held(project: Project) -> dg.ResourceDefinition:
    """Make the resource that waits for the lock and opens the warehouse.

    The in-process executor makes a resource once and lets go of it after the run's last step.
    """

    @dg.resource(description="The warehouse and its lock; a second run waits for the first.")
    @contextmanager
    def warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        say = context.log.info if context.log else print
        with locked(project.data_dir, wait=True, say=say):
            refreshing.keep(project)
            project.landing.sweep()
            sealed(project.inbox, project.landing, say)
            # Before the warehouse is opened, for it may have to be made anew.
            forgetting.resume(project)
            forgetting.expire(project, datetime.now(UTC))
            with refreshing.warehouse(project, is_temporary=False) as con:
                yield Warehouse(replace(project, say=say), con)

    return warehouse

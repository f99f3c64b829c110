"""The assets: raw tables, configuration, models and analyses, the published file, the report."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeAlias

import dagster as dg

from pipelines import ledger_definitions, publishing, raw, reaching, refreshing, settings
from pipelines.alerts import unread
from pipelines.building import build
from pipelines.orchestration import sources
from pipelines.orchestration.metadata import key, materialized
from pipelines.orchestration.warehouse import Warehouse
from pipelines.steps import steps

Held: TypeAlias = dg.ResourceParam[Warehouse]

PUBLISHED = dg.AssetKey(["serving", "published"])
WEEKLY_REPORT = dg.AssetKey(["reports", "weekly"])
REPORTS = "reports"


class Moment(dg.Config):
    """Which moment the run tells of."""

    as_of: str | None = None
    """A day or a time, such as 2026-11-23 or 2026-11-23T10:40; now where it is left out."""


def every() -> list[dg.AssetsDefinition]:
    """Return all assets: every table is one, and those of a layer are made in one step.

    A step costs Dagster more than a small table does us.
    """
    return [collected, reached, configuration, made, published, weekly_report]


def raw_spec(table: str) -> dg.AssetSpec:
    """Describe the asset that is the raw table of one entity."""
    kind, entity = table.split("__")
    return dg.AssetSpec(
        key(f"raw.{table}"),
        # The run that begins with other definitions than the last writes that down first.
        deps=[key("config.run")] if table == "ledger__definitions" else [],
        skippable=True,
        kinds={"duckdb", "parquet"},
        description=f"The latest version of each record of {entity} that {kind} sources have: "
        "what is new is collected into the landing zone, then merged.",
    )


@dg.multi_asset(
    name="collected",
    group_name="raw",
    can_subset=True,
    specs=[raw_spec(table) for table in raw.TABLES],
)
def collected(
    context: dg.AssetExecutionContext, warehouse: Held
) -> Iterator[dg.MaterializeResult[None]]:
    """Collect each entity and keep its raw table up to the landing zone."""
    for table in raw.TABLES:
        if key(f"raw.{table}") in context.selected_asset_keys:
            yield from merged(warehouse, table, context.log.warning)
    unread.keep(warehouse.project.data_dir, warehouse.collected)


def merged(
    warehouse: Warehouse, table: str, warn: Callable[[str], None]
) -> Iterator[dg.MaterializeResult[None]]:
    """Collect one entity of every source that has it, and merge what is new."""
    found = sources.collect(warehouse, table)
    project = warehouse.project
    warehouse.collected.extend(found)
    for source in found:
        for line in source.lines:
            warn(project.configuration.hidden(f"{source.source}: {line}"))
    raw.merge(warehouse.con, project.landing, project.kinds, tables=(table,))
    landed = {source.source: sources.told(source) for source in found}
    yield from materialized(warehouse.con, {f"raw.{table}": {"sources": landed}})


@dg.asset(
    key=key(reaching.TABLE),
    deps=[key(f"raw.{table}") for table in raw.TABLES],
    group_name="raw",
    kinds={"duckdb"},
    description="How far back each scope of a source is read, while its history is not whole.",
)
def reached(warehouse: Held) -> Iterator[dg.MaterializeResult[None]]:
    """Write down what the cursors in the landing zone say."""
    project = warehouse.project
    reaching.write(warehouse.con, project.landing, project.kinds)
    yield from materialized(warehouse.con, {reaching.TABLE: {}})


@dg.multi_asset(
    name="configuration",
    group_name="config",
    # Whoever selects what is upstream of one table gets only some of these.
    can_subset=True,
    specs=[
        dg.AssetSpec(
            key(f"config.{table}"),
            kinds={"duckdb", "yaml"},
            skippable=True,
            description=f"What drumbeat.yaml says of {table.replace('_', ' ')}, as SQL reads it."
            if table != "run"
            else "One row: the moment that the run tells of, and what it is about.",
        )
        for table in settings.TABLES
    ],
)
def configuration(
    context: dg.AssetExecutionContext, config: Moment, warehouse: Held
) -> Iterator[dg.MaterializeResult[None]]:
    """Turn drumbeat.yaml and the run's moment into tables: all at once, one moment for all."""
    from pipelines.commands import options

    project = warehouse.project
    run = options.run(project, config.as_of, None)
    ledger_definitions.note(project, run, datetime.now(UTC))
    settings.write(warehouse.con, project.configuration, run)
    tables = [f"config.{table}" for table in settings.TABLES]
    wanted: dict[str, dict[str, object]] = {
        table: {} for table in tables if key(table) in context.selected_asset_keys
    }
    yield from materialized(warehouse.con, wanted)


@dg.multi_asset(
    name="made",
    can_subset=True,
    specs=[
        dg.AssetSpec(
            key(step.table),
            deps=[key(table) for table in step.inputs],
            skippable=True,
            group_name=step.layer,
            description=step.summary,
            kinds={"duckdb", "python" if step.analyse else "sql"},
            code_version=step.digest[:12],
        )
        for step in steps().values()
    ],
)
def made(
    context: dg.AssetExecutionContext, warehouse: Held
) -> Iterator[dg.MaterializeResult[None]]:
    """Make every table whose text or inputs changed."""
    wanted = [s for s in steps().values() if key(s.table) in context.selected_asset_keys]
    for tables in build(warehouse.con, wanted):
        told = {table.table: {"is_new": table.is_new} for table in tables}
        yield from materialized(warehouse.con, told)


def seen_tables() -> list[str]:
    """List the tables that the published file holds."""
    every = [*(f"config.{table}" for table in settings.TABLES), *steps()]
    parts = {table: table.split(".") for table in every}
    return [
        table
        for table, (layer, name) in parts.items()
        if layer in publishing.LAYERS and name not in publishing.PRIVATE
    ]


@dg.asset(
    key=PUBLISHED,
    deps=[key(table) for table in seen_tables()],
    group_name="serving",
    kinds={"duckdb"},
    description="The file that dashboard, report and every DuckDB client read: config, facts and "
    "marts, published under a new name before the pointer to it moves.",
)
def published(context: dg.AssetExecutionContext, warehouse: Held) -> dg.MaterializeResult[None]:
    """Publish what readers see."""
    for row in refreshing.rejected(warehouse.con):
        context.log.warning(f"Left out: {row}")
    file = refreshing.published(warehouse.con, warehouse.project)
    ((rows,),) = warehouse.con.execute(
        "select sum(row_count)::bigint from build.tables where list_contains($1, table_name)",
        [seen_tables()],
    ).fetchall()
    path = dg.MetadataValue.path(file)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows, "path": path, "bytes": file.stat().st_size}
    )


@dg.asset(
    key=WEEKLY_REPORT,
    deps=[PUBLISHED],
    group_name=REPORTS,
    kinds={"html", "markdown"},
    description="The report of the last whole week, in the folder that the configuration names, "
    "and to the channels that it names, once for each week.",
)
def weekly_report(
    context: dg.AssetExecutionContext, config: Moment, warehouse: Held
) -> dg.MaterializeResult[None]:
    """Write the report of the last whole week, and deliver it unless it is of another moment."""
    from pipelines.commands.reporting import wanted
    from pipelines.delivering import delivering
    from pipelines.reports import weekly

    project, report = warehouse.project, warehouse.project.configuration.report
    others = delivering.wanted(project)
    scopes = wanted(report, None, None)
    files, reports = weekly.edition(project, None, report.out, report.formats, scopes, others)
    if report.channels and config.as_of is None:
        posted = delivering.deliver(project, reports, context.log.warning)
        for one in posted:
            context.log.info(f"{one.edition} to {one.channel} ({one.kind}): {one.fate}")
        delivering.complain(posted)
    return dg.MaterializeResult(metadata={file.name: dg.MetadataValue.path(file) for file in files})

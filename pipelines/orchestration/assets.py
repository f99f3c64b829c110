"""The assets: raw tables, configuration, models and analyses, the published file, the report."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeAlias

import dagster as dg

from pipelines import ledger_definitions, publishing, raw, reaching, refreshing, settings
from pipelines.alerts import unread
from pipelines.building import make
from pipelines.orchestration import sources
from pipelines.orchestration.metadata import key, materialized
from pipelines.orchestration.warehouse import Warehouse
from pipelines.steps import Step, steps

Held: TypeAlias = dg.ResourceParam[Warehouse]

PUBLISHED = dg.AssetKey(["serving", "published"])
WEEKLY_REPORT = dg.AssetKey(["reports", "weekly"])
REPORTS = "reports"


class Moment(dg.Config):
    """Which moment the run tells of."""

    as_of: str | None = None
    """A day or a time, such as 2026-11-23 or 2026-11-23T10:40; now where it is left out."""


def every() -> list[dg.AssetsDefinition]:
    """Return all assets."""
    made = [step_asset(step) for step in steps().values()]
    return [*map(raw_asset, raw.TABLES), reached, configuration, *made, published, weekly_report]


def raw_asset(table: str) -> dg.AssetsDefinition:
    """Make the asset that collects an entity and keeps its raw table up to the landing zone."""
    kind, entity = table.split("__")

    @dg.asset(
        key=key(f"raw.{table}"),
        # The run that begins with other definitions than the last writes that down first.
        deps=[key("config.run")] if table == "ledger__definitions" else None,
        group_name="raw",
        kinds={"duckdb", "parquet"},
        description=f"The latest version of each record of {entity} that {kind} sources have: "
        "what is new is collected into the landing zone, then merged.",
    )
    def collected(context: dg.AssetExecutionContext, warehouse: Held) -> dg.MaterializeResult[None]:
        found = sources.collect(warehouse, table)
        project = warehouse.project
        warehouse.collected.extend(found)
        unread.keep(project.data_dir, warehouse.collected)
        for source in found:
            for line in source.lines:
                context.log.warning(project.configuration.hidden(f"{source.source}: {line}"))
        raw.merge(warehouse.con, project.landing, project.kinds, tables=(table,))
        landed = {source.source: sources.told(source) for source in found}
        return materialized(warehouse.con, f"raw.{table}", sources=landed)

    return collected


@dg.asset(
    key=key(reaching.TABLE),
    deps=[key(f"raw.{table}") for table in raw.TABLES],
    group_name="raw",
    kinds={"duckdb"},
    description="How far back each scope of a source is read, while its history is not whole.",
)
def reached(warehouse: Held) -> dg.MaterializeResult[None]:
    """Write down what the cursors in the landing zone say."""
    project = warehouse.project
    reaching.write(warehouse.con, project.landing, project.kinds)
    return materialized(warehouse.con, reaching.TABLE)


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
    for table in settings.TABLES:
        if key(f"config.{table}") in context.selected_asset_keys:
            yield materialized(warehouse.con, f"config.{table}")


def step_asset(step: Step) -> dg.AssetsDefinition:
    """Make the asset that keeps a step's table up to date."""

    @dg.asset(
        key=key(step.table),
        deps=[key(table) for table in step.inputs],
        group_name=step.layer,
        description=step.summary,
        kinds={"duckdb", "python" if step.analyse else "sql"},
        code_version=step.digest[:12],
    )
    def table(warehouse: Held) -> dg.MaterializeResult[None]:
        built = make(warehouse.con, step)
        return materialized(warehouse.con, step.table, is_new=built.is_new)

    return table


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
    ((rows,),) = warehouse.con.sql(
        "select sum(row_count)::bigint from build.tables where list_contains($1, table_name)",
        params=[seen_tables()],
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

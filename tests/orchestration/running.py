"""A small organisation for Dagster, and runs of it in this process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.orchestration.location import definitions
from pipelines.project import Project
from pipelines.warehouse import opened
from tests import support
from tests.support import at

AS_OF = at("2026-03-23 10:00")


def small(folder: Path, **settings: Any) -> Project:
    """Write a handful of deployments, one of them rolled back, and return their project."""
    deployments = [
        {
            "deployment_id": f"{service}-{day}",
            "service": service,
            "finished_at": at(f"2026-03-{day:02} 12:00"),
            "repository": service,
            "sha": f"{day:040x}",
            "version": f"1.{day}",
        }
        for service in ("cart", "shop")
        for day in range(2, 20, 3)
    ]
    back = {"deployment_id": "back", "service": "shop", "finished_at": at("2026-03-17 15:00")}
    deployments.append({**back, "version": "1.11", "rolls_back_to": "shop-11"})
    changes = [
        {
            "change_id": f"change-{day}",
            "repository": "shop",
            "first_commit_at": at(f"2026-03-{day:02} 08:00"),
            "merged_at": at(f"2026-03-{day:02} 09:00"),
        }
        for day in range(3, 20)
    ]
    incident = {"incident_id": "down", "service": "cart", "started_at": at("2026-03-14 13:00")}
    support.write(folder / "files", deployments=deployments, changes=changes, incidents=[incident])
    return support.project(folder, **settings)


def run(project: Project, job: str = "refresh", **further: Any) -> dg.ExecuteInProcessResult:
    """Run a job as of the same moment as always."""
    config = {"ops": {"configuration": {"config": {"as_of": AS_OF.isoformat()}}}}
    return resolved(project, job).execute_in_process(
        **{"run_config": config, "instance": instance(project), **further}
    )


def instance(project: Project) -> dg.DagsterInstance:
    """Return a Dagster that forgets, whose few files lie beside the data."""
    folder = project.data_dir.with_name("dagster")
    folder.mkdir(exist_ok=True)
    return dg.DagsterInstance.ephemeral(tempdir=str(folder))


def resolved(project: Project, job: str) -> dg.JobDefinition:
    """Return a job as Dagster runs it."""
    return definitions(project).resolve_job_def(job)


def checked(project: Project, table: str) -> Mapping[str, dg.AssetCheckEvaluation]:
    """Ask the checks of one table and nothing else, as the button in the pages does."""
    key = dg.AssetKey(table.split("."))
    selection = dg.AssetSelection.checks_for_assets(key)
    job = dg.define_asset_job("checks", selection=selection)
    found = definitions(project)
    ran = dg.Definitions.merge(found, dg.Definitions(jobs=[job])).resolve_job_def("checks")
    result = ran.execute_in_process(instance=instance(project))
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


def held(project: Project) -> dict[str, str]:
    """Return what the warehouse wrote down of the content of every table."""
    with opened(project.warehouse) as con:
        # The moment of knowledge is the moment of the run, here and there another.
        return dict(
            con.sql(
                "select table_name, content from build.tables where table_name <> 'config.run'"
            ).fetchall()
        )

"""What Dagster loads: the project that the environment names, as one set of definitions."""

import os
from pathlib import Path

import dagster as dg

from pipelines import configuration
from pipelines.orchestration import alerting, assets, checks, schedules
from pipelines.orchestration.warehouse import held
from pipelines.project import Project

CONFIG = "DRUMBEAT_CONFIG"
DATA_DIR = "DRUMBEAT_DATA_DIR"


def project_from_environment() -> Project:
    """Load the project that DRUMBEAT_CONFIG and DRUMBEAT_DATA_DIR name.

    Raises ConfigurationError, which Dagster shows as the error of the code location.
    """
    config, data_dir = os.environ.get(CONFIG), os.environ.get(DATA_DIR)
    try:
        found = configuration.find(
            Path(config) if config else None, Path(data_dir) if data_dir else None
        )
        return Project(configuration.load(found, may_lack=True), Path(data_dir or "data"))
    except configuration.ConfigurationError as error:
        error.add_note(
            f"Dagster finds the configuration through {CONFIG} and {DATA_DIR}; "
            "`drumbeat dagster` sets both. Mend it, then reload the code location."
        )
        raise


def definitions(project: Project) -> dg.Definitions:
    """Return everything that Dagster knows of ``project``."""
    return dg.Definitions(
        assets=[*assets.every(), alerting.told],
        asset_checks=checks.every(),
        jobs=schedules.JOBS,
        schedules=schedules.every(project),
        resources={"warehouse": held(project)},
        # One process has the warehouse open; the default executor would start one for each asset.
        executor=dg.in_process_executor,
    )

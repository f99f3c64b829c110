"""The Dagster code location: importing it reads the configuration, and nothing else."""

from pipelines.orchestration.location import definitions, project_from_environment

defs = definitions(project_from_environment())

"""How `drumbeat dagster` starts Dagster: its pages and its daemon, from any working directory."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNNING = "DRUMBEAT_SCHEDULES"
"""The variable that says, as running, that the schedules begin switched on."""
SETTINGS = """\
# Written by `drumbeat dagster` where it was missing; yours to change.
telemetry:
  enabled: false
# Runs start at once and wait for the warehouse's own lock, which the kernel takes back from a
# killed process. A queue would wait for ever for a run that was killed.
run_coordinator:
  module: dagster._core.run_coordinator.default_run_coordinator
  class: DefaultRunCoordinator
"""


def command(port: int) -> list[str]:
    """Return the command that serves Dagster on this machine.

    It names the module and its folder rather than workspace.yaml, whose paths start at the
    working directory, and which an installed package does not have.
    """
    # Dagster tells its users of another command, `dg`, that wants another layout of folders.
    quiet = ["-W", "ignore::FutureWarning"]
    served = ["-m", "dagster", "dev", "--host", "127.0.0.1", "--port", str(port)]
    location = ["--module-name", "pipelines.definitions", "--working-directory", str(ROOT)]
    return [sys.executable, *quiet, *served, *location]


def environment(config: Path, data_dir: Path) -> dict[str, str]:
    """Return the environment of Dagster, whose own files are kept below ``data_dir``."""
    home = data_dir.absolute() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(SETTINGS, encoding="utf-8")
    return {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "DRUMBEAT_CONFIG": str(config.absolute()),
        "DRUMBEAT_DATA_DIR": str(data_dir.absolute()),
    }

"""The commands that serve: dashboard and dagster."""

import os
import sys
from pathlib import Path

import click

from pipelines.commands import options


@click.command(epilog="Example: drumbeat dashboard --port 8600")
@options.data_dir
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8501,
    show_default=True,
    help="Port to listen on.",
)
@click.option("--headless", is_flag=True, help="Open no browser.")
def dashboard(data_dir: Path | None, port: int, headless: bool) -> None:
    """Serve the dashboard on this machine."""
    serve(data_dir or options.DATA, port, headless=headless)


@click.command(epilog="Example: drumbeat dagster --port 3000")
@options.project_options
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=3000,
    show_default=True,
    help="Port to listen on.",
)
def dagster(config: Path | None, data_dir: Path | None, port: int) -> None:
    """Open Dagster's own pages: lineage, runs, checks and schedules."""
    from pipelines import configuration
    from pipelines.orchestration import launching

    found = configuration.find(config, data_dir)
    folder = data_dir or options.DATA
    become(launching.command(port), launching.environment(found, folder))


def serve(folder: Path, port: int, *, headless: bool) -> None:
    """Become the dashboard's process, once there is something to show."""
    from pipelines.publishing import current

    current(folder / "serving")
    click.echo(f"Dashboard: http://localhost:{port}  (stop it with Ctrl-C)", err=True)
    # Not imported: the dashboard knows nothing of the pipelines, nor they of it.
    words = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port)]
    become([*words, "--headless"] if headless else words, dict(os.environ))


def become(command: list[str], environment: dict[str, str]) -> None:
    """Turn into another process, so that whoever stops this one stops that one."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, environment)

"""The commands that serve: dashboard, dagster, and all of it together."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines.commands import options

Command = TypeVar("Command", bound=Callable[..., Any])


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


def port_option(name: str, default: int, said: str) -> Callable[[Command], Command]:
    """Add an option that names a port."""
    return click.option(
        name, type=click.IntRange(1, 65535), default=default, show_default=True, help=said
    )


@click.command("serve", epilog="Example: drumbeat serve --config drumbeat.yaml --data-dir data")
@options.project_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@port_option("--port", 8501, "Port of the dashboard.")
@port_option("--receiver-port", 8503, "Port of the event receiver.")
@port_option("--schedules-port", 3000, "Port of Dagster's pages, on this machine alone.")
def together(
    config: Path | None,
    data_dir: Path | None,
    host: str,
    port: int,
    receiver_port: int,
    schedules_port: int,
) -> None:
    """Run dashboard, event receiver and schedules together, until told to stop.

    A part that dies is started again; one that can not be kept alive ends all, with exit code 1.
    """
    from pipelines import configuration, serving

    found = configuration.find(config, data_dir)
    project = options.project(config, data_dir)
    places = serving.Places(host, port, receiver_port, schedules_port)
    command = dashboard_command(project.data_dir.absolute(), port, headless=True, host=host)
    serving.serve(project, found, places, command, {})


def dashboard_command(folder: Path, port: int, *, headless: bool, host: str) -> list[str]:
    """Return the command that serves the dashboard."""
    # Not imported: the dashboard knows nothing of the pipelines, nor they of it.
    words = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--host", host]
    return [*words, "--headless"] if headless else words


def serve(folder: Path, port: int, *, headless: bool) -> None:
    """Become the dashboard's process, once there is something to show."""
    from pipelines.publishing import current

    current(folder / "serving")
    click.echo(f"Dashboard: http://localhost:{port}  (stop it with Ctrl-C)", err=True)
    command = dashboard_command(folder, port, headless=headless, host="localhost")
    become(command, dict(os.environ))


def become(command: list[str], environment: dict[str, str]) -> None:
    """Turn into another process, so that whoever stops this one stops that one."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, environment)

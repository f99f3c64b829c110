"""The commands that serve: dashboard, dagster, and all of it together."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError

Command = TypeVar("Command", bound=Callable[..., Any])


host_option = click.option(
    "--host", default="localhost", show_default=True, help="Address to listen on."
)
open_option = click.option(
    "--open", "is_open", is_flag=True, help="Whoever reaches the pages may read them."
)


@click.command(epilog="Example: drumbeat dashboard --port 8600")
@options.project_options
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8501,
    show_default=True,
    help="Port to listen on.",
)
@host_option
@open_option
@click.option("--headless", is_flag=True, help="Open no browser.")
def dashboard(
    config: Path | None,
    data_dir: Path | None,
    port: int,
    host: str,
    is_open: bool,
    headless: bool,
) -> None:
    """Serve the dashboard, by default on this machine alone."""
    known = signing_in(config, data_dir)
    refuse_strangers(host, known, is_open=is_open)
    serve(data_dir or options.DATA, port, headless=headless, host=host, known=known)


def signing_in(config: Path | None, data_dir: Path | None) -> dict[str, str]:
    """Return the variable that tells the dashboard who may see it; empty for whoever reaches it."""
    import json

    from pipelines import configuration

    try:
        found = configuration.find(config, data_dir)
    except configuration.ConfigurationError:
        if config is not None:
            raise
        return {}
    told = configuration.sign_in(found) if found.is_file() else None
    return {"DRUMBEAT_SIGN_IN": json.dumps(told.told())} if told else {}


def refuse_strangers(host: str, known: dict[str, str], *, is_open: bool) -> None:
    """Raise where others than this machine could read the pages without signing in."""
    from pipelines.receiving.readers import is_here

    if not (known or is_open or is_here(host)):
        raise DrumbeatError(
            f"--host {host} would let whoever reaches it read the pages; configure "
            "`dashboard.sign_in`, or say --open if that is meant"
        )


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
@host_option
@open_option
@port_option("--port", 8501, "Port of the dashboard.")
@port_option("--receiver-port", 8503, "Port of the event receiver.")
@port_option("--schedules-port", 3000, "Port of Dagster's pages, on this machine alone.")
def together(
    config: Path | None,
    data_dir: Path | None,
    host: str,
    is_open: bool,
    port: int,
    receiver_port: int,
    schedules_port: int,
) -> None:
    """Run dashboard, event receiver and schedules together, until told to stop.

    A part that dies is started again; one that can not be kept alive ends all, with exit code 1.
    """
    from pipelines import configuration, serving

    found, known = configuration.find(config, data_dir), signing_in(config, data_dir)
    refuse_strangers(host, known, is_open=is_open)
    project = options.project(config, data_dir)
    address = "127.0.0.1" if host == "localhost" else host
    places = serving.Places(address, port, receiver_port, schedules_port)
    folder = project.data_dir.absolute()
    command = dashboard_command(folder, port, headless=True, host=host, is_open=is_open)
    serving.serve(project, found, places, command, known)


def dashboard_command(
    folder: Path, port: int, *, headless: bool, host: str, is_open: bool = False
) -> list[str]:
    """Return the command that serves the dashboard."""
    # Not imported: the dashboard knows nothing of the pipelines, nor they of it.
    words = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--host", host]
    return [*words, *["--open"] * is_open, *["--headless"] * headless]


def serve(
    folder: Path,
    port: int,
    *,
    headless: bool,
    host: str = "localhost",
    known: dict[str, str] | None = None,
) -> None:
    """Become the dashboard's process, once there is something to show; who may was asked before."""
    from pipelines.publishing import current

    current(folder / "serving")
    where = "localhost" if host == "127.0.0.1" else host
    click.echo(f"Dashboard: http://{where}:{port}  (stop it with Ctrl-C)", err=True)
    command = dashboard_command(folder, port, headless=headless, host=host, is_open=True)
    become(command, {**os.environ, **(known or {})})


def become(command: list[str], environment: dict[str, str]) -> None:
    """Turn into another process, so that whoever stops this one stops that one."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, environment)

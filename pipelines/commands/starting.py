"""The commands that begin: demo, try, init."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options, serving
from pipelines.errors import DrumbeatError

if TYPE_CHECKING:
    from pipelines.configuration import Configuration

no_dashboard = click.option("--no-dashboard", is_flag=True, help="Do not serve the dashboard.")
headless = click.option("--headless", is_flag=True, help="Open no browser.")
port = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8501,
    show_default=True,
    help="Port of the dashboard.",
)


@click.command(epilog="Example: drumbeat demo --no-dashboard && drumbeat metrics")
@options.data_dir
@no_dashboard
@headless
@port
def demo(data_dir: Path | None, no_dashboard: bool, headless: bool, port: int) -> None:
    """Build a made-up organisation and show it; needs no token and no network."""
    from pipelines.configuration import dump, parse

    folder = data_dir or options.DATA
    text = dump(parse(demo_text(), folder / "drumbeat.yaml"))
    begin(parse(text, folder / "drumbeat.yaml"), folder)
    if not no_dashboard:
        serving.serve(folder, port, headless=headless)


@click.command("try", epilog="Example: drumbeat try ~/code/shop")
@click.argument("path", type=click.Path(path_type=Path))
@options.data_dir
@no_dashboard
@headless
@port
def try_(path: Path, data_dir: Path | None, no_dashboard: bool, headless: bool, port: int) -> None:
    """Show any git clone: its release tags are its deployments."""
    from pipelines.configuration import parse, propose_from_git

    folder = data_dir or options.DATA
    begin(parse(propose_from_git(path.absolute()), folder / "drumbeat.yaml"), folder)
    if not no_dashboard:
        serving.serve(folder, port, headless=headless)


@click.command(epilog="Example: drumbeat init --from-git ~/code/shop")
@click.option(
    "--from-git",
    required=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Propose services, tags and branch from this clone, with the reason beside each line.",
)
@options.config
def init(from_git: Path, config: Path | None) -> None:
    """Write a first configuration."""
    from pipelines.configuration import propose_from_git

    target = config or Path("drumbeat.yaml")
    if target.exists():
        raise DrumbeatError(f"{target} exists already; name another file with --config")
    target.write_text(propose_from_git(from_git), encoding="utf-8")
    click.echo(f"Wrote {target}. Look it over, then run `drumbeat refresh`.", err=True)


def begin(configuration: "Configuration", folder: Path) -> None:
    """Refresh a configuration that the data directory keeps."""
    from pipelines.commands.collecting import refreshed
    from pipelines.project import Project

    refreshed(Project(configuration, folder), None, None, wait=True)


def demo_text() -> str:
    """Return the made-up organisation's configuration."""
    import yaml

    from connectors import demo as source

    made = {
        "organisation": source.ORGANISATION,
        "sources": [{"kind": "demo", "name": "demo"}],
        **source.configuration(),
    }
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True)

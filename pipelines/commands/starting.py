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


@click.command(epilog="Example: drumbeat init --github acme")
@click.option(
    "--from-git",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Propose services, tags and branch from this clone, with the reason beside each line.",
)
@click.option(
    "--github",
    metavar="ORG",
    multiple=True,
    help="Propose from what the repositories of an owner on GitHub really use: acme, acme/shop, "
    "acme/web-*. Reads the token in GITHUB_TOKEN.",
)
@click.option(
    "--gitlab",
    metavar="GROUP",
    multiple=True,
    help="The same of a group on GitLab, its subgroups included. Reads the token in GITLAB_TOKEN.",
)
@click.option(
    "--url", metavar="URL", default="", help="Where the host is: https://github.example.org."
)
@options.config
def init(
    from_git: Path | None,
    github: tuple[str, ...],
    gitlab: tuple[str, ...],
    url: str,
    config: Path | None,
) -> None:
    """Write a first configuration."""
    if sum(map(bool, (from_git, github, gitlab))) != 1:
        raise click.UsageError("name one of --from-git, --github and --gitlab")
    if url and from_git:
        raise click.UsageError("--url goes with --github or --gitlab")
    target = config or Path("drumbeat.yaml")
    if target.exists():
        raise DrumbeatError(f"{target} exists already; name another file with --config")
    text = proposed(from_git, github, gitlab, url)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"Wrote {target}. Look it over, then run `drumbeat refresh`.", err=True)


def proposed(
    from_git: Path | None, github: tuple[str, ...], gitlab: tuple[str, ...], url: str
) -> str:
    """Return the text of a first configuration."""
    if from_git:
        from pipelines.configuration import propose_from_git

        return propose_from_git(from_git)
    from pipelines.progress import Progress
    from pipelines.proposing import propose_from_host

    names = github or gitlab
    return propose_from_host("github" if github else "gitlab", names, url.rstrip("/"), Progress())


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

"""The commands of rules: definitions and check."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options

if TYPE_CHECKING:
    from pipelines.project import Project


@click.command(epilog="Example: drumbeat definitions --json")
@options.project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def definitions(config: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Print every rule in force, the ids that metrics carry, and what changed when."""
    from pipelines import defining

    project = options.project(config, data_dir)
    found = defining.defined(project)
    click.echo(json.dumps(found.as_json(), indent=1) if as_json else found.as_text())
    if defining.is_awaited(project):
        click.echo(
            "What is published was counted by other rules; run `drumbeat refresh`.", err=True
        )


@click.command(epilog="Example: drumbeat check --diff new.yaml")
@options.project_options
@click.option(
    "--diff",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Say what this configuration would move; it may hold only what it changes.",
)
@click.option("--no-wait", is_flag=True, help="Fail if another process is writing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with --diff.")
def check(
    config: Path | None, data_dir: Path | None, diff: Path | None, no_wait: bool, as_json: bool
) -> None:
    """Check the configuration; with --diff, what another one would move, before it is in force."""
    if diff is None:
        if as_json:
            raise click.UsageError("--json goes with --diff")
        click.echo(valid(options.project(config, data_dir)))
        return
    from pipelines import checking, configuration, differing
    from pipelines.printing import printable
    from pipelines.progress import Progress
    from pipelines.project import Project

    folder = data_dir or options.DATA
    # The one kept with the data is the one in force: the other may be edited already.
    found = configuration.find(config, folder)
    project = Project(configuration.load(found), folder)
    new, is_whole = differing.proposed(diff, project.configuration)
    if not is_whole:
        click.echo(f"{diff} names no sources: all that it leaves out stays as it is.", err=True)
    for said in checking.ignored(project, new):
        click.echo(f"{diff}: {printable(said)}.", err=True)
    told = checking.check(project, new, Progress(), wait=not no_wait)
    click.echo(json.dumps(told.as_json(), indent=1) if as_json else told.as_text())


def valid(project: "Project") -> str:
    """Say that the configuration is valid, and what it names."""
    from sql.words import counted

    found = project.configuration
    named = [counted(len(found.sources), "source"), counted(len(found.services), "service")]
    return f"The configuration is valid: {', '.join(named)}."

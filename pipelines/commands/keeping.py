"""The commands that change what is kept: forget, compact."""

from pathlib import Path

import click

from pipelines.commands import options


@click.command(epilog="Example: drumbeat forget --author ada --dry-run")
@options.project_options
@click.option("--source", metavar="NAME", help="All that a source brought.")
@click.option("--scope", metavar="NAME", help="All of a repository or another scope.")
@click.option("--author", metavar="NAME", help="A person's name or login; what was done stays.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--no-wait", is_flag=True, help="Fail if another process is writing.")
def forget(
    config: Path | None,
    data_dir: Path | None,
    source: str | None,
    scope: str | None,
    author: str | None,
    dry_run: bool,
    no_wait: bool,
) -> None:
    """Rewrite all that is kept without a source, a scope or an author; safe to kill."""
    from pipelines import keeping
    from pipelines.forgetting import Request
    from pipelines.progress import Progress

    asked = {"source": source, "scope": scope, "author": author}
    named = [(what, name.strip()) for what, name in asked.items() if name is not None]
    if len(named) != 1 or not named[0][1]:
        raise click.UsageError("say one of --source, --scope and --author, and its name")
    request = Request(*named[0])
    found = options.project(config, data_dir, may_lack=True)
    if dry_run:
        made = keeping.counted(found, request, Progress(), wait=not no_wait)
    else:
        run = options.run(found, None, None)
        made = keeping.forget(found, request, run, Progress(), wait=not no_wait)
    for line in made.lines():
        click.echo(line, err=True)


@click.command(epilog="Example: drumbeat compact")
@options.project_options
@click.option("--no-wait", is_flag=True, help="Fail if another process is writing.")
def compact(config: Path | None, data_dir: Path | None, no_wait: bool) -> None:
    """Make one landing file of all that a month's hold; every version is kept."""
    from pipelines import keeping
    from pipelines.progress import Progress

    found = keeping.compact(
        options.project(config, data_dir, may_lack=True), Progress(), wait=not no_wait
    )
    click.echo(f"{keeping.some(found.files, 'file')} less", err=True)

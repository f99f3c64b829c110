"""The command that writes the weekly report and takes it to whom it is for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options

if TYPE_CHECKING:
    from pipelines.configuration import Report
    from pipelines.reports.reading import Scope


@click.command(epilog="Example: drumbeat report --week 2026-W47 --out reports")
@options.project_options
@click.option("--week", metavar="WEEK", help="2026-W47.  [default: the last whole week]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder.")
@click.option("--format", "formats", help="html,md,pdf,json,slack  [default: as configured]")
@click.option("--team", help="Of this team.")
@click.option("--service", help="Of this service.")
@click.option("--deliver", is_flag=True, help="Send it to the configured channels, once a week.")
def report(
    config: Path | None,
    data_dir: Path | None,
    week: str | None,
    out: Path | None,
    formats: str | None,
    team: str | None,
    service: str | None,
    deliver: bool,
) -> None:
    """Write the report of a week: of the organisation, of a team or of a service."""
    from pipelines import windows
    from pipelines.delivering import delivering
    from pipelines.reports import weekly

    found = options.project(config, data_dir, may_lack=True)
    asked = found.configuration.report
    chosen = tuple(formats.split(",")) if formats else asked.formats
    day = windows.parse_week(week) if week else None
    if deliver and not asked.channels:
        raise click.UsageError("--deliver needs `report.channels` in drumbeat.yaml")
    others = delivering.wanted(found) if deliver else []
    scopes = wanted(asked, team, service)
    files, reports = weekly.edition(found, day, out or asked.out, chosen, scopes, others)
    for path in files:
        click.echo(path)
    if deliver:
        posted = delivering.deliver(found, reports, say)
        for one in posted:
            say(f"{one.edition} to {one.channel} ({one.kind}): {one.fate}")
        delivering.complain(posted)


def wanted(asked: "Report", team: str | None, service: str | None) -> "list[Scope]":
    """Return whose reports are to be written."""
    from pipelines.reports.choosing import EVERY
    from pipelines.reports.reading import WHOLE, Scope

    if service and team:
        raise click.UsageError("--service and --team exclude each other")
    if team or service:
        return [Scope("team", team) if team else Scope("service", service or "")]
    every = {"teams": Scope("team", EVERY), "services": Scope("service", EVERY)}
    return [every.get(one, WHOLE) for one in asked.of]


def say(text: str) -> None:
    """Tell something to whoever runs the command."""
    from pipelines.printing import printable

    click.echo(printable(text), err=True)

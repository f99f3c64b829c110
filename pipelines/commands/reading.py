"""The commands that read the published file: metrics, explain, sql, report."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options

if TYPE_CHECKING:
    from pipelines.windows import Window


def published(data_dir: Path | None) -> Path:
    """Return the published file."""
    from pipelines.publishing import current

    return current((data_dir or options.DATA) / "serving")


@click.command(epilog="Example: drumbeat metrics --service checkout --by week --json")
@options.data_dir
@click.option("--service", help="This service only.")
@click.option("--team", help="This team only.")
@click.option("--since", metavar="DAY", callback=options.day, help="First day, 2026-08-31.")
@click.option("--until", metavar="DAY", callback=options.day, help="First day left out.")
@click.option("--by", type=click.Choice(["day", "week", "month"]), help="One row a period.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def metrics(
    data_dir: Path | None,
    service: str | None,
    team: str | None,
    since: date | None,
    until: date | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Print the five metrics, by default over the last 12 whole weeks."""
    import json

    from pipelines import windows

    if service and team:
        raise click.UsageError("--service and --team exclude each other")
    with windows.published(published(data_dir)) as con:
        chosen = windows.window(con, since, until)
        rows = windows.metrics(con, chosen, by=by or "window", service=service, team=team)
    if as_json:
        click.echo(json.dumps(windows.as_json(chosen, rows, by=by or "window"), indent=1))
        return
    from pipelines.printing import metric_table

    click.echo(heading(chosen))
    click.echo(metric_table(rows, has_periods=by is not None, is_git_only=chosen.is_git_only))


def heading(chosen: "Window") -> str:
    """Say what the numbers are about, and what they can not know."""
    lines = [
        f"{chosen.since} up to {chosen.until}, {chosen.zone.key}, as of {chosen.as_of:%F %R} UTC"
    ]
    if chosen.is_demo:
        lines.append("Made-up data.")
    if chosen.is_git_only:
        lines.append("Releases are tags; failures are inferred from reverts and patch releases.")
    return "\n".join(lines)


@click.command(
    epilog="Example: drumbeat explain change_lead_time --service checkout --week 2026-W47"
)
@click.argument("metric")
@options.data_dir
@click.option("--service", help="This service only.")
@click.option("--team", help="This team only.")
@click.option("--week", metavar="WEEK", help="2026-W47.  [default: the last whole week]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    metric: str,
    data_dir: Path | None,
    service: str | None,
    team: str | None,
    week: str | None,
    as_json: bool,
) -> None:
    """Print the deployments, changes and incidents behind one number of a week."""
    from pipelines import explaining, windows

    with windows.published(published(data_dir)) as con:
        found = explaining.explain(con, metric, service=service, team=team, week=week)
    click.echo(found.as_json() if as_json else found.as_text())


@click.command(epilog="""Example: drumbeat sql "from marts.service_overview" --format csv""")
@click.argument("query")
@options.data_dir
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
    help="How rows are printed; parquet is binary, so send it to a file.",
)
def sql(query: str, data_dir: Path | None, form: str) -> None:
    """Ask the published file anything; `show tables from marts` is a start."""
    from pipelines import asking

    asking.answer(published(data_dir), query, form, sys.stdout.buffer)


@click.command(epilog="Example: drumbeat report --week 2026-W47 --out reports")
@options.project_options
@click.option("--week", metavar="WEEK", help="2026-W47.  [default: the last whole week]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder.")
@click.option("--format", "formats", help="html,md  [default: as configured]")
def report(
    config: Path | None,
    data_dir: Path | None,
    week: str | None,
    out: Path | None,
    formats: str | None,
) -> None:
    """Write the report of a week."""
    from pipelines import windows
    from pipelines.reports import weekly

    found = options.project(config, data_dir)
    asked = found.configuration.report
    chosen = tuple(formats.split(",")) if formats else asked.formats
    day = windows.parse_week(week) if week else None
    for path in weekly.write(found, day, out or Path(asked.out), chosen):
        click.echo(path)

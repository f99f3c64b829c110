"""The commands that read the published file: metrics, explain, sql, report."""

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
@click.option("--bands", is_flag=True, help="A service's levels in DORA's reports, and its scores.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def metrics(
    data_dir: Path | None,
    service: str | None,
    team: str | None,
    since: date | None,
    until: date | None,
    by: str | None,
    bands: bool,
    as_json: bool,
) -> None:
    """Print the five metrics, by default over the last 12 whole weeks."""
    import json

    from pipelines import windows

    if service and team:
        raise click.UsageError("--service and --team exclude each other")
    if bands:
        if since or until or by:
            raise click.UsageError("--bands is of the last 12 whole weeks, without --since or --by")
        levels(data_dir, service, team, as_json=as_json)
        return
    with windows.published(published(data_dir)) as con:
        chosen = windows.window(con, since, until)
        rows = windows.metrics(con, chosen, by=by or "window", service=service, team=team)
    if as_json:
        click.echo(json.dumps(windows.as_json(chosen, rows, by=by or "window"), indent=1))
        return
    from pipelines.printing import metric_table

    click.echo(heading(chosen))
    click.echo(metric_table(rows, has_periods=by is not None, is_git_only=chosen.is_git_only))


def levels(data_dir: Path | None, service: str | None, team: str | None, *, as_json: bool) -> None:
    """Print the levels and scores of one service, or why a team or the organisation has none."""
    import json

    from pipelines import banding, windows

    scope = "service" if service else "team" if team else "organisation"
    with windows.published(published(data_dir)) as con:
        found = banding.banded(con, scope, service or team or scope)
    click.echo(json.dumps(found.as_json(), indent=1) if as_json else found.as_text())


def heading(chosen: "Window") -> str:
    """Say what the numbers are about, and what they can not know."""
    from pipelines.printing import MADE_UP

    lines = [
        f"{chosen.since} up to {chosen.until}, {chosen.zone.key}, as of {chosen.as_of:%F %R} UTC"
    ]
    if chosen.is_demo:
        lines.append(MADE_UP)
    if chosen.is_git_only:
        lines.append("Releases are tags; failures are inferred from reverts and patch releases.")
    return "\n".join(lines)


@click.command(
    epilog="Example: drumbeat explain change_lead_time --service checkout --week 2026-W47"
)
@click.argument("what")
@click.argument("id", required=False)
@options.data_dir
@click.option("--service", help="This service only.")
@click.option("--team", help="This team only.")
@click.option("--week", metavar="WEEK", help="2026-W47.  [default: the last whole week]")
@click.option("--since", metavar="DAY", callback=options.day, help="First day, 2026-08-31.")
@click.option("--until", metavar="DAY", callback=options.day, help="First day left out.")
@click.option("--by", type=click.Choice(["day", "week", "month"]), help="The one --since is in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(what: str, id: str | None, data_dir: Path | None, as_json: bool, **asked: Any) -> None:
    """Print what is behind one number, or what one deployment, change or incident counts in.

    WHAT is a metric; or deployment, change or incident, and then ID is its id, a beginning of
    it, or its address.
    """
    from pipelines import explaining, tracing, windows

    found: explaining.Explanation | tracing.Trace
    chosen = {name: value for name, value in asked.items() if value}
    is_metric = what not in tracing.TABLES
    refuse(is_metric, id, chosen)
    with windows.published(published(data_dir)) as con:
        if is_metric:
            scope = {name: chosen.pop(name) for name in ("service", "team") if name in chosen}
            found = explaining.explain(con, what, days=explaining.Days(**chosen), **scope)
        else:
            found = tracing.trace(con, data_dir or options.DATA, what, id or "")
    click.echo(found.as_json() if as_json else found.as_text())


def refuse(is_metric: bool, id: str | None, chosen: Mapping[str, Any]) -> None:
    """Raise where options of `explain` exclude each other."""
    if not is_metric and not id:
        raise click.UsageError("say which one: its id, a beginning of it, or its address")
    if not is_metric and chosen:
        raise click.UsageError(f"--{next(iter(chosen))} is for metrics; an id says enough")
    if is_metric and id:
        raise click.UsageError("only deployment, change and incident have an id")
    if "service" in chosen and "team" in chosen:
        raise click.UsageError("--service and --team exclude each other")
    if "week" in chosen and {"since", "until", "by"} & chosen.keys():
        raise click.UsageError("--week excludes --since, --until and --by")
    if "until" in chosen and "by" in chosen:
        raise click.UsageError("--until excludes --by, which ends by itself")


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

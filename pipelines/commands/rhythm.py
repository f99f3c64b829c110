"""The commands about cadence: who is on rhythm, and whether a change is live."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.commands import options
from pipelines.commands.reading import published

if TYPE_CHECKING:
    from pipelines.project import Project


@click.command(epilog="Example: drumbeat cadence --json")
@options.project_options
@click.option("--backtest", is_flag=True, help="How the past would have been told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--confirm", metavar="SERVICE", help="Say that its silence is known.")
@click.option(
    "--until",
    metavar="DAY",
    callback=options.day,
    help="First day on which it is told again, 2026-12-07; today ends what was said.",
)
@click.option("--because", metavar="TEXT", help="Why it is silent, in a few words.")
@click.option("--confirmed", is_flag=True, help="List the silences that people know of.")
def cadence(
    config: Path | None,
    data_dir: Path | None,
    backtest: bool,
    as_json: bool,
    confirm: str | None,
    until: date | None,
    because: str | None,
    confirmed: bool,
) -> None:
    """Print who is on rhythm, slowing or stalled, and when each is next expected to deploy."""
    import json

    from pipelines import asking, windows
    from pipelines import cadence as found

    is_said = confirm is not None
    if not is_said and (until or because is not None):
        raise click.UsageError("--until and --because go with --confirm SERVICE")
    if is_said and (until is None or because is None):
        raise click.UsageError("--confirm wants --until DAY and --because TEXT as well")
    alone({"--confirm": is_said, "--confirmed": confirmed, "--backtest": backtest})
    alone({"--confirm": is_said, "--json": as_json})
    if confirmed or (confirm is not None and until is not None and because is not None):
        project = options.project(config, data_dir, may_lack=True)
        known(project, confirm, until, because, as_json=as_json)
        return
    with windows.published(published(data_dir)) as con:
        if backtest:
            rows = found.backtest(con)
            told = json.dumps(rows.to_dicts(), indent=1) if as_json else asking.table(rows)
        else:
            told = json.dumps(found.as_json(con), indent=1) if as_json else found.as_text(con)
    click.echo(told)


def alone(chosen: Mapping[str, bool]) -> None:
    """Raise where two are chosen of which one alone means something."""
    named = [option for option, is_chosen in chosen.items() if is_chosen]
    if len(named) > 1:
        raise click.UsageError(f"{named[0]} and {named[1]} exclude each other")


def known(
    found: "Project",
    service: str | None,
    until: date | None,
    because: str | None,
    *,
    as_json: bool,
) -> None:
    """Keep that a silence is known, if one is named, and list those that are."""
    import json
    from zoneinfo import ZoneInfo

    from pipelines import confirming, windows
    from pipelines.printing import printable
    from pipelines.publishing import current

    with windows.published(current(found.serving)) as con:
        ((as_of, zone),) = con.execute("select as_of, time_zone from config.run").fetchall()
        services = {name for (name,) in con.execute("select service from marts.cadence").fetchall()}
    today = as_of.astimezone(ZoneInfo(zone)).date()
    if service is not None and until is not None and because is not None:
        confirming.confirm(found.configuration, services, service, until, because, today)
        done = "Kept" if today < until else "Ended"
        click.echo(f"{done}; pages and reports say so after the next refresh.", err=True)
    if as_json:
        rows = [one.model_dump(mode="json") for one in confirming.known(found.configuration, today)]
        click.echo(json.dumps({"as_of": as_of.isoformat(), "rows": rows}, indent=1))
        return
    lines = [printable(line) for line in confirming.lines(found.configuration, today)]
    click.echo("\n".join(lines or ["No silence is known of."]))


@click.command(epilog="Example: drumbeat where 3f9c2ab")
@click.argument("change", metavar="SHA|PR|URL", required=False)
@options.project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--tell", metavar="CHANNEL", help="Tell this channel of drumbeat.yaml once it is live."
)
@click.option("--cancel", metavar="CHANNEL", help="Do not tell this channel of it any more.")
@click.option("--awaited", is_flag=True, help="List the changes that channels wait for.")
def where(
    change: str | None,
    config: Path | None,
    data_dir: Path | None,
    as_json: bool,
    tell: str | None,
    cancel: str | None,
    awaited: bool,
) -> None:
    """Tell whether a change is live, since when and where; else when it is expected."""
    if awaited is (change is not None) or (awaited and (tell or cancel)) or (tell and cancel):
        raise click.UsageError(
            "name a change, with --tell or --cancel if need be, or ask for --awaited alone"
        )
    if change is None:
        click.echo(waited_for(data_dir or options.DATA, as_json=as_json))
    elif cancel is not None:
        wait_no_more(data_dir or options.DATA, change, cancel)
    else:
        rows = whereabouts(change, data_dir, as_json=as_json)
        if tell is not None:
            wait_for(options.project(config, data_dir, may_lack=True), tell, rows)


def whereabouts(change: str, data_dir: Path | None, *, as_json: bool) -> list[dict[str, Any]]:
    """Print where a change is, and return it, a row each service."""
    import json

    from pipelines import locating, windows
    from sql.locating import as_text

    folder = data_dir or options.DATA
    with windows.published(published(data_dir)) as con:
        ((zone, as_of),) = con.execute("select time_zone, as_of from config.run").fetchall()
        rows = locating.locate(con, change, folder / "warehouse.duckdb")
    click.echo(json.dumps(rows, indent=1, default=str) if as_json else as_text(rows, zone, as_of))
    return rows


def waited_for(data_dir: Path, *, as_json: bool) -> str:
    """Say which changes channels wait for, and until when."""
    import json

    from pipelines.alerts.subscribing import wishes
    from pipelines.printing import aligned

    found = list(wishes(data_dir))
    if as_json:
        return json.dumps([one._asdict() for one in found], indent=1, default=str)
    lines = [[one.channel, one.service, one.change_id, f"until {one.until}"] for one in found]
    head = ["channel", "service", "change", ""]
    return aligned([head, *lines]) if lines else "No change is waited for."


def wait_no_more(data_dir: Path, change: str, channel: str) -> None:
    """Let a channel wait no longer for a change, which may be gone by now."""
    from pipelines import locating, windows
    from pipelines.alerts.subscribing import cancel
    from pipelines.commands.alerting import say
    from pipelines.errors import DrumbeatError

    try:
        with windows.published(published(data_dir)) as con:
            rows = locating.locate(con, change, data_dir / "warehouse.duckdb")
    except DrumbeatError:
        rows = []
    cancel(data_dir, channel, change.strip(), rows, say)


def wait_for(found: "Project", channel: str, rows: list[dict[str, Any]]) -> None:
    """Let a channel be told once changes are live."""
    from datetime import UTC, datetime

    from pipelines.alerts.subscribing import subscribe
    from pipelines.commands.alerting import say

    today = datetime.now(UTC).date()
    subscribe(found.configuration.alerts, found.data_dir, channel, rows, today, say)

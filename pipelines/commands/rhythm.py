"""The commands about cadence: who is on rhythm, and whether a change is live."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.commands import options
from pipelines.commands.reading import published

if TYPE_CHECKING:
    from pipelines.project import Project


@click.command(epilog="Example: drumbeat cadence --json")
@options.data_dir
@click.option("--backtest", is_flag=True, help="How the past would have been told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cadence(data_dir: Path | None, backtest: bool, as_json: bool) -> None:
    """Print who is on rhythm, slowing or stalled, and when each is next expected to deploy."""
    import json

    from pipelines import asking, windows
    from pipelines import cadence as found

    with windows.published(published(data_dir)) as con:
        if backtest:
            rows = found.backtest(con)
            told = json.dumps(rows.to_dicts(), indent=1) if as_json else asking.table(rows)
        else:
            told = json.dumps(found.as_json(con), indent=1) if as_json else found.as_text(con)
    click.echo(told)


@click.command(epilog="Example: drumbeat where 3f9c2ab")
@click.argument("change", metavar="SHA|PR|URL")
@options.project_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--tell", metavar="CHANNEL", help="Tell this channel of drumbeat.yaml once it is live."
)
def where(
    change: str, config: Path | None, data_dir: Path | None, as_json: bool, tell: str | None
) -> None:
    """Tell whether a change is live, since when and where; else when it is expected."""
    import json

    from pipelines import locating, windows
    from sql.locating import as_text

    folder = data_dir or options.DATA
    with windows.published(published(data_dir)) as con:
        ((zone,),) = con.sql("select time_zone from config.run").fetchall()
        rows = locating.locate(con, change, folder / "warehouse.duckdb")
    click.echo(json.dumps(rows, indent=1, default=str) if as_json else as_text(rows, zone))
    if tell is not None:
        wait_for(options.project(config, data_dir, may_lack=True), tell, rows)


def wait_for(found: "Project", channel: str, rows: list[dict[str, Any]]) -> None:
    """Let a channel be told once changes are live."""
    from datetime import UTC, datetime

    from pipelines.alerts.subscribing import subscribe
    from pipelines.commands.alerting import say

    today = datetime.now(UTC).date()
    subscribe(found.configuration.alerts, found.data_dir, channel, rows, today, say)

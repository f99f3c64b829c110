"""The command that tells people: alerts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError

if TYPE_CHECKING:
    from pipelines.alerts.telling import Told


@click.command(epilog="Example: drumbeat alerts --dry-run")
@options.project_options
@click.option("--dry-run", is_flag=True, help="Print what would go where; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def alerts(config: Path | None, data_dir: Path | None, dry_run: bool, as_json: bool) -> None:
    """Tell each channel what is new of its services' rhythm, once."""
    from pipelines.alerts import occasions, printing
    from pipelines.alerts.telling import Teller

    found = options.project(config, data_dir, may_lack=True)
    settings = found.configuration.alerts
    rows, occasion = occasions.read(found)
    if not settings.channels:
        say("No channel is configured; see `alerts:` in drumbeat.yaml.")
    for line in (
        *printing.known(settings, occasion.today),
        *printing.unread(occasion.unread),
    ):
        say(line)
    teller = Teller(settings, found.data_dir, say)
    told = teller.preview(rows, occasion) if dry_run else teller.tell(rows, occasion)
    if as_json:
        click.echo(printing.as_json(told, occasion.run.as_of, settings.dashboard_url))
    else:
        click.echo("\n".join(printing.lines(told, settings.dashboard_url)))
    complain(told)


def complain(told: "list[Told]") -> None:
    """Raise where something did not go."""
    if any(one.fate == "waits" for one in told):
        raise DrumbeatError("not all alerts went; what waits goes with a later run")
    if any(one.fate == "given up" for one in told):
        raise DrumbeatError("some alerts were given up, as they did not go for too long")


def say(text: str) -> None:
    """Tell something to whoever runs the command."""
    from pipelines.printing import printable

    click.echo(printable(text), err=True)

"""The command about architecture: whether a service could ship any day, and take it back."""

from pathlib import Path

import click

from pipelines.commands import options
from pipelines.commands.reading import published


@click.command(epilog="Example: drumbeat scorecard --service checkout")
@options.data_dir
@click.option("--service", help="One service, with its answers in words; else all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def scorecard(data_dir: Path | None, service: str | None, as_json: bool) -> None:
    """Answer the seven questions of deployment architecture, each with its evidence."""
    import json

    from pipelines import scorecard as found
    from pipelines import windows

    with windows.published(published(data_dir)) as con:
        if as_json:
            click.echo(json.dumps(found.as_json(con, service), indent=1))
            return
        click.echo(found.as_text(con, service))

"""The command about feature flags that wait for somebody."""

from pathlib import Path

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError


@click.command(epilog="Example: drumbeat flags --team Payments")
@options.project_options
@click.option("--team", help="Of this team alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--deliver", is_flag=True, help="Open or update the issue of each team.")
def flags(
    config: Path | None, data_dir: Path | None, team: str | None, as_json: bool, deliver: bool
) -> None:
    """Print the feature flags that are to end, by owning team, oldest first."""
    import json

    from pipelines import windows
    from pipelines.delivering import flag_queue
    from pipelines.printing import printable
    from pipelines.publishing import current

    found = options.project(config, data_dir, may_lack=True)
    settings = found.configuration.flags
    if deliver and not settings.channels:
        raise click.UsageError("--deliver needs `flags.channels` in drumbeat.yaml")
    with windows.published(current(found.serving)) as con:
        rows = flag_queue.queue(con, team)
        if deliver:
            flag_queue.refuse_another_moment(con)
    if as_json:
        click.echo(json.dumps({"rows": rows}, default=str, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(printable(line) for line in flag_queue.lines(rows)))
    if not deliver:
        return
    told = list(flag_queue.deliver(settings, rows))
    for one in told:
        said = f": {found.configuration.hidden(one.said)}" if one.said else ""
        click.echo(printable(f"{one.team} to {one.channel}: {one.fate}{said}"), err=True)
    if any(one.fate != "sent" for one in told):
        raise DrumbeatError("not all issues went; run it again")

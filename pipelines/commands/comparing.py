"""The command that holds our numbers against those of other tools."""

from datetime import date
from pathlib import Path

import click

from pipelines.commands import options
from pipelines.commands.reading import heading, published


@click.command(epilog="Example: drumbeat compare --as devlake,gitlab --service checkout")
@options.data_dir
@click.option("--as", "tools", metavar="TOOLS", help="devlake,middleware,four_keys,gitlab,datadog,"
              "pelorus  [default: all]")  # fmt: skip
@click.option("--service", help="This service only.")
@click.option("--since", metavar="DAY", callback=options.day, help="First day, 2026-08-31.")
@click.option("--until", metavar="DAY", callback=options.day, help="First day left out.")
@click.option("--by", type=click.Choice(["week", "month"]), help="Trends, with --json.")
@click.option("--rows", is_flag=True, help="Print the first rows that make the difference.")
@click.option("--explain", metavar="TOOL", help="Print all rows that make the difference to TOOL.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    data_dir: Path | None,
    tools: str | None,
    service: str | None,
    since: date | None,
    until: date | None,
    by: str | None,
    rows: bool,
    explain: str | None,
    as_json: bool,
) -> None:
    """Print what other tools would say of the same data, by default over 12 whole weeks."""
    import json

    from pipelines import comparing, windows
    from pipelines.comparing import answering

    if by and not as_json:
        raise click.UsageError("--by is told as JSON; add --json")
    chosen_tools = comparing.chosen_tools(explain or tools)
    with windows.published(published(data_dir)) as con:
        chosen = windows.window(con, since, until)
        found = comparing.compare(con, chosen, chosen_tools, service=service, by=by or "window")
        if as_json:
            answer = comparing.as_json(chosen, found)
            if explain or rows:
                answer["differences"] = answering.rows(con, chosen, chosen_tools, service)
            click.echo(json.dumps(answer, indent=1, default=str))
            return
        shown = None if explain else answering.SHOWN if rows else 0
        text = answering.text(con, chosen, chosen_tools, found, service=service, shown=shown)
    click.echo(heading(chosen))
    click.echo(text)

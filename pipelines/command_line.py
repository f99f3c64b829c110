"""The ``drumbeat`` command: what it knows, and how it ends."""

import sys
from typing import NoReturn

import click

from pipelines.commands import (
    alerting,
    architecture,
    collecting,
    comparing,
    defining,
    exporting,
    flagging,
    keeping,
    reading,
    receiving,
    reporting,
    rhythm,
    serving,
    starting,
    watching,
)
from pipelines.errors import DrumbeatError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `drumbeat demo`, or with `drumbeat try PATH` on any git clone.",
)
@click.version_option(package_name="drumbeat", message="drumbeat %(version)s")
def drumbeat() -> None:
    """Tell how steadily a software organisation ships, and whether what it ships holds."""


for command in (
    starting.demo, starting.try_, starting.init, collecting.doctor, collecting.refresh,
    collecting.rebuild, reading.metrics, reading.explain, reading.sql, reporting.report,
    rhythm.cadence, rhythm.where, architecture.scorecard, alerting.alerts, serving.dashboard,
    serving.dagster, serving.together, receiving.receive, receiving.event, watching.watch,
    comparing.compare, defining.definitions, defining.check, keeping.forget, keeping.compact,
    exporting.schema, exporting.export, flagging.flags,
):  # fmt: skip
    drumbeat.add_command(command)


def main() -> None:
    """Run the command; what the user can mend is told without a trace and exits 1."""
    try:
        drumbeat(prog_name="drumbeat")
    except DrumbeatError as error:
        complain(error)
    except BrokenPipeError:
        # Whoever read the output has had enough of it.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        complain(error)


def complain(error: Exception) -> NoReturn:
    """Say what is wrong, which may name what comes from outside, and end."""
    from pipelines.printing import printable_lines

    click.echo(printable_lines(f"drumbeat: {error}"), err=True)
    sys.exit(1)

"""The ``drumbeat`` command: what it knows, and how it ends."""

import errno
import os
import sys
from pathlib import Path
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

DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, errno.EDQUOT)


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
        complain(refused(error))


def complain(error: object) -> NoReturn:
    """Say what is wrong, which may name what comes from outside, and end."""
    from pipelines.printing import printable_lines

    click.echo(printable_lines(f"drumbeat: {error}"), err=True)
    sys.exit(1)


def refused(error: OSError) -> str:
    """Say what the system refused, and what mends it where that is known."""
    if not isinstance(error.filename, str | os.PathLike):
        return str(error)
    path = Path(error.filename)
    said = f"{path}: {error.strerror}"
    if error.errno in FULL:
        return f"{said}; make room there, then run it again. What is published is as it was."
    if error.errno not in DENIED:
        return str(error)
    if path.exists() and not os.access(path, os.R_OK):
        return f"{said}; whoever runs this must be allowed to read it"
    return (
        f"{said}; the folder {path.parent} and what lies in it must be writable for whoever runs "
        "this. Nothing in it has changed."
    )

"""What several commands take: the configuration, the data directory, moments and days."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from pipelines.project import Project
    from pipelines.settings import Run

DATA = Path("data")
Command = TypeVar("Command", bound=Callable[..., Any])

data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where landing zone, warehouse and published files are kept.  [default: data]",
)
config = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration file.  [default: ./drumbeat.yaml, else the one kept with the data]",
)


def project_options(command: Command) -> Command:
    """Add --config and --data-dir."""
    return config(data_dir(command))


def run_options(command: Command) -> Command:
    """Add --as-of, --known-at and --no-wait."""
    for option in (
        click.option("--no-wait", is_flag=True, help="Fail if another process is writing."),
        click.option(
            "--known-at",
            metavar="TIME",
            help="As it was known then: leaves out what was collected later.",
        ),
        click.option(
            "--as-of",
            metavar="TIME",
            help="Tell of this moment, not of now: 2026-11-23 (its first moment) or "
            "2026-11-23T10:40.",
        ),
    ):
        command = option(command)
    return command


def project(config: Path | None, data_dir: Path | None, *, may_lack: bool = False) -> "Project":
    """Load the project that the options name; with ``may_lack`` a source may lack its secrets."""
    from pipelines import configuration
    from pipelines.project import Project

    found = configuration.find(config, data_dir)
    return Project(configuration.load(found, may_lack=may_lack), data_dir or DATA)


def run(found: "Project", as_of: str | None, known_at: str | None) -> "Run":
    """Return the moments that the options name, now where they name none."""
    from pipelines.settings import Run

    now = datetime.now(UTC)
    zone = ZoneInfo(found.configuration.calendar.time_zone)
    told = moment("--as-of", as_of, zone) if as_of else found.default_as_of(now)
    known = moment("--known-at", known_at, zone) if known_at else now
    return Run(told, known, has_as_of=as_of is not None, has_known_at=known_at is not None)


def moment(option: str, text: str, zone: ZoneInfo) -> datetime:
    """Read a time; without an offset it is local to the calendar's zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no time; write 2026-11-23 or 2026-11-23T10:40", param_hint=option
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def day(context: click.Context, parameter: click.Parameter, text: str | None) -> date | None:
    """Read a day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day; write 2026-11-23") from error

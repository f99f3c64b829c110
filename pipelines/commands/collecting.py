"""The commands that collect and build: refresh, rebuild, doctor."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError

if TYPE_CHECKING:
    from pipelines.project import Project
    from pipelines.refreshing import Outcome

SHOWN = 5


@click.command(epilog="Example: drumbeat refresh --as-of 2026-11-23")
@options.project_options
@options.run_options
def refresh(
    config: Path | None,
    data_dir: Path | None,
    as_of: str | None,
    known_at: str | None,
    no_wait: bool,
) -> None:
    """Collect what is new, build, publish; safe to kill at any moment."""
    refreshed(options.project(config, data_dir, may_lack=True), as_of, known_at, wait=not no_wait)


@click.command(epilog="Example: drumbeat rebuild --as-of 2026-11-16 --known-at 2026-11-16")
@options.project_options
@options.run_options
def rebuild(
    config: Path | None,
    data_dir: Path | None,
    as_of: str | None,
    known_at: str | None,
    no_wait: bool,
) -> None:
    """Make the warehouse again from the landing zone alone, asking no source."""
    from pipelines import refreshing
    from pipelines.progress import Progress

    found = options.project(config, data_dir, may_lack=True)
    run = options.run(found, as_of, known_at)
    outcome = refreshing.rebuild(
        found, run, Progress(), wait=not no_wait, is_past=known_at is not None
    )
    tell(outcome, as_of)


@click.command(epilog="Example: drumbeat doctor")
@options.project_options
def doctor(config: Path | None, data_dir: Path | None) -> None:
    """Check configuration, sources and data, and say what to mend."""
    from pipelines import examining

    findings = list(examining.examine(options.project(config, data_dir, may_lack=True)))
    for finding in findings:
        click.echo(finding.text())
    if any(finding.level == "mend" for finding in findings):
        raise SystemExit(1)


def refreshed(found: "Project", as_of: str | None, known_at: str | None, *, wait: bool) -> None:
    """Refresh, say what came of it, and alert whoever is to know."""
    from pipelines import refreshing
    from pipelines.alerts import occasions
    from pipelines.commands import alerting
    from pipelines.progress import Progress

    run = options.run(found, as_of, known_at)
    outcome = refreshing.refresh(found, run, Progress(), wait=wait, is_past=known_at is not None)
    tell(outcome, as_of)
    told = occasions.after_refresh(found, alerting.say)
    complain(found, outcome)
    alerting.complain(told)


def tell(outcome: "Outcome", as_of: str | None) -> None:
    """Say what was collected and what was left out."""
    from pipelines import reaching
    from pipelines.collected import table
    from pipelines.printing import printable

    for row in outcome.rejected[:SHOWN]:
        click.echo(f"Left out: {printable(row)}", err=True)
    if len(outcome.rejected) > SHOWN:
        click.echo(
            f"Left out: {len(outcome.rejected) - SHOWN} more rows; see "
            "`drumbeat sql \"from marts.data_quality where kind = 'rejected row'\"`",
            err=True,
        )
    if outcome.collected:
        click.echo(table(outcome.collected), err=True)
    if outcome.undeployed:
        named = ", ".join(map(printable, outcome.undeployed[:SHOWN]))
        more = f" and {len(outcome.undeployed) - SHOWN} more" * (len(outcome.undeployed) > SHOWN)
        click.echo(
            f"No release or deployment is known of {named}{more}; see `drumbeat doctor`", err=True
        )
    told = f" as of {as_of}" if as_of else ""
    so_far = reaching.told(outcome.reached)
    more = f" ({so_far}, more is being read)" if so_far else ""
    click.echo(f"Published{told}{more}: {outcome.published}", err=True)


def complain(found: "Project", outcome: "Outcome") -> None:
    """Raise where a source, or a part of it, could not be read."""
    from pipelines.printing import printable
    from pipelines.refreshing import failures

    failed = [printable(line) for line in failures(found, outcome.collected)]
    if failed:
        raise DrumbeatError("\n".join(["not all was collected:", *failed]))

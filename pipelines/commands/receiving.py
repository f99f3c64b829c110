"""The commands of pushed events: receive takes them in, event tells of one."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines.commands import options
from pipelines.errors import DrumbeatError

Command = TypeVar("Command", bound=Callable[..., Any])
NOW = "now"


@click.command(epilog="Example: drumbeat receive --host 0.0.0.0 --port 8503")
@options.project_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8503,
    show_default=True,
    help="Port to listen on.",
)
@click.option("--read-only", is_flag=True, help="Take no events in; needs the data alone.")
@click.option(
    "--open-reading",
    "is_open",
    is_flag=True,
    help="Whoever reaches it may read the metrics.  [default: this machine, or who has "
    "DRUMBEAT_READ_TOKEN]",
)
def receive(
    config: Path | None, data_dir: Path | None, host: str, port: int, read_only: bool, is_open: bool
) -> None:
    """Receive events and webhooks; what is answered with 202 is on disk.

    The published metrics are read at /api/metrics, as JSON, and at /metrics, by Prometheus.
    """
    from pipelines.receiving import serving

    if read_only:
        serving.serve_reading(data_dir or options.DATA, host, port, is_open=is_open)
    else:
        serving.serve(lambda: options.project(config, data_dir), host, port, is_open=is_open)


@click.group(
    epilog='Example: drumbeat event deployment --service checkout --sha "$SHA" --status success'
)
def event() -> None:
    """Tell the receiver of something, from any script.

    DRUMBEAT_URL says where it is and DRUMBEAT_TOKEN proves who sends. While it is down, events
    wait on this machine, in the folder DRUMBEAT_SPOOL, and go with the next one.
    """


def texts(*names: str, **helps: str) -> Callable[[Command], Command]:
    """Add options that are texts, in this order."""

    def added(command: Command) -> Command:
        for name, said in reversed(helps.items()):
            option = click.option(
                f"--{name.replace('_', '-')}", required=name in names, help=said, metavar="TEXT"
            )
            command = option(command)
        return command

    return added


to = click.option("--to", metavar="URL", help="The receiver.  [default: DRUMBEAT_URL]")
strict = click.option(
    "--strict", is_flag=True, help="Fail where the event has to wait; it waits all the same."
)
common = texts(
    "service",
    service="The service, by its name or an alias.",
    environment="Where it happened.  [default: production]",
    id="Your own id of it: events of one id tell of one thing.",
    url="Where people can read more.",
)
deployed = texts(
    sha="The commit that runs now.",
    version="The version that runs now.",
    repository="owner/name of the commit's repository.",
    started_at="2026-11-23T10:35:00Z, or now.",
    finished_at="2026-11-23T10:40:00Z.  [default: now, if it is over]",
    trigger="manual or automatic.",
    strategy="rolling, blue_green, canary or recreate.",
    rolls_back_to="The earlier deployment, version or commit that runs again.",
)


def choice(*values: str, default: str) -> Callable[[Command], Command]:
    """Add --status."""
    return click.option(
        "--status", type=click.Choice(values), default=default, show_default=True, help="State."
    )


@event.command(
    epilog='Example: drumbeat event deployment --service checkout --sha "$SHA" --status success'
)
@common
@choice("success", "failure", "cancelled", "started", default="success")
@deployed
@to
@strict
def deployment(to: str | None, strict: bool, **told: str | None) -> None:
    """Tell that a deployment ended, or started."""
    tell("deployment", to, told, moment_of(told), strict=strict)


@event.command(epilog="Example: drumbeat event rollback --service checkout --version 1.41.0")
@common
@choice("success", "failure", "cancelled", "started", default="success")
@deployed
@to
@strict
def rollback(to: str | None, strict: bool, **told: str | None) -> None:
    """Tell that something that ran before runs again."""
    tell("rollback", to, told, moment_of(told), strict=strict)


@event.command(
    epilog='Example: drumbeat event incident --service checkout --id INC-7 --title "Timeouts"'
)
@common
@choice("opened", "acknowledged", "resolved", "reopened", default="opened")
@texts(
    title="What is wrong, in a few words.",
    severity="How bad it is, in your own words.",
    started_at="2026-11-23T10:52:00Z.  [default: now, if it is opened]",
    acknowledged_at="When somebody took it.  [default: now, if it is acknowledged]",
    resolved_at="When it was over.  [default: now, if it is resolved]",
    deployment_id="The deployment that caused it.",
)
@to
@strict
def incident(to: str | None, strict: bool, **told: str | None) -> None:
    """Tell that an incident was opened, acknowledged or resolved."""
    known = {"opened": "started_at", "acknowledged": "acknowledged_at", "resolved": "resolved_at"}
    status = told["status"] or "opened"
    if not told["id"] and (status != "opened" or not told["title"]):
        raise click.UsageError("--id must say which incident it is, or --title what a new one is")
    tell("incident", to, told, known.get(status), strict=strict)


@event.command(epilog='Example: drumbeat event annotation --text "Moved to another data centre"')
@texts(
    "text",
    text="What happened, in a few words.",
    service="The service that it is about.  [default: all]",
    environment="Where it happened.  [default: production]",
    id="Your own id of it: told again, it is changed.",
    url="Where people can read more.",
    started_at="2026-11-20T08:00:00Z.  [default: now]",
    finished_at="Its end, if it lasted.",
)
@click.option(
    "--freeze", is_flag=True, help="Nobody is expected to deploy in it; wants --finished-at."
)
@to
@strict
def annotation(to: str | None, strict: bool, freeze: bool, **told: str | None) -> None:
    """Tell of something that is to be seen on charts, or of a freeze."""
    if freeze and not told["finished_at"]:
        raise click.UsageError("--freeze wants --finished-at, when it ends")
    tell("annotation", to, {**told, "freeze": freeze or None}, "started_at", strict=strict)


@event.command(epilog="Example: drumbeat event flush --to https://drumbeat.example.org")
@to
def flush(to: str | None) -> None:
    """Send what waits on this machine."""
    from pipelines.telling import telling

    sender, spool = telling.reach(to, os.environ)
    _, left = telling.flush(sender, spool, say)
    if left:
        raise DrumbeatError("some events did not go; what may go later still waits")


def moment_of(told: Mapping[str, str | None]) -> str:
    """Return which time of a deployment matters."""
    return "started_at" if told["status"] == "started" else "finished_at"


def tell(
    kind: str, to: str | None, told: dict[str, Any], timed: str | None, *, strict: bool
) -> None:
    """Send an event; the time that matters is now where it is not given, wherever it waits."""
    from pipelines.telling import telling
    from pipelines.telling.sending import Told

    moment = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if timed and not told[timed]:
        told[timed] = NOW
    times = {key: moment for key, value in told.items() if key.endswith("_at") and value == NOW}
    body = {key: value for key, value in (told | times).items() if value}
    sender, spool = telling.reach(to, os.environ)
    is_told = telling.tell(sender, spool, Told(f"/events/{kind}", body), say)
    if strict and not is_told:
        raise DrumbeatError("the event did not reach the receiver")


def say(text: str) -> None:
    """Tell something to whoever runs the command."""
    click.echo(text, err=True)

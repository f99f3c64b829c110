"""Runs the receiver with uvicorn: one process, patient with nobody, ends in good order."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pipelines.errors import DrumbeatError
from pipelines.project import Project
from pipelines.receiving.app import application, read_only
from pipelines.receiving.authority import Authority, authority
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.intake import Intake
from pipelines.receiving.readers import TOKEN, Readers, is_here, readers
from pipelines.receiving.reading import Reader
from pipelines.receiving.tally import Tally

BACKLOG = 1024
CONNECTIONS = 500
HEADER_SECONDS = 10.0
IDLE_SECONDS = 5
ENDING_SECONDS = 15
SWITCH_SECONDS = 0.001
"""How long the thread that has just synced waits for its turn to say so, at most."""


class Impatient(HttpToolsProtocol):
    """Hangs up on whoever begins a request and does not come to the end of its headers."""

    timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.wait()

    def on_message_begin(self) -> None:
        """Begin to wait for the headers of the next request."""
        super().on_message_begin()
        self.wait()

    def on_headers_complete(self) -> None:
        """Wait no longer; the body has its own time."""
        self.calm()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self.calm()
        super().connection_lost(exc)

    def wait(self) -> None:
        """Give the sender a little time."""
        self.calm()
        self.timer = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def calm(self) -> None:
        """Stop the clock."""
        if self.timer:
            self.timer.cancel()
            self.timer = None


def serve(project: Callable[[], Project], host: str, port: int, *, is_open: bool = False) -> None:
    """Receive until told to stop; SIGHUP has the configuration read again by ``project``.

    ``is_open`` lets whoever reaches it read the metrics.
    """
    found = project()
    known = authority(found.configuration)
    refuse_strangers(known, host)
    allowed = readers(os.environ, is_open=is_open)
    inbox = Inbox(found.inbox)
    intake = Intake(found, inbox, say)

    def again(*_: Any) -> None:
        intake.authority = reread(project, intake.authority, host)

    signal.signal(signal.SIGHUP, again)
    app = application(intake, Reader(found.serving, allowed, intake.tally))
    run(app, host, port, f"for {told(known)}; {{}}/docs says how to send", allowed)


def serve_reading(data_dir: Path, host: str, port: int, *, is_open: bool = False) -> None:
    """Tell of the published numbers until told to stop; take nothing in."""
    allowed = readers(os.environ, is_open=is_open)
    if not (allowed.tokens or allowed.is_open or is_here(host)):
        raise DrumbeatError(
            f"--host {host} would let anybody on the network read the metrics; set {TOKEN} to let "
            "those read who have it, or --open-reading to let everybody"
        )
    app = read_only(Reader(data_dir / "serving", allowed, Tally(say)))
    run(app, host, port, "to be read only; {}/docs says how", allowed)


def run(app: ASGIApp, host: str, port: int, why: str, allowed: Readers) -> None:
    """Serve an app until told to stop; ``why`` has a place for the address."""
    # What uvicorn gives back to these once it has ended; the default would end in a signal.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: None)
    sys.setswitchinterval(SWITCH_SECONDS)
    with listening(host, port) as opened:
        where = f"http://{bracketed(host)}:{port}"
        say(f"Listening on {where} {why.format(where)}")
        say(f"The metrics may be read by {allowed.told()}: {where}/api/metrics and {where}/metrics")
        server(app).run([opened])


def listening(host: str, port: int) -> socket.socket:
    """Open the port; raises DrumbeatError where that can not be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise DrumbeatError(
            f"{bracketed(host)}:{port} can not be listened on: {error.strerror}; "
            "name another --port or --host"
        ) from error


def server(app: ASGIApp) -> uvicorn.Server:
    """Make the server."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Impatient,
            ws="none",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=ENDING_SECONDS,
        )
    )


def refuse_strangers(known: Authority, host: str) -> None:
    """Raise where anybody on the network could push events."""
    if known.is_open and not is_here(host):
        raise DrumbeatError(
            f"--host {host} would let anybody on the network push events; give the source of "
            "`kind: events` a token, or listen on 127.0.0.1"
        )


def reread(project: Callable[[], Project], known: Authority, host: str) -> Authority:
    """Read who may push again; what is wrong with the file leaves it as it was."""
    try:
        new = authority(project().configuration)
        refuse_strangers(new, host)
    except (DrumbeatError, OSError) as error:
        say(f"The configuration stays as it was: {error}")
        return known
    say(f"The configuration was read again: {told(new)}")
    return new


def bracketed(host: str) -> str:
    """Write an address as URLs do."""
    return f"[{host}]" if ":" in host else host


def told(known: Authority) -> str:
    """Say who may push."""
    if known.is_open:
        return "whoever is on this machine, since no token is configured"
    named = [f"webhooks of {name}" for name in known.hooks]
    senders = {grant.key for _, grant in known.tokens}
    return ", ".join([*named, f"{len(senders)} senders with tokens"] if senders else named)


def say(text: str) -> None:
    """Tell something to whoever runs the receiver."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {plain}", err=True)

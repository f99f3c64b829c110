"""Runs the receiver with uvicorn: one process, patient with nobody, ends in good order."""

import asyncio
import ipaddress
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pipelines.errors import DrumbeatError
from pipelines.project import Project
from pipelines.receiving.app import application
from pipelines.receiving.authority import Authority, authority
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.intake import Intake

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


def serve(project: Callable[[], Project], host: str, port: int) -> None:
    """Receive until told to stop; SIGHUP has the configuration read again by ``project``."""
    found = project()
    known = authority(found.configuration)
    refuse_strangers(known, host)
    inbox = Inbox(found.inbox)
    intake = Intake(found, inbox, say)

    def again(*_: Any) -> None:
        intake.authority = reread(project, intake.authority, host)

    # What uvicorn gives back to these once it has ended; the default would end in a signal.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: None)
    signal.signal(signal.SIGHUP, again)
    sys.setswitchinterval(SWITCH_SECONDS)
    with listening(host, port) as opened:
        where = f"http://{bracketed(host)}:{port}"
        say(f"Listening on {where} for {told(known)}; {where}/docs says how to send")
        server(intake).run([opened])


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


def server(intake: Intake) -> uvicorn.Server:
    """Make the server."""
    return uvicorn.Server(
        uvicorn.Config(
            application(intake),
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


def is_here(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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

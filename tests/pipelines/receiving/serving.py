"""A receiver in this process on a free port, and a client that says just what it is told to."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from starlette.types import ASGIApp

from pipelines.configuration import parse
from pipelines.project import Project
from pipelines.receiving.app import application
from pipelines.receiving.inbox import Inbox
from pipelines.receiving.intake import Intake
from pipelines.receiving.readers import Readers
from pipelines.receiving.reading import Reader
from pipelines.receiving.segments import Segment
from pipelines.receiving.serving import server

TOKENS = {
    "CI_TOKEN": "ci-token-of-the-tests",
    "NEXT_TOKEN": "ci-token-of-tomorrow",
    "SHOP_TOKEN": "token-of-one-service",
    "HOOK_TOKEN": "token-of-one-format",
    "SLOW_TOKEN": "token-of-a-slow-sender",
    "GITHUB_TOKEN": "token-for-reading",
    "GITHUB_WEBHOOK_SECRET": "secret-of-the-webhook",
}
SENDERS: list[dict[str, Any]] = [
    {"name": "ci", "token": ["${CI_TOKEN}", "${NEXT_TOKEN}"], "rate": 100_000},
    {"name": "shop", "token": "${SHOP_TOKEN}", "services": ["checkout", "search-*"]},
    {"name": "hooks", "token": "${HOOK_TOKEN}", "formats": ["alertmanager", "launchdarkly"]},
    {"name": "slow", "token": "${SLOW_TOKEN}", "rate": 0.2},
]
SOURCES: list[dict[str, Any]] = [
    {"kind": "events", "tokens": SENDERS},
    {
        "kind": "github",
        "token": "${GITHUB_TOKEN}",
        "repositories": "acme/shop",
        "webhook_secrets": "${GITHUB_WEBHOOK_SECRET}",
    },
]
SERVICES: list[dict[str, Any]] = [
    {"name": "checkout", "aliases": ["checkout-api"]},
    {"name": "payments", "aliases": ["search-payments"]},
]


def project(
    folder: Path,
    sources: list[dict[str, Any]] | None = None,
    services: list[dict[str, Any]] | None = None,
) -> Project:
    """Return a project whose sources receive events."""
    settings = {"sources": SOURCES if sources is None else sources}
    settings["services"] = SERVICES if services is None else services
    return Project(parse(yaml.safe_dump(settings), folder / "drumbeat.yaml"), folder / "data")


HERE = Readers()


@dataclass
class Client:
    """Sends requests to a receiver."""

    port: int
    intake: Intake
    found: Project
    said: list[str]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = TOKENS["CI_TOKEN"],
    ) -> "Answer":
        """Send one request; a body that is no text or bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes | str):
            body = json.dumps(body)
        told = {"Content-Type": "application/json", **(headers or {})}
        if token:
            told.setdefault("Authorization", f"Bearer {token}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, {k: v for k, v in told.items() if v})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.headers))
        finally:
            connection.close()

    def post(self, path: str, body: Any, **settings: Any) -> "Answer":
        """Post."""
        return self.ask("POST", path, body, **settings)

    def open(self) -> socket.socket:
        """Open a connection to write to by hand."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@contextmanager
def running(
    found: Project, opened: type[Segment] | Any = Segment, allowed: Readers = HERE
) -> Iterator[Client]:
    """Run a receiver for a while."""
    said: list[str] = []
    intake = Intake(found, Inbox(found.inbox, opened), said.append)
    app = application(intake, Reader(found.serving, allowed, intake.tally))
    with listening(app) as port:
        yield Client(port, intake, found, said)


@contextmanager
def listening(app: ASGIApp) -> Iterator[int]:
    """Serve an app on a free port for a while."""
    opened = socket.create_server(("127.0.0.1", 0))
    made = server(app)
    thread = threading.Thread(target=made.run, args=([opened],))
    thread.start()
    try:
        while not made.started:
            assert thread.is_alive()
            thread.join(0.01)
        yield opened.getsockname()[1]
    finally:
        made.should_exit = True
        thread.join(20)
        opened.close()
    assert not thread.is_alive()

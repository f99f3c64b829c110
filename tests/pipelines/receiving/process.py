"""`drumbeat receive` as a process of its own, and senders that keep it busy."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.pipelines.receiving.serving import SENDERS, TOKENS

ROOT = Path(__file__).parents[3]


@dataclass
class Process:
    """A running receiver."""

    popen: "subprocess.Popen[str]"
    port: int
    folder: Path
    heading: str

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return how the process ended and what it said."""
        self.popen.send_signal(number)
        _, said = self.popen.communicate(timeout=60)
        return self.popen.returncode, said


def configured(folder: Path, **settings: object) -> Path:
    """Write a configuration with one source of events."""
    path = folder / "drumbeat.yaml"
    sources = [{"kind": "events", "tokens": SENDERS}]
    path.write_text(yaml.safe_dump({"sources": sources, **settings}))
    return path


def command(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start ``drumbeat`` on the folder's configuration and data."""
    where = ["--config", str(folder / "drumbeat.yaml"), "--data-dir", str(folder / "data")]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "pipelines", *words, *where],
        env={**os.environ, **TOKENS, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def receiving(folder: Path, *words: str) -> Iterator[Process]:
    """Run a receiver on a free port; whatever is left of it is killed in the end."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with command(folder, "receive", "--port", str(port), *words) as popen:
        try:
            assert popen.stderr
            heading = popen.stderr.readline()
            assert re.search("Listening", heading), heading + popen.stderr.read()
            wait(port, popen)
            yield Process(popen, port, folder, heading)
        finally:
            popen.kill()
            popen.communicate()


def wait(port: int, popen: "subprocess.Popen[str]") -> None:
    """Return once the receiver answers."""
    while popen.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            threading.Event().wait(0.02)
        finally:
            connection.close()


@dataclass
class Load:
    """Senders that send one event after the other until the receiver is gone or they are told."""

    port: int
    threads: int = 8
    acknowledged: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    is_over: threading.Event = field(default_factory=threading.Event)
    running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self.running = [
            threading.Thread(target=self.send, args=(number,)) for number in range(self.threads)
        ]
        for thread in self.running:
            thread.start()

    def stop(self) -> None:
        """End."""
        self.is_over.set()
        for thread in self.running:
            thread.join(30)

    def send(self, number: int) -> None:
        """Send events that tell their own ids, and note those that were acknowledged."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {TOKENS['CI_TOKEN']}",
        }
        turn = 0
        while not self.is_over.is_set():
            turn += 1
            event = {"service": "checkout", "id": f"{number}-{turn}"}
            try:
                key = {"Idempotency-Key": f"{number}-{turn}"}
                connection.request("POST", "/events/deployment", json.dumps(event), headers | key)
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
                return
            self.statuses.add(answer.status)
            if answer.status == 202:
                self.acknowledged += told["ids"]
        connection.close()

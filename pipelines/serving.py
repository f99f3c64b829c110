"""What `drumbeat serve` runs together: dashboard, receiver, schedules, and a first refresh."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from pipelines.configuration.clusters import KubernetesSource
from pipelines.configuration.receiving import EventsSource
from pipelines.errors import DrumbeatError, NothingPublished
from pipelines.orchestration import launching
from pipelines.project import Project
from pipelines.publishing import current
from pipelines.receiving.authority import all_hooks
from pipelines.receiving.serving import say
from pipelines.supervising import Part, keep, signalled


@dataclass(frozen=True, slots=True)
class Places:
    """Where each part listens; the pages of the schedules are for this machine alone."""

    host: str
    dashboard: int
    receiver: int
    schedules: int

    def ports(self) -> Mapping[str, tuple[str, int]]:
        """Return address and port of each part."""
        return {
            "dashboard": (self.host, self.dashboard),
            "receiver": (self.host, self.receiver),
            "schedules": ("127.0.0.1", self.schedules),
        }


def serve(
    project: Project, config: Path, places: Places, dashboard: list[str], kept: Mapping[str, str]
) -> None:
    """Run all parts until told to stop; ``dashboard`` is its command and ``kept`` its variables."""
    refuse_taken(places)
    parts = [*made(project, config, places, dashboard, kept)]
    stop, receiver = Event(), next(part for part in parts if part.name == "receiver")
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    # Whoever may push is read again, as the receiver alone does it.
    signal.signal(signal.SIGHUP, lambda *_: signalled(receiver, signal.SIGHUP, is_alone=True))
    for name, (host, port) in places.ports().items():
        say(f"{name}: http://{'localhost' if host == '127.0.0.1' else host}:{port}")
    keep(parts, stop, say)
    say("All parts have ended.")


def made(
    project: Project, config: Path, places: Places, dashboard: list[str], kept: Mapping[str, str]
) -> Iterator[Part]:
    """Yield the parts; where nothing is published yet, a first refresh as well."""
    data_dir = project.data_dir.absolute()
    ours = [sys.executable, "-m", "pipelines"]
    named = ["--config", str(config.absolute()), "--data-dir", str(data_dir)]
    own = {**os.environ, "PYTHONPATH": path(), "PYTHONUNBUFFERED": "1"}
    receive = [*ours, "receive", "--host", places.host, "--port", str(places.receiver)]
    reads_only = [*receive, "--data-dir", str(data_dir), "--read-only"]
    yield Part("dashboard", dashboard, {**own, **kept})
    yield Part("receiver", [*receive, *named] if takes_in(project) else reads_only, own)
    if any(
        isinstance(one, KubernetesSource) and one.watch for one in project.configuration.sources
    ):
        yield Part("watch", [*ours, "watch", *named], own)
    known = launching.environment(config, data_dir)
    begun = {**known, "PYTHONPATH": path(), launching.RUNNING: "running"}
    yield Part("schedules", launching.command(places.schedules), begun)
    try:
        current(project.serving)
    except NothingPublished:
        yield Part("refresh", [*ours, "refresh", *named], own, is_once=True)


def takes_in(project: Project) -> bool:
    """Tell whether anybody may push events; else the receiver only tells of the numbers."""
    sources = project.configuration.sources
    return any(isinstance(one, EventsSource) for one in sources) or any(
        all_hooks(project.configuration)
    )


def path() -> str:
    """Return where Python finds our packages, from any working directory."""
    return os.pathsep.join([str(launching.ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def refuse_taken(places: Places) -> None:
    """Raise where a port is taken, before anything is started."""
    for name, (host, port) in places.ports().items():
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            option = {"dashboard": "--port"}.get(name, f"--{name}-port")
            raise DrumbeatError(
                f"{host}:{port} can not be listened on by the {name}: {error.strerror}; "
                f"name another one with {option}"
            ) from error

"""Collects all sources side by side into the landing zone, one source entity by entity."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, Queue
from threading import Event, Lock, Thread

from connectors import Connector, Failure, SourceError
from pipelines import retention
from pipelines.collected import Collected, collected
from pipelines.collecting import FLUSH_SECONDS, Collection
from pipelines.configuration import AnySource
from pipelines.landing import Landing, run_names
from pipelines.progress import Progress, Task
from pipelines.project import Project

PARALLEL = 8


@dataclass(slots=True)
class Gathering:
    """All sources on their way into the landing zone, each in a thread of its own.

    The threads are daemons: an interrupted command ends at once, however long a source waits for
    its quota. What it had not flushed is read again next time.
    """

    project: Project
    landing: Landing
    task: Task
    stopped: Event = field(default_factory=Event)
    found: dict[str, Collected] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)
    active: list[Collection] = field(default_factory=list)
    landed: int = 0
    lock: Lock = field(default_factory=Lock)
    waiting: "Queue[AnySource]" = field(default_factory=Queue)
    threads: list[Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start as many threads as there are sources, within reason."""
        sources = self.project.configuration.sources
        for source in sources:
            self.waiting.put(source)
        self.threads = [
            Thread(target=self.work, daemon=True) for _ in range(min(PARALLEL, len(sources)))
        ]
        for thread in self.threads:
            thread.start()

    def work(self) -> None:
        """Collect one source after the other until none is left."""
        while not self.stopped.is_set():
            try:
                source = self.waiting.get_nowait()
            except Empty:
                return
            try:
                found = self.one(source)
                with self.lock:
                    self.found[source.name] = found
                self.task.advance()
            except BaseException as error:
                self.errors.append(error)

    def one(self, source: AnySource) -> Collected:
        """Collect one source, entity by entity; one that fails stops no other."""
        try:
            connector = self.project.connector(source)
        except SourceError as error:
            return Collected(source.name, failures=(Failure("", "", error),))
        parts = []
        for entity in connector.entities:
            if self.stopped.is_set():
                break
            with self.collecting(source, entity) as part:
                part.run(connector, self.task.count)
            parts.append(part)
        return collected(source.name, parts)

    @contextmanager
    def collecting(self, source: AnySource, entity: str) -> Iterator[Collection]:
        """Let others flush a collection while it runs."""
        part = begun(self.project, source, entity, self.stopped)
        with self.lock:
            self.active.append(part)
        try:
            yield part
        finally:
            with self.lock:
                self.active.remove(part)
                self.landed += part.landed

    def is_running(self, seconds: float) -> bool:
        """Wait so long at most; tell whether anything is still being collected then."""
        until = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, until - time.monotonic()))
        return any(thread.is_alive() for thread in self.threads)

    def flush(self) -> int:
        """Land what connectors told so far; return how much is new since the beginning."""
        with self.lock:
            active = list(self.active)
        for part in active:
            part.flush()
        with self.lock:
            return self.landed + sum(part.landed for part in self.active)

    def stop(self) -> None:
        """Let nothing be written any more, once what is being written is."""
        self.stopped.set()
        with self.lock:
            active = list(self.active)
        for part in active:
            with part.lock:
                pass

    def all(self) -> list[Collected]:
        """Return what became of each source, in the order of the configuration."""
        if self.errors:
            raise self.errors[0]
        return [self.found[source.name] for source in self.project.configuration.sources]


def collect(
    project: Project,
    progress: Progress,
    early: Callable[[], None] | None = None,
    early_seconds: float = 600.0,
) -> list[Collected]:
    """Collect all sources; while that lasts call ``early`` now and then, if anything is new."""
    landing = project.landing
    landing.sweep()
    with progress.task("Collecting", len(project.configuration.sources)) as task:
        gathering = Gathering(project, landing, task)
        try:
            gathering.start()
            told, due = 0, time.monotonic() + early_seconds
            while gathering.is_running(min(FLUSH_SECONDS, max(0.0, due - time.monotonic()))):
                landed = gathering.flush()
                if time.monotonic() >= due:
                    if early and landed > told:
                        told = landed
                        early()
                    due = time.monotonic() + early_seconds
        finally:
            gathering.stop()
        return gathering.all()


def begun(project: Project, source: AnySource, entity: str, stopped: Event) -> Collection:
    """Return the collection of one entity of one source."""
    landing, now = project.landing, datetime.now(UTC)
    kept_since = retention.limit(retention.limits(project.configuration, now), source.name, entity)
    names = run_names(landing, source.name, now)
    return Collection(landing, source.name, entity, names, stopped=stopped, kept_since=kept_since)


def collect_entity(
    project: Project, source: AnySource, connector: Connector, entity: str
) -> Collected:
    """Collect one entity of one source."""
    part = begun(project, source, entity, Event())
    part.run(connector, lambda count: None)
    return collected(source.name, [part])

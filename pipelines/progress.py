"""Says how far a command is: bars on a terminal, plain lines elsewhere, all on stderr."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

QUIET_SECONDS = 2.0


class Task(Protocol):
    """One stage of a command."""

    def advance(self) -> None:
        """Say that one of the stage's parts is done."""

    def count(self, records: int) -> None:
        """Say that so many records were read."""


@dataclass(slots=True)
class Progress:
    """Tells the user of the stages; only one runs at a time."""

    is_terminal: bool = field(default_factory=lambda: sys.stderr.isatty())

    def say(self, text: str) -> None:
        """Print one line, without what a terminal would obey."""
        from pipelines.printing import printable_lines

        print(printable_lines(text), file=sys.stderr, flush=True)

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Task]:
        """Show one stage of ``total`` parts."""
        if self.is_terminal:
            with bar(title, total) as task:
                yield task
            return
        task = Lines(title, total)
        yield task
        task.end()


class Quiet(Progress):
    """Tells of no stage, for what is done while another stage is shown."""

    @contextmanager
    def task(self, title: str, total: int) -> Iterator[Task]:
        """Keep quiet about a stage."""
        yield Lines(title, total, told=inf)


@dataclass(slots=True)
class Lines:
    """A stage in plain lines: at most one every few seconds, and one at the end."""

    title: str
    total: int
    done: int = 0
    records: int = 0
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """Say that one of the stage's parts is done."""
        with self.lock:
            self.done += 1
            self.tell()

    def count(self, records: int) -> None:
        """Say that so many records were read."""
        with self.lock:
            self.records += records
            self.tell()

    def tell(self) -> None:
        """Print a line when the last one is old enough."""
        now = time.monotonic()
        if now - self.told >= QUIET_SECONDS:
            self.told = now
            print(f"{self.title}: {self.state()}{self.left(now)}", file=sys.stderr, flush=True)

    def state(self) -> str:
        """Say how much is done."""
        records = f", {self.records:,} records read" if self.records else ""
        return f"{self.done} of {self.total}{records}"

    def left(self, now: float) -> str:
        """Say how long the rest may take."""
        if not self.done:
            return ""
        return f", about {(now - self.began) / self.done * (self.total - self.done):.0f} s left"

    def end(self) -> None:
        """Print the line of the end."""
        seconds = time.monotonic() - self.began
        print(f"{self.title}: {self.state()} in {seconds:.1f} s", file=sys.stderr, flush=True)


@contextmanager
def bar(title: str, total: int) -> Iterator[Task]:
    """Show a stage as a bar with counts and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[records]}"),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as shown:
        yield Bar(shown, shown.add_task(title, total=total, records=""))


@dataclass(slots=True)
class Bar:
    """A stage as a bar."""

    shown: "object"
    number: "object"
    records: int = 0

    def advance(self) -> None:
        """Say that one of the stage's parts is done."""
        self.shown.advance(self.number)  # type: ignore[attr-defined]

    def count(self, records: int) -> None:
        """Say that so many records were read."""
        self.records += records
        self.shown.update(self.number, records=f"{self.records:,} records")  # type: ignore[attr-defined]

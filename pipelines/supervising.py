"""Keeps several programs running as one: starts them, starts again what dies, ends them all."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import IO

from pipelines.errors import DrumbeatError

QUICK_SECONDS = 60.0
"""What ends sooner than this after its start counts as a start in vain."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Before each new start in vain; after the last all is stopped."""
ENDING_SECONDS = 25.0
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LOOK_SECONDS = 0.2
Say = Callable[[str], None]


@dataclass(slots=True)
class Part:
    """One program of the tree; one that is once runs to its end and is not started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_once: bool = False
    pauses: Sequence[float] = PAUSES
    patience: float = ENDING_SECONDS
    process: subprocess.Popen[str] | None = None
    began: float = 0.0
    vain: int = 0
    due: float | None = field(default=0.0)

    def start(self, say: Say) -> None:
        """Start the program in a session of its own, and pass on what it says."""
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.began, self.due = time.monotonic(), None
        passing = (self.process.stdout, self.name, say)
        Thread(target=passed_on, args=passing, daemon=True).start()


def passed_on(out: IO[str], name: str, say: Say) -> None:
    """Say each line of a program, led by its name."""
    with out:
        for line in out:
            if line.strip():
                say(f"{name} | {COLOUR.sub('', line).rstrip()}")


def keep(parts: Sequence[Part], stop: Event, say: Say) -> None:
    """Run all parts until ``stop``; raises DrumbeatError where one dies again and again.

    However it ends, no part outlives it.
    """
    try:
        while not stop.is_set():
            for part in parts:
                look(part, say)
            stop.wait(LOOK_SECONDS)
    finally:
        end(parts, say)


def look(part: Part, say: Say) -> None:
    """Start a part whose time has come, or see what became of it."""
    if part.due is not None:
        if time.monotonic() >= part.due:
            part.start(say)
        return
    code = part.process.poll() if part.process else None
    if code is None or (part.is_once and part.process is None):
        return
    if part.is_once:
        part.process = None
        if code:
            say(f"{part.name} failed: {told(code)}; the rest goes on")
        return
    died(part, code, say)


def died(part: Part, code: int, say: Say) -> None:
    """Plan another start after a pause that grows, or give up."""
    lived = time.monotonic() - part.began
    part.vain = part.vain + 1 if lived < QUICK_SECONDS else 1
    if part.vain > len(part.pauses):
        raise DrumbeatError(
            f"{part.name} {told(code)}, {len(part.pauses)} more starts did not help, so "
            "all is stopped; what it said is above"
        )
    pause = part.pauses[part.vain - 1]
    say(f"{part.name} {told(code)} after {lived:.0f} s; it is started again in {pause:.0f} s")
    part.due = time.monotonic() + pause


def told(code: int) -> str:
    """Say how a program ended."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def end(parts: Sequence[Part], say: Say) -> None:
    """Ask every part to end, wait, and end what does not."""
    running = [part for part in parts if part.process and part.process.poll() is None]
    for part in running:
        signalled(part, signal.SIGTERM, is_alone=True)
    begun = time.monotonic()
    for part in running:
        if part.process is not None:
            with suppress(subprocess.TimeoutExpired):
                part.process.wait(max(begun + part.patience - time.monotonic(), 0.1))
            if part.process.poll() is None:
                say(f"{part.name} did not end by itself")
        # What it started may outlive it.
        signalled(part, signal.SIGKILL)
        if part.process is not None:
            part.process.wait()


def signalled(part: Part, sign: signal.Signals, *, is_alone: bool = False) -> None:
    """Send a signal to a part, or to all that it started as well."""
    if part.process is not None:
        with suppress(ProcessLookupError):
            (os.kill if is_alone else os.killpg)(part.process.pid, sign)

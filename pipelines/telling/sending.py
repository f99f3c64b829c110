"""Sends one event to the receiver, and tells what became of it."""

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import IO, Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

from pipelines.errors import DrumbeatError

TRIES = 3
SECONDS = 10.0
MOST_WAIT = 10.0
LATER = {408, 425, 429, 500, 502, 503, 504}
"""Answers that may be others in a while."""

Fate = Literal["accepted", "refused", "unknown sender", "unreachable"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event, and why."""

    fate: Fate
    said: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One event on its way; its ``id`` is the same however often it is sent."""

    path: str
    body: Mapping[str, Any]
    id: str = field(default_factory=lambda: str(uuid4()))


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer: followed, a POST would become a GET and nothing be told."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Follow nothing."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A receiver's address, and what proves who sends."""

    url: str
    token: str = ""
    tries: int = TRIES
    seconds: float = SECONDS
    sleep: Callable[[float], None] = time.sleep

    def send(self, event: Told) -> Outcome:
        """Send an event; try again for a while where that may help."""
        outcome = Outcome("unreachable")
        for number in range(1, self.tries + 1):
            outcome, wait = self.once(event)
            if outcome.fate != "unreachable" or number == self.tries:
                break
            self.sleep(min(MOST_WAIT, wait or random.uniform(0.5, 1.0) * 2 ** (number - 1)))
        return outcome

    def once(self, event: Told) -> tuple[Outcome, float]:
        """Send an event once; also return how long the receiver asks to wait."""
        request = urllib.request.Request(
            f"{self.url}{event.path}",
            data=json.dumps(event.body, sort_keys=True).encode(),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": event.id,
                "User-Agent": "drumbeat",
            },
            method="POST",
        )
        if self.token:
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        opener = urllib.request.build_opener(NoRedirects)
        try:
            with opener.open(request, timeout=self.seconds) as answer:
                return answered(answer.status, answer.read(100_000)), 0.0
        except urllib.error.HTTPError as error:
            with error:
                told = error.headers.get("Retry-After", "")
                wait = float(told) if told.isdecimal() else 0.0
                return answered(error.code, error.read(100_000)), wait
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            return Outcome("unreachable", f"{self.url} can not be reached: {reason}"), 0.0


def answered(status: int, body: bytes) -> Outcome:
    """Read an answer."""
    said = f"the receiver answered {status}: {reason(body)}"
    if status == 202:
        return Outcome("accepted")
    if status in LATER:
        return Outcome("unreachable", said)
    if status in (401, 403):
        return Outcome("unknown sender", f"{said}; look at DRUMBEAT_TOKEN")
    if status in (400, 413, 415):
        return Outcome("refused", said)
    return Outcome("unknown sender", f"{said}; is this the address of `drumbeat receive`?")


def reason(body: bytes) -> str:
    """Return what an answer says is wrong, on one line."""
    try:
        told = json.loads(body)
        said = f"{told['field']}: {told['error']}" if told.get("field") else str(told["error"])
    except (ValueError, LookupError, TypeError, AttributeError):
        said = body.decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in said)[:300].strip()


def address(url: str) -> str:
    """Check a receiver's address; raises DrumbeatError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise DrumbeatError(
            f"{parts.hostname or url!r} is no address of a receiver; set DRUMBEAT_URL or --to, "
            "such as https://drumbeat.example.org"
        )
    return url.rstrip("/")

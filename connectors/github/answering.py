"""What GitHub's server sends: an answer, its time, and what it says of limits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.github.judging import limit, said
from connectors.github.troubles import Broken, Limited, TooHeavy

Headers = Mapping[str, str]
TOO_HEAVY = {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "SERVICE_UNAVAILABLE"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered; ``data`` is null where nothing changed, or nothing is there."""

    data: Any
    asked_at: datetime
    headers: Headers = field(default_factory=dict)
    status: int = 200
    errors: Sequence[Mapping[str, Any]] = ()


@dataclass(slots=True)
class Size:
    """How many things a page holds; GitHub may not manage as many as it allows."""

    now: int

    def halve(self) -> None:
        """Ask for half as many from now on."""
        self.now = max(1, self.now // 2)


def check_load(error: Mapping[str, Any], headers: Headers) -> None:
    """Raise what a GraphQL error says of limits and of queries that are too much."""
    kind, told = error.get("type"), said(error)
    if kind == "RATE_LIMITED" or "rate limit" in told.lower():
        raise Limited(limit(headers, told) or 60.0)
    if kind in TOO_HEAVY or (kind is None and "Something went wrong" in told):
        raise TooHeavy(f"the query was too much for it ({told})")


def loaded(text: str) -> Any:
    """Return JSON; half-sent text is no answer."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Broken("it sent no JSON, or half of it") from error


def mapping(text: str) -> dict[str, Any]:
    """Return an error's JSON; a proxy's page is none."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    message = found.get("message") if isinstance(found, dict) else None
    return {"message": message} if isinstance(message, str) else {}


def asked_at(headers: Headers) -> datetime:
    """Return the server's time of an answer; ours where it tells none."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)

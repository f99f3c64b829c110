"""What an error of GitLab means: wait and try again, or mend something first."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import requests

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.hosts.asking import Wait

SCOPES: Final = "the scopes read_api and read_repository, and the role Reporter or higher"
PASSING: Final = re.compile(
    r"timed? ?out|internal server error|something went wrong|try again", re.IGNORECASE
)
LATER: Final = (408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530)


class Broken(Exception):
    """The answer came, but is not what the API promises."""


class GraphQLRefused(Exception):
    """GraphQL answered with errors in place of data."""


class TooMuch(SourceUnavailable):
    """GitLab says that one query asks for too much at once."""


class Missing(SourceMisconfigured):
    """There is no such thing, or the credentials may not know of it."""


class Forbidden(SourceMisconfigured):
    """The credentials may not see this."""


class Unknown(SourceMisconfigured):
    """The credentials were refused."""


class Refused(Exception):
    """GitLab answered with an error's status."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"{status}: {text}"[:500])
        self.status = status
        self.text = text[:300]
        self.headers = headers


def judge(error: Exception, what: str) -> Wait | SourceError | None:
    """Say what an error means."""
    if isinstance(error, Refused):
        return refused(error, what)
    if isinstance(error, Broken):
        return Wait(str(error))
    if isinstance(error, GraphQLRefused):
        return graphql_refused(str(error), what)
    if isinstance(error, requests.exceptions.SSLError):
        return SourceMisconfigured(
            f"GitLab, {what}: its certificate can't be trusted; name your company's authority as "
            "`ca` of the source"
        )
    if isinstance(error, requests.exceptions.Timeout):
        return Wait("it did not answer in time")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.TooManyRedirects):
        return SourceMisconfigured(f"GitLab, {what}: the address leads nowhere: mend `url`")
    if isinstance(error, requests.exceptions.RequestException):
        return Wait("the connection failed or broke")
    return None


def refused(error: Refused, what: str) -> Wait | SourceError:
    """Say what an error's status means."""
    status, text = error.status, error.text
    if status == 429:
        return Wait("it asks to slow down", seconds_from(error.headers), is_limit=True)
    if status == 503 and "less complex" in text:
        return TooMuch(f"GitLab, {what}: {text}")
    if status in LATER:
        return Wait(f"it answered {status}", retry_after(error.headers))
    if status == 401:
        return Unknown(
            f"GitLab, {what}: the token was refused (401): it is wrong, expired or revoked, or "
            f"lacks scopes; make one with {SCOPES}"
        )
    if status == 403 and ("scope" in text or "higher privileges" in text):
        return Forbidden(f"GitLab, {what}: the token lacks a scope ({text}); it needs {SCOPES}")
    if status == 403:
        return Forbidden(f"GitLab, {what}: the token may not see this (403); it needs {SCOPES}")
    if status == 404:
        return Missing(
            f"GitLab, {what}: there is nothing of that name, or the token may not see it (404); "
            f"mend the name, or give the token's owner access: it needs {SCOPES}"
        )
    if 300 <= status < 400 or not status:
        return SourceMisconfigured(f"GitLab, {what}: it sends on elsewhere: mend `url` ({text})")
    return SourceUnavailable(f"GitLab, {what}: it answered {status}: {text}")


def graphql_refused(text: str, what: str) -> Wait | SourceError:
    """Say what the errors of a GraphQL answer mean."""
    if re.search(r"too many (times|requests)|rate limit", text, re.IGNORECASE):
        return Wait("it asks to slow down", None, is_limit=True)
    if not text or PASSING.search(text):
        return Wait(f"GraphQL failed: {text or 'it sent no data'}")
    return SourceUnavailable(
        f"GitLab, {what}: GraphQL refuses the query: {text}. GitLab 16 or newer is needed"
    )


def seconds_from(headers: Mapping[str, str]) -> float | None:
    """Return after how long a limit ends: Retry-After, else the reset less the server's now."""
    told = retry_after(headers)
    reset = headers.get("RateLimit-Reset", "")
    if told is not None or not reset.isdigit():
        return told
    return max(0.0, int(reset) - now_of(headers).timestamp())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After says, as a number or as a date."""
    text = headers.get("Retry-After", "").strip()
    if not text or text.isdigit():
        return float(text) if text else None
    try:
        return max(0.0, (parsedate_to_datetime(text) - now_of(headers)).total_seconds())
    except (ValueError, TypeError):
        return None


def now_of(headers: Mapping[str, str]) -> datetime:
    """Return the server's own now."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return datetime.now(UTC)

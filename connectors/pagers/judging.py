"""What went wrong with a call to a pager's API means: wait and try again, or mend something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.hosts.asking import Wait

Body = Mapping[str, Any]
LATER: Final = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530})
# Smaller numbers are seconds to go, larger ones a moment since 1970.
LONGEST_RESET: Final = 10**7


class Broken(Exception):
    """No answer came, or none that the API promises: worth another try."""


class Untrusted(Exception):
    """The server's certificate can't be trusted."""


class Unknown(SourceMisconfigured):
    """The credentials were refused."""


class Forbidden(SourceMisconfigured):
    """The credentials may not see this."""


class Missing(SourceMisconfigured):
    """There is no such thing, or the credentials may not know of it."""


class Rejected(SourceUnavailable):
    """The API refuses what it was asked."""


class Refused(Exception):
    """The API answered with an error's status."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"{status}: {text}"[:500])
        self.status = status
        self.text = text[:300]
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows of one tool what it is called and what its token needs."""

    name: str
    needs: str

    def __call__(self, error: Exception, what: str) -> Wait | SourceError | None:
        """Say what an error means."""
        if isinstance(error, Refused):
            return self._refused(error, what)
        if isinstance(error, Broken):
            return Wait(str(error))
        if isinstance(error, Untrusted):
            return SourceMisconfigured(
                f"{self.name}, {what}: its certificate can't be trusted; name your company's "
                "authority as `ca` of the source"
            )
        return None

    def _refused(self, error: Refused, what: str) -> Wait | SourceError:
        status, said = error.status, f" ({error.text})" if error.text else ""
        if status == 429:
            return Wait("it asks to slow down", seconds_from(error.headers), is_limit=True)
        if status in LATER:
            return Wait(f"it answered {status}", retry_after(error.headers))
        if status == 401:
            return Unknown(
                f"{self.name}, {what}: the token was refused (401): it is wrong, expired or "
                f"revoked, or of another region; it needs to be {self.needs}{said}"
            )
        if status in (402, 403):
            return Forbidden(
                f"{self.name}, {what}: the token may not see this ({status}); it needs to be "
                f"{self.needs}{said}"
            )
        if status == 404:
            return Missing(
                f"{self.name}, {what}: there is nothing of that name, or the token may not see it "
                f"(404): mend `url` or the name; the token needs to be {self.needs}"
            )
        if 300 <= status < 400:
            return SourceMisconfigured(
                f"{self.name}, {what}: it sends on elsewhere ({status}): mend `url`"
            )
        return Rejected(f"{self.name}, {what}: it answered {status}{said}")


def seconds_from(headers: Mapping[str, str]) -> float | None:
    """Return after how long a limit ends, as whichever header there is says it."""
    told = retry_after(headers)
    if told is not None:
        return told
    for name in ("X-RateLimit-Reset", "RateLimit-Reset", "X-RateLimit-Period-In-Sec"):
        seconds = left(headers.get(name, ""), headers)
        if seconds is not None:
            return seconds
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After says, as a number or as a date."""
    return left(headers.get("Retry-After", ""), headers)


def left(text: str, headers: Mapping[str, str]) -> float | None:
    """Return the seconds until what a header says: seconds, seconds since 1970 or a time."""
    text = text.strip()
    if not text:
        return None
    now = said_at(headers)
    try:
        number = float(text)
        return max(0.0, number if number < LONGEST_RESET else number - now.timestamp())
    except ValueError:
        found = moment(text)
    return max(0.0, (found - now).total_seconds()) if found else None


def moment(text: str) -> datetime | None:
    """Return a time of a header, as HTTP or as ISO 8601 writes it."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def said_at(headers: Mapping[str, str]) -> datetime:
    """Return the time of an answer by the server's clock."""
    found = moment(headers.get("Date", ""))
    return found.astimezone(UTC) if found else datetime.now(UTC)

"""What GitLab answers, over a connection that keeps tokens to itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests

TOKEN_HEADERS: Final = ("PRIVATE-TOKEN", "JOB-TOKEN", "Authorization")


class OneHost(requests.Session):
    """Takes no token along when it is sent on to another host, and keeps the latest answer."""

    answered: requests.Response | None = None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request; what it is answered is kept even where the client only raises."""
        self.answered = None
        self.answered = super().send(request, **kwargs)
        return self.answered

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Drop tokens on the way to another host."""
        super().rebuild_auth(prepared_request, response)
        if self.should_strip_auth(str(response.request.url), str(prepared_request.url)):
            for name in TOKEN_HEADERS:
                prepared_request.headers.pop(name, None)


@dataclass(frozen=True, slots=True)
class Reply:
    """What GitLab answered, and when by its own clock."""

    body: Any
    headers: Mapping[str, str]
    at: datetime
    is_more: bool = False

    @property
    def total(self) -> int | None:
        """Return how many items all pages have; GitLab does not count beyond 10,000."""
        text = self.headers.get("X-Total", "")
        return int(text) if text.isdigit() else None


def said_at(headers: Mapping[str, str]) -> datetime:
    """Return the time of an answer by the server's clock."""
    try:
        return parsedate_to_datetime(headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)


def messages(errors: Any) -> str:
    """Return what GraphQL says is wrong."""
    found = errors if isinstance(errors, list) else []
    texts = [str(one.get("message", "")) for one in found if isinstance(one, dict)]
    return "; ".join(text for text in texts if text)[:500]


def is_hollow(told: Any) -> bool:
    """Tell whether a connection anywhere in an answer is empty and yet has a next page."""
    if isinstance(told, list):
        return any(is_hollow(one) for one in told)
    if not isinstance(told, dict):
        return False
    is_more = (told.get("pageInfo") or {}).get("hasNextPage")
    return bool(is_more and not told.get("nodes")) or is_hollow(list(told.values()))


def number(gid: Any) -> str:
    """Return the number at the end of a global id: `gid://gitlab/Project/12`."""
    return str(gid).rpartition("/")[2]

"""Calls to the API of one pager over HTTP: patient, and silent about tokens."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import requests

from connectors.hosts.asking import Asker
from connectors.hosts.references import masked
from connectors.pagers.judging import Body, Broken, Judge, Refused, Untrusted, said_at, seconds_from

TIMEOUT: Final = 60.0
QUOTA: Final = "requests"
LIMITS: Final = ("X-RateLimit-", "RateLimit-")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever carried it; ``read`` makes JSON of it."""

    status: int
    headers: Mapping[str, str]
    read: Callable[[], Any]
    text: Callable[[], str]


class Signed(requests.auth.AuthBase):
    """Signs a request by a header; so that no `.netrc` signs it otherwise."""

    def __init__(self, authorization: str) -> None:
        self.authorization = authorization

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        if self.authorization:
            request.headers["Authorization"] = self.authorization
        return request


@dataclass(slots=True)
class Client:
    """Asks one API; ``secrets`` are never shown, whatever the API says of them."""

    url: str
    asker: Asker
    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    ca: Path | None = None
    certificate: tuple[str, str] | None = field(default=None, repr=False)
    at: datetime | None = field(default=None, init=False)
    _session: requests.Session = field(
        default_factory=requests.Session, init=False, repr=False, compare=False
    )

    def get(self, path: str, what: str, query: Body | None = None, *, holds: str = "") -> Any:
        """Return what a path holds; ``holds`` names the list of objects that must be in it."""
        return self._asked("GET", path, what, dict(query or {}), None, holds)

    def post(self, path: str, what: str, body: Body, *, holds: str = "") -> Any:
        """Return what is answered to a question too long for an address."""
        return self._asked("POST", path, what, {}, body, holds)

    def stream(
        self, path: str, what: str, query: Body, seconds: float
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the objects that are sent one on a line, until the server ends the answer.

        Nothing is asked twice: where to go on after a break, whoever reads knows.
        """
        response = self._responded("GET", path, query, None, seconds, is_stream=True)
        with response:
            if not response.ok:
                raise Refused(response.status_code, self._said(told(response)), response.headers)
            try:
                for line in lines(response):
                    found = json.loads(line)
                    check(found, "")
                    yield found
            except (requests.exceptions.RequestException, ValueError) as error:
                raise Broken(f"the stream of {what} broke") from error

    def now(self) -> datetime:
        """Return the time of the latest answer by the server's clock, or this machine's."""
        return self.at or datetime.now(UTC)

    def close(self) -> None:
        """Let go of all connections; the next call opens new ones."""
        self._session.close()

    def _asked(
        self, verb: str, path: str, what: str, query: Body, body: Body | None, holds: str
    ) -> Any:
        def call() -> Any:
            answer = self._sent(verb, path, query, body)
            self._note(answer.headers)
            if not 200 <= answer.status < 300:
                raise Refused(answer.status, self._said(answer), answer.headers)
            self.at = said_at(answer.headers)
            try:
                found = answer.read()
            except ValueError as error:
                raise Broken("it sent something that is no JSON") from error
            check(found, holds)
            return found

        return self.asker.ask(call, what, QUOTA)

    def _sent(self, verb: str, path: str, query: Body, body: Body | None) -> Answer:
        """Send one request; raises Broken or Untrusted where no answer comes."""
        return told(self._responded(verb, path, query, body, TIMEOUT))

    def _responded(
        self,
        verb: str,
        path: str,
        query: Body,
        body: Body | None,
        timeout: float,
        *,
        is_stream: bool = False,
    ) -> requests.Response:
        try:
            return self._session.request(
                verb,
                f"{self.url}{path}",
                params=dict(query),
                json=body,
                headers={"Accept": "application/json"},
                auth=Signed(self.authorization),
                timeout=timeout,
                stream=is_stream,
                # A token goes nowhere but where the file says.
                allow_redirects=False,
                verify=str(self.ca) if self.ca else True,
                cert=self.certificate,
            )
        except requests.exceptions.SSLError as error:
            raise Untrusted from error
        except requests.exceptions.Timeout as error:
            raise Broken("it did not answer in time") from error
        except requests.exceptions.RequestException as error:
            raise Broken("the connection failed or broke") from error

    def _said(self, answer: Answer) -> str:
        """Return the API's own words on what is wrong, without anything that is secret."""
        try:
            text = "; ".join(messages(answer.read()))
        except ValueError:
            return ""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return masked(text) or ""

    def _note(self, headers: Mapping[str, str]) -> None:
        """Remember the quota, where the API tells it."""
        for prefix in LIMITS:
            limit, remaining = (headers.get(f"{prefix}{name}", "") for name in LEFT)
            if limit.isdigit() and remaining.isdigit():
                seconds = seconds_from(headers)
                wait = 60.0 if seconds is None else seconds
                self.asker.note(QUOTA, int(limit), int(remaining), wait)
                return


LEFT: Final = ("Limit", "Remaining")


def lines(response: requests.Response) -> Iterator[bytes]:
    """Yield each line of an answer as soon as it is there; one that is torn off is left out."""
    rest = b""
    for piece in response.iter_content(chunk_size=None):
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line for line in whole if line.strip())


def told(response: requests.Response) -> Answer:
    """Return what a response holds."""
    return Answer(
        response.status_code, response.headers, response.json, lambda: response.text[:2000]
    )


def connected(
    url: str,
    name: str,
    needs: str,
    authorization: str = "",
    *,
    ca: Path | None = None,
    **asking: Any,
) -> Client:
    """Return a client that waits and gives up as ``asking`` says."""
    asker = Asker(name, Judge(name, needs), **asking)
    secrets = tuple(word for word in authorization.split() if len(word) > 7)
    return Client(url.rstrip("/"), asker, authorization, secrets, ca)


def check(found: Any, holds: str) -> None:
    """Refuse what is no object, or lacks the list of objects that it must hold."""
    rows = found.get(holds) if holds and isinstance(found, dict) else found
    if holds and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise Broken(f"it sent no list of {holds}")
    if not isinstance(found, dict | list):
        raise Broken("it sent no object")


def messages(told: Any) -> list[str]:
    """Return the texts in which APIs say what is wrong, wherever they put them."""
    if isinstance(told, str):
        return [told[:300]]
    if isinstance(told, list):
        return [text for one in told[:5] for text in messages(one)]
    if not isinstance(told, dict):
        return []
    names = [name for name in told if re.fullmatch(r"(?i)error.*|message|detail", str(name))]
    return [text for name in names for text in messages(told[name])]

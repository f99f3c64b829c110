"""Calls to PagerDuty through its own client, which neither waits nor tries again by itself."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import pagerduty

from connectors.hosts.asking import Asker
from connectors.pagers.client import Answer, Client
from connectors.pagers.judging import Body, Broken, Judge, Untrusted

NEEDS: Final = (
    "a read-only API key of the account (Integrations, API Access Keys) or of a user, of the same "
    "service region as `region` says"
)


class Told(Exception):
    """An answer came; PagerDuty's client would wait and ask again by itself."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.response = response


class Once(pagerduty.RestApiV2Client):
    """Hands every answer over at once, so that waiting is done in one place only."""

    max_network_attempts = 0

    def postprocess(self, response: httpx2.Response, suffix: str | None = None) -> None:
        """Give the answer away before the client acts on its status."""
        raise Told(response)


@dataclass(slots=True)
class PagerDutyClient(Client):
    """Asks one PagerDuty account."""

    _client: Once | None = field(default=None, init=False, repr=False, compare=False)

    def close(self) -> None:
        """Let go of all connections; the next call opens new ones."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def _opened(self) -> Once:
        if self._client is None:
            trusted: Mapping[str, Any] = {}
            if self.ca:
                trusted = {"verify": trusting(self.ca)}
            (token,) = self.secrets
            self._client = Once(token, base_url=self.url, **trusted)
        return self._client

    def _sent(self, verb: str, path: str, query: Body, body: Body | None) -> Answer:
        client = self._opened()
        try:
            client.request(verb, path, params=dict(query), json=body)
        except Told as told:
            response = told.response
        except pagerduty.Error as error:
            raise told_apart(error) from error
        except httpx2.HTTPError as error:
            raise Broken("the connection failed or broke") from error
        else:
            raise Broken("it sent nothing")
        return Answer(
            response.status_code, Headers(response), response.json, lambda: response.text[:2000]
        )


def trusting(ca: Path) -> ssl.SSLContext:
    """Return what trusts one authority; raises Untrusted where the file holds no certificate."""
    try:
        return ssl.create_default_context(cafile=str(ca))
    except ssl.SSLError as error:
        raise Untrusted from error


class Headers(dict[str, str]):
    """Headers by name, however it is spelt."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__({name.lower(): value for name, value in response.headers.items()})

    def get(self, name: str, default: Any = None) -> Any:
        """Return a header."""
        return super().get(name.lower(), default)


def told_apart(error: BaseException) -> Broken | Untrusted:
    """Say whether the server is not trusted, or only did not answer."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(cause):
            return Untrusted()
        if isinstance(cause, httpx2.TimeoutException):
            return Broken("it did not answer in time")
        cause = cause.__cause__ or cause.__context__
    return Broken("the connection failed or broke")


def connected(url: str, token: str, ca: Path | None, **asking: Any) -> PagerDutyClient:
    """Return a client that waits and gives up as ``asking`` says; PagerDuty's refuses http."""
    asker = Asker("PagerDuty", Judge("PagerDuty", NEEDS), **asking)
    return PagerDutyClient(url.rstrip("/"), asker, secrets=(token,), ca=ca)

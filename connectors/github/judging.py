"""What GitHub's errors mean: wait and try again, or stop and mend something first."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from github import GithubException

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.github.troubles import Broken, Limited, NotSignedIn, Stale, TooHeavy
from connectors.hosts.asking import Wait
from connectors.hosts.references import masked

# GitHub documents a minute where it does not say how long a secondary limit lasts.
SECONDARY = 60.0
PASSING = {408, 409, 425, 500, 502, 503, 504}
NEEDED = "Contents, Pull requests, Deployments, Environments, Actions and Issues: read"


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges errors of calls to one host; ``name`` is the host's, ``key`` what signs in."""

    name: str
    key: str

    def __call__(self, error: Exception, what: str) -> Wait | SourceError | None:
        """Say what an error means; null where it is none of GitHub's doing."""
        if isinstance(error, Limited):
            return Wait("GitHub's limit on calls is reached", error.seconds, is_limit=True)
        if isinstance(error, Stale):
            return Wait("the App's token was refused and is made anew", 0.0)
        if isinstance(error, (Broken, TooHeavy)):
            return Wait(str(error))
        if isinstance(error, GithubException):
            return self._of_status(error, what)
        if isinstance(error, requests.RequestException):
            return self._of_network(error)
        if isinstance(error, RuntimeError) and "redirect" in str(error).lower():
            return NotSignedIn(
                f"{self.name}, {what}: it leads to another address. Set `url` to the address that "
                "a browser ends at"
            )
        return None

    def _of_status(self, error: GithubException, what: str) -> Wait | SourceError:
        headers = error.headers or {}
        told = said(error.data)
        if error.status in PASSING:
            return Wait(f"it answered {error.status}")
        if error.status in {403, 429} and (wait := limit(headers, told, error.status)) is not None:
            return Wait("GitHub's limit on calls is reached", wait, is_limit=True)
        if error.status == 401:
            return NotSignedIn(
                f"{self.name} does not accept {self.key} ({told}): it is wrong, expired or "
                "revoked. Make a new one and set the environment variable that the configuration "
                "names"
            )
        if error.status == 403:
            return SourceMisconfigured(f"{self.name}, {what}: {forbidden(headers, told)}")
        if error.status in {404, 410, 451}:
            return SourceMisconfigured(f"{self.name}, {what}: {not_found(self.key)}")
        return SourceUnavailable(f"{self.name}, {what}: it answered {error.status}, {told}")

    def _of_network(self, error: requests.RequestException) -> Wait | SourceError:
        if isinstance(error, requests.exceptions.SSLError) and is_untrusted(error):
            return NotSignedIn(
                f"{self.name}: its certificate is not trusted here. Where a company's own "
                "authority signed it, set `ca` to the file of that authority's certificate"
            )
        if isinstance(error, requests.exceptions.ProxyError):
            return Wait("the proxy that HTTPS_PROXY or HTTP_PROXY names does not let it through")
        if isinstance(error, requests.Timeout):
            return Wait("it did not answer in time")
        return Wait("the connection failed or broke off")


def is_untrusted(error: Exception) -> bool:
    """Tell whether a certificate was refused, rather than a connection cut."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error) or isinstance(
        error.__cause__, ssl.SSLCertVerificationError
    )


def limit(headers: Mapping[str, str], told: str, status: int = 403) -> float | None:
    """Return how long a limit lasts, in seconds; null where this is about no limit."""
    retry = headers.get("retry-after", "")
    if retry:
        return float(retry) if re.fullmatch(r"\d+(\.\d+)?", retry) else SECONDARY
    if "secondary rate limit" in told.lower() or "abuse detection" in told.lower():
        return SECONDARY
    if headers.get("x-ratelimit-remaining") == "0" or "rate limit" in told.lower():
        return seconds_left(headers) or SECONDARY
    return SECONDARY if status == 429 else None


def seconds_left(headers: Mapping[str, str]) -> float:
    """Return how long the quota's hour still runs, by the server's own clock."""
    try:
        now = parsedate_to_datetime(headers["date"]).timestamp()
        return max(1.0, float(headers["x-ratelimit-reset"]) - now)
    except (KeyError, ValueError, TypeError):
        return 0.0


def forbidden(headers: Mapping[str, str], told: str) -> str:
    """Say what a token lacks, as exactly as GitHub tells."""
    if "x-github-sso" in headers or "SAML" in told:
        return SIGN_ON
    if wanted := headers.get("x-accepted-github-permissions"):
        return f"the token lacks a permission: {wanted.replace('=', ': ').replace('_', ' ')}"
    accepted = words(headers.get("x-accepted-oauth-scopes", ""))
    granted = words(headers.get("x-oauth-scopes", ""))
    if "x-oauth-scopes" in headers and accepted and not accepted & granted:
        return (
            f"the token lacks the scope {' or '.join(sorted(accepted))}; it has "
            f"{', '.join(sorted(granted)) or 'none'}. Add it in the token's settings"
        )
    return f"GitHub forbids it ({told}). What it takes is the scope repo, or of {NEEDED}"


SIGN_ON = (
    "the organisation demands single sign-on. In the token's settings, choose Configure SSO and "
    "authorise it for the organisation"
)


def words(text: str) -> set[str]:
    """Return the scopes that a header lists."""
    return {word.strip() for word in text.split(",") if word.strip()}


def not_found(key: str) -> str:
    """Say why something may not be found."""
    return (
        f"it is not there, or {key} may not see it. Check the name; a classic token needs the "
        f"scope repo, a fine-grained token or an App access to the repository with {NEEDED}"
    )


def said(data: Any) -> str:
    """Return the message of an answer, without addresses, on one line."""
    message = data.get("message") if isinstance(data, Mapping) else None
    return (masked(str(message)) or "no reason given")[:300] if message else "no reason given"

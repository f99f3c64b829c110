"""Signs in to GitHub: with a token, or as an App with tokens that are renewed in time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import github
from github import Auth, GithubException, UnknownObjectException

from connectors.errors import SourceMisconfigured
from connectors.github.troubles import NotSignedIn

# git may begin a long clone with a token: one that ends so soon is made anew first.
MARGIN = timedelta(minutes=10)


class Signer(Protocol):
    """Knows what signs in on behalf of which owner's repositories."""

    @property
    def key(self) -> str:
        """Return what signs in, in words."""
        ...

    def auth(self, owner: str) -> Auth.Auth:
        """Return what signs in; may ask GitHub."""
        ...

    def group(self, owner: str) -> str:
        """Return a name that owners share who share a token, and with it a quota."""
        ...

    def forget(self, owner: str) -> bool:
        """Drop a token that was refused; tell whether another can be made."""
        ...


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs in with one token."""

    token: str = field(repr=False)
    key: str = "the token"

    def auth(self, owner: str) -> Auth.Auth:
        """Return the token, whoever is the owner."""
        return Auth.Token(self.token)

    def group(self, owner: str) -> str:
        """Return one name for all."""
        return ""

    def forget(self, owner: str) -> bool:
        """Tell that there is no other token."""
        return False


class InstallationToken(Auth.Auth):
    """The token of an App's installation; safe to use from several threads."""

    def __init__(self, integration: github.GithubIntegration, number: int) -> None:
        self._integration = integration
        self._number = number
        self._lock = threading.Lock()
        self._token = ""
        self._ends_at = datetime.min.replace(tzinfo=UTC)

    @property
    def token_type(self) -> str:
        """Return how the header calls it."""
        return "token"

    @property
    def token(self) -> str:
        """Return a token that is good for some minutes at least."""
        with self._lock:
            if datetime.now(UTC) + MARGIN >= self._ends_at:
                made = self._integration.get_access_token(self._number)
                self._token, self._ends_at = made.token, made.expires_at
            return self._token

    @property
    def is_made(self) -> bool:
        """Tell whether there is a token to forget."""
        return bool(self._token)

    def forget(self) -> None:
        """Let the next call make another."""
        with self._lock:
            self._token, self._ends_at = "", datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class AppSigner:
    """Signs in as an App: by its one installation, or by that of each owner."""

    host: str
    app: Auth.AppAuth = field(repr=False)
    settings: dict[str, Any] = field(repr=False)
    installation: int | None = None
    key: str = "the App's private key"
    _found: dict[str, InstallationToken] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def auth(self, owner: str) -> Auth.Auth:
        """Return the installation's token, found on first use."""
        group = self.group(owner)
        with self._lock:
            if group not in self._found:
                integration = github.GithubIntegration(auth=self.app, **self.settings)
                number = self.installation or self._installation(integration, owner)
                self._found[group] = InstallationToken(integration, number)
            return self._found[group]

    def group(self, owner: str) -> str:
        """Return the owner, unless there is one installation for all."""
        return "" if self.installation else owner.lower()

    def forget(self, owner: str) -> bool:
        """Drop the owner's token, if one was made."""
        found = self._found.get(self.group(owner))
        if found is None or not found.is_made:
            return False
        found.forget()
        return True

    def _installation(self, integration: github.GithubIntegration, owner: str) -> int:
        """Find the installation of an organisation, else of a user."""
        asked: list[Callable[[str], Any]] = [
            integration.get_org_installation,
            integration.get_user_installation,
        ]
        for ask in asked:
            try:
                return int(ask(owner).id)
            except UnknownObjectException:
                continue
        raise SourceMisconfigured(
            f"{self.host}: the App is not installed for {owner}. Install it there and give it the "
            "repositories, or set `app.installation`"
        )


def app_signer(host: str, app: Any, settings: dict[str, Any]) -> AppSigner:
    """Return what signs in as ``app``, which has an id, a private_key and maybe an installation."""
    key = app.private_key
    key = key.get_secret_value() if hasattr(key, "get_secret_value") else str(key)
    # Environments that hold one line only have the line breaks of a key written out.
    auth = Auth.AppAuth(app.id, key.replace("\\n", "\n"))
    try:
        auth.create_jwt()
    except Exception:
        # Whatever the library says of a key is not to be shown, nor what it was caused by.
        raise NotSignedIn(
            f"{host}: `app.private_key` is no private key. It is the whole file that GitHub gave, "
            "from its BEGIN line to its END line"
        ) from None
    return AppSigner(host, auth, settings, getattr(app, "installation", None))


def refused(host: str, error: GithubException) -> NotSignedIn | None:
    """Say why GitHub hands out no token of an installation; null where that may pass."""
    if error.status == 401:
        return NotSignedIn(
            f"{host} does not accept the App's key: check `app.id`, whether `app.private_key` is "
            "still listed in the App's settings, and this machine's clock"
        )
    if error.status == 404:
        return NotSignedIn(
            f"{host}: the App has no such installation. Leave `app.installation` out, or set it to "
            "the number at the end of the installation's address"
        )
    return None

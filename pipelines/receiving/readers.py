"""Who may read: this machine, who has the read token, or everybody where that is said."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.events.signatures import same
from pipelines.configuration.receiving import LEAST
from pipelines.errors import DrumbeatError
from pipelines.receiving.answers import Refused, stranger
from pipelines.receiving.authority import presented

TOKEN = "DRUMBEAT_READ_TOKEN"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read; ``tokens`` count at once, so that one can be replaced without a gap."""

    tokens: tuple[str, ...] = field(default=(), repr=False)
    is_open: bool = False

    def admit(self, client: str, headers: Mapping[str, str]) -> None:
        """Raise Refused where the asker may not read."""
        if self.tokens:
            given = presented(headers)
            if not given:
                raise stranger("no read token")
            # To the end, so that the time taken says nothing.
            if not any([same(given, token) for token in self.tokens]):
                raise stranger("a token that may not read")
        elif not self.is_open and not is_from_here(client, headers):
            said = f"only this machine may read; set {TOKEN} where the receiver runs, and send it"
            raise Refused(403, said, reason="a reader from elsewhere, and no read token is set")

    def told(self) -> str:
        """Say who may read."""
        if self.tokens:
            return f"whoever has {TOKEN}"
        return "everybody" if self.is_open else "this machine"


def readers(environment: Mapping[str, str], *, is_open: bool) -> Readers:
    """Return who may read; raises DrumbeatError where a token could be guessed."""
    tokens = tuple(environment.get(TOKEN, "").split())
    if any(len(token) < LEAST for token in tokens):
        raise DrumbeatError(
            f"{TOKEN} must have {LEAST} characters or more: make one with `openssl rand -hex 32`"
        )
    if tokens and is_open:
        raise DrumbeatError(
            f"--open-reading lets everybody read, and {TOKEN} does not; leave one out"
        )
    return Readers(tokens, is_open)


def is_from_here(client: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request is this machine's own, and none that a proxy or a page passed on.

    A page of the web can have its own name point to this machine; then Host has that name.
    """
    is_passed_on = any(name in headers for name in FORWARDED)
    return not is_passed_on and is_here(client) and is_here(host_of(headers.get("host", "")))


def host_of(text: str) -> str:
    """Return the host of a Host header, without its port."""
    return text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]


def is_here(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

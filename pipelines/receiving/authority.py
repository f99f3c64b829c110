"""Who may push what: tokens with what they speak for, and the secrets of webhooks."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.events.event import Event
from connectors.events.signatures import VERIFIERS, same
from pipelines.configuration import Configuration, name_pattern
from pipelines.configuration.receiving import EventsSource, EventToken, revealed
from pipelines.errors import DrumbeatError
from pipelines.receiving.answers import Refused, stranger

RATE = 100.0
"""Events a second that the webhooks of one source may bring."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sender may do who has proved who it is."""

    source: str
    sender: str
    rate: float = RATE
    services: str | None = None
    formats: tuple[str, ...] = ()
    host: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What the sender is told apart by."""
        return self.source, self.sender


@dataclass(frozen=True, slots=True)
class Hook:
    """The webhooks of one configured source, which proves itself by its own secrets."""

    kind: str
    secrets: tuple[str, ...] = field(repr=False)
    grant: Grant


@dataclass(frozen=True, slots=True)
class Authority:
    """All that the configuration says of senders."""

    tokens: tuple[tuple[str, Grant], ...] = field(repr=False)
    hooks: Mapping[str, Hook]
    names: Mapping[str, str]
    anyone: Grant | None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has to prove anything."""
        return self.anyone is not None

    def by_token(self, headers: Mapping[str, str]) -> Grant:
        """Return what the sender of a token may do; raises Refused without saying why."""
        if self.anyone:
            return self.anyone
        given = presented(headers)
        if not given:
            raise stranger("no token")
        # To the end, so that the time taken says nothing.
        found = [grant for value, grant in self.tokens if same(given, value)]
        if not found:
            raise stranger("a token that is none of the configured ones")
        return found[0]

    def by_signature(self, format: str, headers: Mapping[str, str], body: bytes) -> Grant:
        """Return what a sender may do that signs with its token, as some senders only can."""
        if self.anyone:
            return self.anyone
        verify = VERIFIERS.get(format)
        known = self.tokens if verify else ()
        found = [grant for value, grant in known if verify and verify(headers, body, [value], None)]
        if not found:
            raise stranger("neither a token nor a signature by one")
        return found[0]

    def by_secret(self, hook: Hook, headers: Mapping[str, str], body: bytes) -> Grant:
        """Return what the webhooks of a source may do that prove themselves by its secrets."""
        verify = VERIFIERS.get(hook.kind, by_secret_itself)
        if not verify(headers, body, hook.secrets, None):
            raise stranger(f"nothing that proves a webhook of {hook.grant.source}")
        return hook.grant

    def allow(self, grant: Grant, format: str, events: list[Event]) -> None:
        """Raise Refused where a token does not speak for the format or for a service."""
        if grant.formats and format not in grant.formats:
            raise Refused(403, f"this token may not send {format} events")
        if grant.services is None:
            return
        for event in events:
            name = event.service or ""
            if not name:
                raise Refused(403, "this token speaks for some services, and the event names none")
            if not re.search(grant.services, self.names.get(name, name)):
                raise Refused(403, "this token may not speak for that service", field="service")


def presented(headers: Mapping[str, str]) -> str:
    """Return the token that a request carries, in any of the ways that senders know."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return headers.get("x-drumbeat-token", "").strip()


def by_secret_itself(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Tell whether a request carries one of the secrets as if it were a token."""
    given = presented(headers)
    return any([same(given, secret) for secret in secrets]) if given else False


def authority(configuration: Configuration) -> Authority:
    """Read who may push from the configuration; raises DrumbeatError where nobody could."""
    sources = [one for one in configuration.sources if isinstance(one, EventsSource)]
    hooks = {hook.grant.source: hook for hook in all_hooks(configuration)}
    tokens = tuple(known for source in sources for known in all_tokens(source))
    if len({value for value, _ in tokens}) < len(tokens):
        raise DrumbeatError("two senders have the same token; give each its own")
    if not sources and not hooks:
        raise DrumbeatError(
            "nothing may push events: add a source of `kind: events`, or `webhook_secrets` to a "
            "source that has webhooks; see docs/events.md"
        )
    is_open = bool(sources) and not tokens and not hooks
    anyone = Grant(sources[0].name, "anyone", rate=1e6) if is_open else None
    return Authority(tokens, hooks, dict(service_names(configuration)), anyone)


def all_tokens(source: EventsSource) -> Iterator[tuple[str, Grant]]:
    """Yield each token of a source, and what it grants."""
    for token in source.tokens:
        for value in revealed(token.token):
            yield value, grant(source, token)


def grant(source: EventsSource, token: EventToken) -> Grant:
    """Return what a token grants."""
    services = name_pattern(token.services) if token.services else None
    return Grant(source.name, token.name, token.rate, services, token.formats)


def all_hooks(configuration: Configuration) -> Iterator[Hook]:
    """Yield every source that its own sender pushes to."""
    for source in configuration.sources:
        secrets = getattr(source, "webhook_secrets", ())
        if secrets:
            found = Grant(source.name, "webhook", host=getattr(source, "host", ""))
            yield Hook(source.kind, revealed(secrets), found)


def service_names(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Yield every alias, and the service whose it is."""
    for service in configuration.services:
        for alias in service.aliases:
            yield alias, service.name

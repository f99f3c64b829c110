"""Whether a webhook comes from who it says: signatures and secrets, compared in constant time."""

import binascii
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from connectors.events.reading import header

# Of a sender that signs the time: how far its clock and the way here may be off.
WINDOW_SECONDS = 300
STANDARD = "whsec_"


def github(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Return whether one of the secrets signed the body: X-Hub-Signature-256."""
    name, _, told = (header(headers, "X-Hub-Signature-256") or "").partition("=")
    return name == "sha256" and signed([told], body, secrets)


def pagerduty(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Return whether one of the secrets signed the body; while they rotate, several have."""
    words = (header(headers, "X-PagerDuty-Signature") or "").split(",")
    told = [word.strip()[3:] for word in words if word.strip().startswith("v1=")]
    return signed(told, body, secrets)


def launchdarkly(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Return whether one of the secrets signed the body: X-LD-Signature."""
    return signed([header(headers, "X-LD-Signature") or ""], body, secrets)


def gitlab(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Return whether the token is one of the secrets, or one of them signed the delivery.

    A hook with a signing token signs as the Standard Webhooks do, and signs its time too.
    """
    token = header(headers, "X-Gitlab-Token") or ""
    is_known = any([same(token, secret) for secret in secrets if secret])
    return standard(headers, body, secrets, now) or is_known


def standard(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> bool:
    """Return whether one of the secrets signed id, time and body as the Standard Webhooks do."""
    name, time = header(headers, "webhook-id") or "", header(headers, "webhook-timestamp") or ""
    if not name or not is_recent(time, now or datetime.now(UTC)):
        return False
    words = (header(headers, "webhook-signature") or "").split()
    told = [word[3:] for word in words if word.startswith("v1,")]
    content = f"{name}.{time}.".encode("utf-8", "surrogatepass") + body
    wanted = [
        b64encode(hmac.digest(key, content, sha256)).decode()
        for secret in secrets
        for key in keys(secret)
    ]
    return any([same(one, other) for one in told for other in wanted])


def keys(secret: str) -> list[bytes]:
    """Return what a signing secret stands for: the bytes in base 64 after its mark, or itself."""
    if not secret.startswith(STANDARD):
        return [secret.encode()] if secret else []
    try:
        return [b64decode(secret.removeprefix(STANDARD), validate=True)]
    except (binascii.Error, ValueError):
        return [secret.encode()]


def is_recent(text: str, now: datetime) -> bool:
    """Return whether a count of seconds since 1970 is about now, so that old posts do not pass."""
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        return False
    return abs(int(text) - now.timestamp()) <= WINDOW_SECONDS


def signed(told: Sequence[str], body: bytes, secrets: Sequence[str]) -> bool:
    """Return whether one of the hexadecimal signatures is one of the secrets' over the body."""
    wanted = [hmac.new(secret.encode(), body, sha256).hexdigest() for secret in secrets if secret]
    # A list, not a generator: every pair is compared, whichever is the right one.
    return any([same(one.strip().lower(), other) for one in told for other in wanted])


def same(one: str, other: str) -> bool:
    """Return whether two texts are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )


Verifier = Callable[[Mapping[str, str], bytes, Sequence[str], datetime | None], bool]
VERIFIERS: Mapping[str, Verifier] = {
    "github": github,
    "gitlab": gitlab,
    "pagerduty": pagerduty,
    "launchdarkly": launchdarkly,
}

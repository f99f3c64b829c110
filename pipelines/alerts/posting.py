"""Posts a message as JSON, signed where there is a secret."""

import hmac
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from connectors.events.signatures import keys
from pipelines.alerts.outcomes import SECONDS, Fate, Outcome
from pipelines.telling.sending import NoRedirects

REFUSED = {400, 413, 415, 422}
"""Answers that are about what was posted, not about where."""
JSON = "application/json; charset=utf-8"
LONGEST = 1 << 24
"""Of an answer that is read."""


def post(
    url: str, body: Mapping[str, Any], id: str, secret: str = "", seconds: float = SECONDS
) -> Outcome:
    """Post a message once; what is said of it names the host alone, for the rest may be secret."""
    content = json.dumps(body, sort_keys=True).encode()
    headers = {"Idempotency-Key": id}
    headers |= signature(id, content, secret, datetime.now(UTC)) if secret else {}
    return exchange("POST", url, content, headers, seconds, is_read=False)[0]


def exchange(
    method: str,
    url: str,
    content: bytes | None,
    headers: Mapping[str, str],
    seconds: float = SECONDS,
    *,
    is_read: bool = True,
) -> tuple[Outcome, bytes]:
    """Ask once; return what became of it, and what was answered where it was taken."""
    request = urllib.request.Request(url, content, method=method)
    told = {"Content-Type": JSON, "User-Agent": "drumbeat", **headers}
    for name, value in told.items():
        request.add_unredirected_header(name, value)
    where = urlsplit(url).hostname
    try:
        opener = urllib.request.build_opener(NoRedirects)
        with opener.open(request, timeout=seconds) as answer:
            return Outcome("sent"), answer.read(LONGEST) if is_read else b""
    except urllib.error.HTTPError as error:
        with error:
            fate: Fate = "refused" if error.code in REFUSED else "later"
            wait = seconds_of(error.headers.get("Retry-After", ""), datetime.now(UTC))
            return Outcome(fate, f"{where} answered {error.code}", wait), b""
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        said = getattr(reason, "strerror", None) or reason
        return Outcome("later", f"{where} can not be reached: {said}"), b""


def signature(id: str, content: bytes, secret: str, now: datetime) -> dict[str, str]:
    """Sign id, time and body as Standard Webhooks do."""
    time = f"{int(now.timestamp())}"
    signed = hmac.digest(keys(secret)[0], f"{id}.{time}.".encode() + content, sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": time,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }


def seconds_of(told: str, now: datetime) -> float:
    """Read a Retry-After, seconds or a date; 0 where it says nothing."""
    if told.isascii() and told.isdecimal():
        return float(told[:9])
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())

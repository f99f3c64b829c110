"""The formats that the receiver reads, where each arrives, and how its sender proves itself."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.events import (
    alertmanager,
    argo_rollouts,
    argocd,
    cdevents,
    flagger,
    github,
    gitlab,
    launchdarkly,
    opsgenie,
    pagerduty,
    plain,
    unleash,
)
from connectors.events.event import Event, Untranslatable
from pipelines.receiving.answers import Refused

JSON = re.compile(r"application/(?:[\w.-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)

TRANSLATORS: Mapping[str, Callable[..., list[Event]]] = {
    module.FORMAT: module.translate
    for module in (
        plain, cdevents, github, gitlab, pagerduty, opsgenie, alertmanager, argocd,
        argo_rollouts, flagger,        unleash, launchdarkly,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sender:
    """A format, and what of it arrives at one address."""

    format: str
    kind: str = ""


PATHS: Mapping[str, Sender] = {
    "/events": Sender("cdevents"),
    "/events/annotation": Sender("plain", "annotation"),
    "/events/deployment": Sender("plain", "deployment"),
    "/events/incident": Sender("plain", "incident"),
    "/events/rollback": Sender("plain", "rollback"),
}


def at(path: str) -> Sender:
    """Return what arrives at an address."""
    return PATHS[path]


def named(name: str) -> Sender:
    """Return the sender of the webhooks of a format."""
    formats = [one for one in TRANSLATORS if one not in ("plain", "cdevents")]
    if name not in formats:
        raise Refused(
            404,
            f"must be a source with `webhook_secrets`, or one of {', '.join(formats)}",
            field="name",
            reason="webhooks of an unknown name",
        )
    return Sender(name)


def check_type(headers: Mapping[str, str]) -> None:
    """Raise Refused where the body does not say that it is JSON."""
    if not JSON.fullmatch(headers.get("content-type", "").strip()):
        raise Refused(415, "must have a Content-Type of application/json, or one ending in +json")


def translate(
    sender: Sender, headers: Mapping[str, str], body: bytes, host: str, received_at: datetime
) -> list[Event]:
    """Return what a body tells; raises Refused with the field that is wrong."""
    found = parsed(body)
    further = {"kind": sender.kind} if sender.kind else {}
    try:
        return TRANSLATORS[sender.format](
            headers, found, host=host, received_at=received_at, **further
        )
    except Untranslatable as error:
        raise Refused(
            400, error.reason, field=error.field, reason=f"{sender.format}: {error}"
        ) from error
    except Exception as error:
        # A hole in a translation is the sender's 400, or every such body would be sent for ever.
        reason = f"{sender.format}: can not be translated, {error!r}"
        raise Refused(
            400, f"is not what {sender.format} sends", field="body", reason=reason
        ) from error


def parsed(body: bytes) -> Any:
    """Read JSON as its standard has it; raises Refused."""
    try:
        return json.loads(body.decode(), parse_constant=float_of)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "must be JSON in UTF-8", field="body") from error


def float_of(name: str) -> float:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"{name} is no JSON")

"""What `drumbeat alerts` prints: what went or would go where."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from pipelines.alerts import forms, messages
from pipelines.alerts.telling import Told
from pipelines.alerts.unread import Unread
from pipelines.configuration.alerts import Alerts
from sql import words

NOTHING = "Nothing is new."


def lines(told: Sequence[Told], dashboard_url: str | None) -> Iterator[str]:
    """Yield each message as text under the channel it is for."""
    for one in told:
        yield f"{one.fate.capitalize()} to {one.channel} ({one.kind}):"
        found = messages.text(one.message, dashboard_url)
        yield from (f"  {line}".rstrip() for line in messages.lines(found))
        yield ""
    yield f"{len(told)} in all." if told else NOTHING


def as_json(told: Sequence[Told], as_of: datetime, dashboard_url: str | None) -> str:
    """Return each message as a webhook gets it, with its channel and what became of it."""
    found = [
        {
            "channel": one.channel,
            "kind": one.kind,
            "fate": one.fate,
            "message": forms.webhook(one.message, dashboard_url),
        }
        for one in told
    ]
    return json.dumps({"as_of": as_of.isoformat(), "rows": found}, indent=1)


def known(alerts: Alerts, today: date) -> Iterator[str]:
    """Yield the silences that people know of, which are not told."""
    for one in alerts.known:
        if today < one.until:
            yield f"{one.service}: known until {one.until} ({one.reason})"
    if alerts.quiet_until and today < alerts.quiet_until:
        yield f"Nobody is told before {alerts.quiet_until}."


def unread(found: Sequence[Unread]) -> Iterator[str]:
    """Yield of which services nobody is told, for each source that could not be read."""
    for source in sorted({one.source for one in found}):
        services = [one.service for one in found if one.source == source]
        yield f"Nobody is told of {words.few(services)}: not all could be read of {source}."

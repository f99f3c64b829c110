"""What entries of Unleash's log tell: whom flags reach, and when they got an owner and a date."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connectors.flags import payloads
from connectors.flags.unleash_strategies import strategy
from connectors.hosts.walking import Item
from connectors.pagers.judging import Body
from connectors.pagers.payloads import time, told
from connectors.records import Record

STATES: Final = {
    "feature-environment-enabled": "true",
    "feature-environment-disabled": "false",
    "feature-archived": "false",
    "feature-deleted": "false",
}
CHANGES: Final = (
    *STATES,
    "feature-strategy-add",
    "feature-strategy-update",
    "feature-strategy-remove",
)
ORIGINS: Final = ("feature-created", "feature-metadata-updated", "feature-tagged")
OWNING: Final = re.compile(r"(?:team|squad)[:=/]", re.IGNORECASE)
Moments = tuple[datetime | None, datetime | None]


def change(event: Body, url: str) -> Item:
    """Return one entry as a step of its flag."""
    at = time(event["createdAt"])
    assert at is not None
    name = str(event["featureName"])
    payload = told(
        flag_id=f"{event.get('project') or 'default'}/{name}",
        flag_key=name,
        environment=event.get("environment"),
        happened_at=at,
        place=int(event["id"]),
        is_enabled=STATES.get(str(event["type"])),
        url=url,
    )
    if str(event["type"]).startswith("feature-strategy-"):
        payload |= chosen(event)
    return Item(Record("changes", str(event["id"]), payload, "", at), at)


def chosen(event: Body) -> dict[str, Any]:
    """Return the strategy that an entry is about, and what it does from then on."""
    now, before = (event.get(name) for name in ("data", "preData"))
    body = now if isinstance(now, Mapping) else before
    is_removed = event["type"] == "feature-strategy-remove" or not isinstance(now, Mapping)
    found = payloads.Strategy(0.0) if is_removed or body is None else strategy(body, {})
    name = str((body or {}).get("id") or "")
    return {"strategy_id": name, **payloads.reach([found])}


def origins(events: Iterable[Body], said: Sequence[str]) -> Mapping[str, Moments]:
    """Return when each flag was first given an owner, and a removal date."""
    found: dict[str, list[datetime | None]] = {}
    for event in events:
        at, data = time(event.get("createdAt")), event.get("data")
        if at is None or not isinstance(data, Mapping):
            continue
        tags: list[str] = []
        if event.get("type") == "feature-tagged":
            kind, value = str(data.get("type")), str(data.get("value"))
            tags = [value if kind == "simple" else f"{kind}:{value}"]
        told_now = (
            any(OWNING.match(tag) for tag in tags),
            bool(payloads.removal(tags, data.get("description"), said)),
        )
        moments = found.setdefault(str(event.get("featureName")), [None, None])
        for place, is_told in enumerate(told_now):
            first = moments[place]
            if is_told and (first is None or at < first):
                moments[place] = at
    return {name: (owned, dated) for name, (owned, dated) in found.items()}

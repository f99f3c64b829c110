"""LaunchDarkly's webhooks, whose body is an entry of its audit log."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.events.event import Event, delivery
from connectors.events.reading import Part, whole

FORMAT = "launchdarkly"
RESOURCE = re.compile(r"proj/([^:;]+):env/([^:;]+):flag/([^:;]+)")
# The verb is told in words; what an access is called is more stable where it says enough.
ACTIONS = {"createFlag": "created", "cloneFlag": "created", "deleteFlag": "archived"}
VERBS = (
    ("turned on", "enabled"),
    ("turned off", "disabled"),
    ("created", "created"),
    ("archived", "archived"),
    ("deleted", "archived"),
)


def translate(
    headers: Mapping[str, str], body: Any, *, host: str, received_at: datetime | None = None
) -> list[Event]:
    """Return what happened to a flag in each environment; other entries are kept as unknown."""
    found = whole(body)
    kind, name = found.required("kind"), found.required("_id")
    at, verb = found.epoch("date", 1000), found.loose("titleVerb") or ""
    come = delivery(FORMAT, found, host, received_at, name)
    accesses = found.parts("accesses")
    actions = [access.text("action") or "" for access in accesses]
    type = f"{kind}.{actions[0]}" if actions and actions[0] else kind
    named = RESOURCE.match(resource(found, accesses)) if kind == "flag" else None
    if not named:
        return [come.unknown(type, at)]
    project, environment, flag = named.groups()
    known = {
        "subject_id": f"launchdarkly/{project}/{flag}",
        "state": state(actions, verb),
        "name": flag,
        "environment": None if environment == "*" else environment,
        "title": found.loose("name"),
        "url": found.part("_links").part("site").loose("href"),
    }
    return [come.event(type, "flag", at, **known)]


def resource(found: Part, accesses: list[Part]) -> str:
    """Return the resource that an entry is about."""
    told = [access.loose("resource") for access in accesses]
    told += found.part("target").texts("resources")
    return next((text for text in told if text and ":flag/" in text), "")


def state(actions: list[str], verb: str) -> str:
    """Return what the flag turned to."""
    said = (state for words, state in VERBS if words in verb)
    return next((ACTIONS[action] for action in actions if action in ACTIONS), next(said, "updated"))

"""What entries of LaunchDarkly's audit log tell of whom a flag reaches."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connectors.flags import payloads
from connectors.flags.launchdarkly_rules import strategies
from connectors.pagers.judging import Body
from connectors.pagers.payloads import told
from connectors.records import Record

RESOURCE: Final = re.compile(r"proj/([^:;]+):env/([^:;]+):flag/([^:;]+)")
# Of these the whole entry tells what the flag did then.
DETAILED: Final = (
    "updateOn", "updateFallthrough", "updateRules", "updateTargets", "updateContextTargets",
    "updateFlagRules", "updateFlagFallthrough",
)  # fmt: skip
ENDING: Final = ("deleteFlag", "updateGlobalArchived")


def action_of(entry: Body) -> str:
    """Return what was done."""
    accesses = [one for one in entry.get("accesses") or () if isinstance(one, Mapping)]
    return next((str(one["action"]) for one in accesses if one.get("action")), "")


def change(name: str, at: datetime, entry: Body) -> Record:
    """Return one entry as a step of its flag; of what is about none, nothing but its time."""
    project, environment, key = resource(entry)
    if not key:
        return Record("changes", name, {}, "", at, is_deleted=True)
    action, verb = action_of(entry), str(entry.get("titleVerb") or "")
    payload = told(
        flag_id=f"{project}/{key}",
        flag_key=key,
        environment=None if environment == "*" else environment,
        happened_at=at,
        place=at.microsecond // 1000,
        url=None,
    )
    if action in ENDING and "restored" not in verb:
        payload |= {"is_enabled": "false"}
    elif action in DETAILED:
        payload |= level(entry, environment) or switched(verb)
    return Record("changes", name, payload, "", at)


def resource(entry: Body) -> tuple[str, str, str]:
    """Return project, environment and key that an entry is about; empty where about no flag."""
    told = [str(one.get("resource")) for one in entry.get("accesses") or ()]
    target = entry.get("target")
    told += map(str, target.get("resources") or ()) if isinstance(target, Mapping) else ()
    found = next((match for text in told if (match := RESOURCE.match(text))), None)
    return (found[1], found[2], found[3]) if found else ("", "", "")


def level(entry: Body, environment: str) -> dict[str, Any]:
    """Return whom the flag reached after the change; empty where the entry does not say."""
    flag = entry.get("currentVersion")
    places = flag.get("environments") if isinstance(flag, Mapping) else None
    told = places.get(environment) if isinstance(places, Mapping) else None
    if not isinstance(flag, Mapping) or not isinstance(told, Mapping) or "on" not in told:
        return {}
    reached = payloads.reach(strategies(flag, told))
    return {"is_enabled": payloads.text(bool(told["on"])), "strategy_id": "all", **reached}


def switched(verb: str) -> dict[str, Any]:
    """Return what the words of an entry tell, where nothing else does."""
    if "turned on" in verb:
        return {"is_enabled": "true"}
    return {"is_enabled": "false"} if "turned off" in verb else {}

"""What entries of Flagsmith's audit log tell of a flag, which they name in a sentence alone."""

import re
from datetime import datetime
from typing import Any, Final

from connectors.flags import payloads
from connectors.pagers.judging import Body
from connectors.pagers.payloads import named, told
from connectors.records import Record

SWITCHED: Final = re.compile(r"Flag state / Remote Config value updated for feature: (.+)", re.I)
DELETED: Final = re.compile(r"Flag / Remote Config Deleted: (.+)", re.I)


def is_detailed(entry: Body) -> bool:
    """Tell whether the whole entry says what a flag did then."""
    return bool(SWITCHED.fullmatch(str(entry.get("log") or "").strip()))


def change(project: str, at: datetime, entry: Body) -> Record:
    """Return one entry as a step of its flag; of what is about none, nothing but its time."""
    name, said = str(entry["id"]), str(entry.get("log") or "").strip()
    switched, deleted = SWITCHED.fullmatch(said), DELETED.fullmatch(said)
    found = switched or deleted
    if not found:
        return Record("changes", name, {}, "", at, is_deleted=True)
    environment = named(entry.get("environment")) if switched else None
    payload = told(
        flag_id=f"{project}/{found[1]}",
        flag_key=found[1],
        environment=environment,
        happened_at=at,
        place=at.microsecond // 1000,
    )
    is_enabled: Any = False if deleted else enabled(entry)
    if is_enabled is not None:
        payload |= {"is_enabled": payloads.text(bool(is_enabled))}
    return Record("changes", name, payload, "", at)


def enabled(entry: Body) -> bool | None:
    """Return whether the flag was on after the change; null where that did not change."""
    for one in entry.get("change_details") or ():
        if one.get("field") == "enabled":
            return str(one.get("new")).lower() == "true"
    return None

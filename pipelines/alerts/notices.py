"""What is said of one service in an alert: what is usual, what is now and what waits."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.alerts.spells import RANK, RECOVERED, SILENT, Spell, Turn
from pipelines.printing import printable
from pipelines.reports.outside import short
from sql import cadence_words, words

Row = Mapping[str, Any]
LONGEST = 80
IRREVERSIBLE = "irreversible"
LIVE = "live"
ORDER = ("stalled", IRREVERSIBLE, "slowing", "dormant", RECOVERED, LIVE)
TITLES = {
    "stalled": "has gone quiet",
    "slowing": "is slowing",
    "dormant": "has been quiet for long",
}
ONCE = "nothing more is told until it deploys"


@dataclass(frozen=True, slots=True)
class Notice:
    """One service in a message; ``id`` is the same whenever and however often it is sent."""

    id: str
    service: str
    team: str
    state: str
    since: date
    title: str
    said: str
    waits: str
    waiting_changes: int
    silent_working_days: float | None
    usual_working_days: float | None
    return_years: float
    change: str = ""
    """The change that is live, where a message tells of one."""


def identity(*parts: str) -> str:
    """Return the id that belongs to these words and to no others."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def notice(channel: str, row: Row, turn: Turn, spell: Spell) -> Notice:
    """Say what became of a service."""
    service = row["service"]
    is_back = turn.state == RECOVERED
    return Notice(
        id=identity(channel, service, turn.state, turn.since.isoformat()),
        service=service,
        team=row["team"] or "",
        state=turn.state,
        since=turn.since,
        title=back(row, spell)[0] if is_back else TITLES[turn.state],
        said=back(row, spell)[1] if is_back else said(row),
        # What waits belongs to a silence; a deployment has just carried what waited.
        waits="" if is_back else waiting(row),
        waiting_changes=row["waiting_count"],
        silent_working_days=row["silent_working_days"],
        usual_working_days=row["usual_working_days"],
        return_years=row["return_years"],
    )


def said(row: Row) -> str:
    """Say what is usual and what is now."""
    told = cadence_words.said(row)
    return f"{told}; {ONCE}" if row["state"] == "dormant" else told


def waiting(row: Row) -> str:
    """Say what waits, against the service's usual wait."""
    told = cadence_words.waiting(row)
    if not row["waiting_count"] or row["usual_wait_hours"] is None:
        return told
    return f"{told}; a change usually waits {words.duration(row['usual_wait_hours'])}"


def back(row: Row, spell: Spell) -> tuple[str, str]:
    """Say how an alarm ended: its title and what is so now."""
    on = words.day(row["last_on"])
    if row["last_on"] > spell.last_on and {*SILENT} & {*spell.told}:
        slower = row["state"] == "slowing" and not row["is_frozen"]
        return "deploys again", f"deployed on {on}" + (
            f"; {slow(row)}" if slower else next_one(row)
        )
    if max(RANK[told] for told in spell.told) == RANK["slowing"]:
        return "is on its rhythm again", f"last deployed on {on}{next_one(row)}"
    return "no longer counts as quiet", f"last deployed on {on}, by what is known now"


def slow(row: Row) -> str:
    """Say that what preceded the deployment still shows."""
    return cadence_words.slowing(row)


def next_one(row: Row) -> str:
    """Say when the next deployment is expected, where anything is."""
    if row["next_from"] is None or row["is_frozen"]:
        return ""
    return f"; {cadence_words.expected(row['next_from'], row['next_to'])}"


def clean(text: str) -> str:
    """Make a name from outside one short line that turns no text around."""
    return short(" ".join(printable(text).split()), LONGEST)

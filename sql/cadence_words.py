"""What is said of a service's rhythm, on pages, in reports, alerts and the terminal alike."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sql import words
from sql.drawing.strips import Shade
from sql.words import Part, Sentence

NEEDED = 5
MOST_NAMES = 3
ALARMS = ("stalled", "slowing")
"""States that need a look now; what is dormant was told once."""
STATES = {
    "stalled": "stalled",
    "slowing": "slowing",
    "watch": "watch",
    "dormant": "dormant",
    "on_rhythm": "on rhythm",
    "too_new": "too new",
    "never_deployed": "never deployed",
    "retired": "retired",
}
Row = Mapping[str, Any]


def state(row: Row) -> str:
    """Name a service's state; a declared freeze stands over it."""
    return "frozen" if row["is_frozen"] else STATES[row["state"]]


def said(row: Row) -> str:
    """Say in a sentence's worth of words how a service stands to its own rhythm."""
    return "; ".join(filter(None, [_stands(row), "" if row["is_frozen"] else known(row)]))


def _stands(row: Row) -> str:
    if row["state"] == "too_new":
        return f"learning, {row['deploy_day_count']} of {NEEDED}"
    if row["is_frozen"]:
        return f"declared freeze to {words.day(row['frozen_to_on'])}"
    if row["state"] == "slowing":
        return slowing(row)
    if row["state"] in ("stalled", "dormant"):
        return f"{silence(row)}; {rarity(row['silent_r_years'])}"
    return expected(row["next_from"], row["next_to"])


def is_alarm(row: Row) -> bool:
    """Tell whether a service needs a look now."""
    return row["state"] in ALARMS and not row["is_frozen"] and not known(row)


def is_quiet(row: Row) -> bool:
    """Tell whether a service has left its rhythm, also where people know or were told once."""
    return row["state"] in (*ALARMS, "dormant") and not row["is_frozen"]


def known(row: Row) -> str:
    """Say that people know of a silence, where they do."""
    until = row.get("confirmed_until_on")
    if until is None or row["state"] not in (*ALARMS, "dormant"):
        return ""
    return f"known until {words.day(until)}: {row['confirmed_reason']}"


def alarms(rows: Sequence[Row]) -> Sentence:
    """Say which services are stalled and which slow down, by name up to three, then by count."""
    stalled, slower = (
        [row for row in rows if is_alarm(row) and row["state"] == name] for name in ALARMS
    )
    said: list[Part] = []
    if stalled:
        count = sum(row["waiting_count"] or 0 for row in stalled)
        waits = f"{words.counted(count, 'change')} waiting" if count else "nothing merged"
        said += [Part(_named(stalled, "stalled"), "stall"), Part(f" with {waits}")]
    if slower:
        named = _named(slower, "slowing")
        said += [Part(", and "), Part(_uncapital(named, slower), "slow")] if said else []
        said = said or [Part(named, "slow")]
    return (Part(" "), *said, Part(".")) if said else ()


def _named(rows: Sequence[Row], what: str) -> str:
    verb = "is" if len(rows) == 1 else "are"
    if len(rows) > MOST_NAMES:
        return f"{words.capital(words.small(len(rows)))} services {verb} {what}"
    return f"{words.capital(words.listed([row['service'] for row in rows]))} {verb} {what}"


def _uncapital(named: str, rows: Sequence[Row]) -> str:
    """Take back the capital of what no longer begins the sentence."""
    first = words.small(len(rows)) if len(rows) > MOST_NAMES else rows[0]["service"]
    return first[:1] + named[1:]


def sentence(row: Row) -> Sentence:
    """Say of a service how it stands to its own rhythm, and what waits."""
    name = Part(row["service"], "strong")
    if row["state"] in ("stalled", "dormant") and not row["is_frozen"]:
        rare = rarity(row["silent_r_years"])
        silent = f" has been {silence(row).replace('silent', 'silent for', 1)}."
        return (name, Part(f"{silent} A silence this long happens {rare}."), *_waits(row))
    if row["state"] == "slowing" and not row["is_frozen"]:
        return (name, Part(f": {slowing(row)}."), *_waits(row))
    return (name, Part(f": {said(row)}."), *(_waits(row) if row["waiting_count"] else ()))


def _waits(row: Row) -> Sentence:
    """Say what waits in a sentence of its own, after who knows of it."""
    told = known(row)
    return (*([Part(f" {words.capital(told)}.")] if told else []), *_waiting(row))


def _waiting(row: Row) -> Sentence:
    count = row["waiting_count"]
    if not count:
        return (Part(" Nothing merged waits."),)
    waits = f"{words.counted(count, 'change')} {'waits' if count == 1 else 'wait'}"
    oldest = "" if count == 1 else ", the oldest"
    how_long = f"{oldest} for {words.duration(row['oldest_waiting_hours'])}."
    return (Part(" "), Part(waits, "strong"), Part(how_long))


def silence(row: Row) -> str:
    """Say how long it has been silent, against what is usual."""
    silent = days(row["silent_working_days"])
    return f"silent {silent}, usually {number(row['usual_working_days'])}"


def slowing(row: Row) -> str:
    """Say what makes it slower: its last deploy-days, or the count of its deployments."""
    if row["four_r_years"] >= row["volume_r_years"]:
        took = f"the last 4 deploy-days took {days(row['last_four_days'])}"
        return f"{took}, usually {number(row['usual_four_days'])}"
    return f"far fewer deployments than usual; {rarity(row['volume_r_years'])}"


def rarity(years: float) -> str:
    """Say how rarely this happens by itself."""
    if years >= 1000:
        return "by itself hardly ever"
    return f"by itself about once in {words.counted(max(1, round(years)), 'year')}"


def expected(first: date | None, last: date | None) -> str:
    """Say when the next deployment is expected."""
    if first is None:
        return "next deployment not expected within a year"
    if last is None or last == first:
        return f"next deployment expected {words.day(first)}"
    if (first.month, first.year) == (last.month, last.year):
        return f"next deployment expected {first.day} to {words.day(last)}"
    return f"next deployment expected {words.day(first)} to {words.day(last)}"


def waiting(row: Row) -> str:
    """Say what waits: a stall with work waiting is another thing than one without."""
    count = row["waiting_count"]
    if not count:
        return "nothing merged waits"
    oldest = words.duration(row["oldest_waiting_hours"])
    verb = "waits" if count == 1 else "wait"
    return f"{words.counted(count, 'change')} {verb}, the oldest {oldest}"


def days(value: float) -> str:
    """Say a number of operational days as working days."""
    whole = number(value)
    return f"{whole} working day" if whole == "1" else f"{whole} working days"


def number(value: float) -> str:
    """Say a number of days as people count them: whole, and at least one."""
    return f"{max(1, round(value))}"


def shades(row: Row, end: datetime, zone: str) -> list[Shade]:
    """Return what a strip that ends at ``end`` shades of a service, and how."""
    if row["is_frozen"]:
        return [Shade(_begins(row["frozen_from_on"], zone), end, "hatch")]
    last = row["last_deployed_at"]
    if row["state"] in ("retired", "dormant"):
        return [Shade(last, end, "quiet")] if last else []
    if row["state"] == "stalled":
        return [Shade(last, end, "stalltint")]
    if row["state"] == "slowing":
        return [Shade(_begins(row["unusual_since_on"], zone), end, "slowtint")]
    return []


def _begins(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone))

"""What is said of a service's rhythm, on pages, in reports, alerts and the terminal alike."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sql import words

NEEDED = 5
STATES = {
    "stalled": "stalled",
    "slowing": "slowing",
    "watch": "watch",
    "dormant": "dormant",
    "on_rhythm": "on rhythm",
    "too_new": "too new",
}
Row = Mapping[str, Any]


def state(row: Row) -> str:
    """Name a service's state; a declared freeze stands over it."""
    return "frozen" if row["is_frozen"] else STATES[row["state"]]


def said(row: Row) -> str:
    """Say in a sentence's worth of words how a service stands to its own rhythm."""
    if row["state"] == "too_new":
        return f"learning, {row['deploy_day_count']} of {NEEDED}"
    if row["is_frozen"]:
        return "frozen; silence does not count"
    if row["state"] == "slowing":
        return slowing(row)
    if row["state"] in ("stalled", "dormant"):
        return f"{silence(row)}; {rarity(row['silent_r_years'])}"
    return expected(row["next_from"], row["next_to"])


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

"""What is told of a service, and when: each spell of an alarm once, and its end once.

A stall is known by the last deploy-day before it, so it is never told twice, whatever is
computed again. Between alarm and calm lies `watch`, which ends nothing: a service at the
threshold would else be told every other day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

RECOVERED = "recovered"
RANK = {"slowing": 1, "stalled": 2, "dormant": 3}
SILENT = ("stalled", "dormant")
CALM = ("on_rhythm", "too_new")
WINDOW = 4
"""Slowing looks at so many deploy-days, so that many more tell of another one."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spell:
    """What one channel was told of a service."""

    since: date
    last_on: date
    deploy_days: int
    told: tuple[str, ...]
    is_over: bool = False


class Turn(NamedTuple):
    """Something to tell: what, and what it has been so since."""

    state: str
    since: date


def step(
    spell: Spell | None, row: Row, today: date, wanted: Collection[str], *, may_begin: bool
) -> tuple[Spell | None, Turn | None]:
    """Return the spell after ``today``, and what is to be told, if anything."""
    state = row["state"]
    if spell is not None and not spell.is_over and is_ended(spell, row):
        spell = replace(spell, is_over=True, deploy_days=row["deploy_day_count"])
        # Deployed and silent again since it was last looked at: only the silence is news.
        if state not in SILENT and RECOVERED in wanted:
            return spell, Turn(RECOVERED, spell.since)
    if may_begin and state in RANK and state in wanted and is_news(spell, row):
        since = today if state == "slowing" else row["last_on"]
        return begun(spell, row, today), Turn(state, since)
    return spell, None


def is_ended(spell: Spell, row: Row) -> bool:
    """Tell whether what was told is over: by a deployment, or back on its rhythm."""
    has_deployed = row["last_on"] > spell.last_on and bool({*SILENT} & {*spell.told})
    return has_deployed or row["state"] in CALM


def is_news(spell: Spell | None, row: Row) -> bool:
    """Tell whether an alarm is another one than what was told."""
    state = row["state"]
    if spell is None:
        return True
    if not spell.is_over:
        return RANK[state] > max(RANK[told] for told in spell.told)
    if state == "slowing":
        # After a stall the last four deploy-days still have it among them.
        return bool(row["deploy_day_count"] >= spell.deploy_days + WINDOW)
    return row["last_on"] > spell.last_on or state not in spell.told


def begun(spell: Spell | None, row: Row, today: date) -> Spell:
    """Return the spell in which the row's state is told."""
    last_on, state, count = row["last_on"], row["state"], row["deploy_day_count"]
    is_same = spell is not None and (not spell.is_over or spell.last_on == last_on)
    if spell is None or not is_same:
        return Spell(today, last_on, count, (state,))
    return Spell(spell.since, last_on, count, (*spell.told, state))

"""What a rule is worth: its false alarms, what it sees beyond chance, and how soon.

An *alarm* is the first day of a spell at or above a level; a spell that begins within 7 days of an
earlier one goes on with it, as one message would. *False alarms* are those on series in which
nothing changes, from the fifth deploy-day on, by calendar year.

A change is *seen* if an alarm begins between its onset and the horizon: 20 of the service's own
gaps (what the baseline reaches back), at most 500 operational days. An alarm that stands at the
onset is no detection, and neither is its going on; a new one is.
*Chance recall* is the share seen where nothing changes, at 13 placebo onsets in the range of the
real ones, each with the gap known by then. *Excess recall* is (recall - chance) / (1 - chance).
The *delay* runs from the end of the onset's day, when the change can first be told, to the end of
the alarm's day, over those seen, in own gaps: operational days by the true calendar for each
deploy-day before the onset. So an alarm in the first evening has none.

Services with fewer than five deploy-days at an onset are too new to be asked there.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bench.cadence.calendars import Flags, Floats, Whole
from bench.cadence.rules import NEEDED
from bench.cadence.simulator import CHANGES, ONSETS, Service, horizon_days, own_gap

MERGED_DAYS = 7
PLACEBOS = range(*ONSETS, 28)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule did on S services at L levels.

    ``alarms`` [S, L] on null series within ``years`` [S]; ``chance`` [S, L], the share of placebo
    onsets that are seen; ``delays`` [S, changes, L] in own gaps, nan where not seen; ``asked`` [S]
    if old enough.
    """

    alarms: Floats
    years: Floats
    chance: Floats
    delays: Floats
    asked: Flags

    @classmethod
    def pooled(cls, parts: "list[Evidence]") -> "Evidence":
        """Return one after the other as one."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def of(self, chosen: Flags) -> "Evidence":
        """Return that of some services."""
        return Evidence(*(getattr(self, f.name)[chosen] for f in fields(self)))


def starts(score: Floats, levels: Floats) -> Flags:
    """Return on which days an alarm begins, bool[L, T]."""
    above = score[None, :] >= levels[:, None]
    day = np.arange(len(score))
    long_ago = -MERGED_DAYS - 2
    latest = np.maximum.accumulate(np.where(above, day, long_ago), axis=1)
    before = np.pad(latest[:, :-1], ((0, 0), (1, 0)), constant_values=long_ago)
    return np.asarray(above & (day - before > MERGED_DAYS + 1))


def examine(service: Service, null: Whole, scores: dict[str, Floats], levels: Floats) -> Evidence:
    """Return what a rule does on one service: where nothing changes and at each change.

    ``null`` are its deployments if nothing changes, ``scores`` what the rule says of each series.
    """
    seen = np.cumsum(null > 0)
    told = np.where(seen >= NEEDED, scores["null"], 0.0)
    begun = starts(told, levels)
    placebos = [onset for onset in PLACEBOS if seen[onset - 1] >= NEEDED]
    hits = sum(
        (np.isfinite(delays(begun, null, service.clock, onset)) for onset in placebos),
        np.zeros(len(levels)),
    )
    found = [
        delays(starts(scores[change], levels), null, service.clock, service.onset)
        for change in CHANGES
    ]
    return Evidence(
        alarms=begun.sum(axis=1)[None, :].astype(np.float64),
        years=np.array([(seen >= NEEDED).sum() / 365.25]),
        chance=hits[None, :] / max(len(placebos), 1),
        delays=np.array(found)[None, :, :],
        asked=np.array([seen[service.onset - 1] >= NEEDED and len(placebos) > 0]),
    )


def delays(begun: Flags, null: Whole, clock: Floats, onset: int) -> Floats:
    """Return after how many own gaps an alarm begins at each level; nan beyond the horizon."""
    gap = own_gap(null, clock, onset)
    since = clock[onset:] - clock[onset]
    inside = begun[:, onset:] & (since <= horizon_days(gap))
    return np.where(inside.any(axis=1), since[inside.argmax(axis=1)] / gap, np.nan)


def excess(recall: float, chance: float) -> float:
    """Return which share is seen of what chance alone would not have flagged."""
    return (recall - chance) / (1 - chance) if chance < 1 else 0.0


def figures(evidence: Evidence, level: int) -> dict[str, float | None]:
    """Return the figures of a rule at one of its levels, over all services of the evidence."""
    asked = evidence.delays[evidence.asked][:, :, level]
    # Each service counts once here too: those that were long too new have the longest horizons.
    chance = float(evidence.chance[evidence.asked, level].mean()) if len(asked) else 0.0
    years = float(evidence.years.sum())
    found: dict[str, float | None] = {
        "services": len(evidence.years),
        "asked": len(asked),
        "service_years": round(years, 1),
        "false_alarms_per_year": round(float(evidence.alarms[:, level].sum()) / years, 3),
        "chance_recall": round(chance, 3),
    }
    for place, change in enumerate(CHANGES):
        delay: NDArray[np.float64] = asked[:, place]
        seen = np.isfinite(delay)
        recall = float(seen.mean()) if len(seen) else 0.0
        found[f"{change}_recall"] = round(recall, 3)
        found[f"{change}_excess"] = round(excess(recall, chance), 3)
        found[f"{change}_delay_gaps"] = (
            round(float(np.median(delay[seen])), 2) if any(seen) else None
        )
    return found


def at_price(evidence: Evidence, price: float) -> int:
    """Return the level that makes the most false alarms, but no more than ``price`` a year."""
    made = evidence.alarms.sum(axis=0) / evidence.years.sum()
    allowed = np.flatnonzero(made <= price)
    return int(allowed[made[allowed].argmax()]) if len(allowed) else int(made.argmin())

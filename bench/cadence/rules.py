"""The detector and the usual rules, each as one number per day: the higher, the more alarming."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bench.cadence.calendars import Floats, Whole
from bench.cadence.simulator import LENGTH, Service
from pipelines.analysis.rhythm import replay

NEEDED = 5
"""Deploy-days before which no rule says anything."""
GAPS = 20
WEEKS = 26
NOMINAL = (2.0, 10.0)
"""Years between alarms that the detector promises."""

Rule = Callable[[Service, Whole], Floats]


def rhythm(service: Service, counts: Whole) -> Floats:
    """Return the years in which so long a silence just happens."""
    told = replay(counts, service.days, service.holiday, service.freeze)
    years: Floats = told["return_years"]
    return years


def with_bots(service: Service, counts: Whole) -> Floats:
    """Return the same where bots' own changes are not left out."""
    return rhythm(service, counts + service.bots)


def fixed(service: Service, counts: Whole) -> Floats:
    """Return the days without a deployment."""
    return silence(counts)


def ratio(service: Service, counts: Whole) -> Floats:
    """Return the silence in medians of the last 20 gaps between deploy-days."""
    deployed = np.flatnonzero(counts > 0)
    gaps = np.diff(deployed)
    usual: Floats = np.full(len(deployed), np.inf)
    for place in range(NEEDED - 1, min(GAPS, len(deployed))):
        usual[place] = np.median(gaps[:place])
    if len(gaps) >= GAPS:
        usual[GAPS:] = np.median(sliding_window_view(gaps, GAPS), axis=1)
    seen = np.cumsum(counts > 0)
    return np.asarray(silence(counts) / np.concatenate([[np.inf], usual])[seen])


def z_score(service: Service, counts: Whole) -> Floats:
    """Return by how many standard deviations the last 7 days lie below the 26 weeks before."""
    made = np.concatenate([[0], np.cumsum(counts)])
    week = np.zeros(LENGTH)
    week[6:] = made[7:] - made[:-7]
    score = np.zeros(LENGTH)
    earlier = np.stack([np.roll(week, 7 * back) for back in range(1, WEEKS + 1)])
    first = 7 * (WEEKS + 1)
    spread = np.maximum(earlier.std(axis=0, ddof=1), 0.1)
    score[first:] = ((earlier.mean(axis=0) - week) / spread)[first:]
    return score


def silence(counts: Whole) -> Floats:
    """Return the days since the last deployment; 0 before the first."""
    day = np.arange(len(counts))
    last = np.maximum.accumulate(np.where(counts > 0, day, -1))
    return np.where(last < 0, 0, day - last).astype(np.float64)


OURS, WITH_BOTS = "rhythm", "rhythm, bots left in"
RULES: dict[str, tuple[Rule, Floats]] = {
    OURS: (rhythm, np.array(NOMINAL)),
    WITH_BOTS: (with_bots, np.array(NOMINAL)),
    "14 days": (fixed, np.array([14.0])),
    "fixed limit": (fixed, np.geomspace(2, 1000, 60).round()),
    "ratio": (ratio, np.geomspace(1.5, 150, 60)),
    "weekly z-score": (z_score, np.linspace(0.5, 15, 59)),
}
"""Each rule with the levels at which it is tried."""

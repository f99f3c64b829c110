"""Services that are made up: how they deploy, and what becomes of them at a known day.

A service is a rhythm and a process with a calendar of its own. Its deployments are the points of a
process of unit rate, laid over the sum of what each day is good for; a change (a stop, a drop, a
fade) takes from that sum from its onset on and leaves the points alone. So all changes of a service
share one past to the deployment, and its null series is what would have been.
"""

from dataclasses import dataclass

import numpy as np

from bench.cadence.calendars import (
    COUNTRIES,
    Days,
    Flags,
    Floats,
    Whole,
    freezes,
    holidays_of,
    usefulness,
)

LENGTH = 2184
"""Days of a series: 312 weeks."""
RHYTHMS = {
    "50 a day": 50.0,
    "5 a day": 5.0,
    "daily": 1.0,
    "weekly": 1 / 5,
    "monthly": 1 / 21,
    "quarterly": 1 / 62,
}
"""Deployments on an ordinary working day."""
PROCESSES = ("poisson", "modulated", "clustered", "regular")
SHARES = {"null": 1.0, "stop": 0.0, "quarter": 0.25, "half": 0.5}
"""What a change leaves from its onset on; a fade leaves less every day."""
CHANGES = ("stop", "quarter", "half", "fade")
ONSETS = (728, 1092)
"""A change begins in the third year."""
HORIZON_GAPS, HORIZON_DAYS = 20.0, 500.0
FADE = 0.75
"""A fade falls in a straight line to nothing in this part of the horizon."""
FOLLOWED, CLUSTER_DAYS = 1 / 3, 3.0
"""Every third deployment is followed up by one more some days later, follow-ups among them: so a
third of all deployments mend or complete an earlier one."""
MOODS = (0.2, 0.4)
"""Spread of good and bad times: at .4 a service is below half of its pace on 6 % of its days, at .6
it would be on 20 %, which is one of the changes to be seen."""
REGULAR_SHAPE = 6.0
FROZEN = 0.02
"""What is deployed in a freeze all the same, as a share of an ordinary day."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service over ``LENGTH`` days.

    ``clock``: running sum of what the days are good for by its true calendar, a working day about
    1; ``intensity``: deployments to expect on each day, if nothing changes; ``moments``: the points
    of the process of unit rate; ``bots``: deployments of bots' own changes, in no counts below.
    """

    rhythm: str
    process: str
    days: Days
    holiday: Flags
    freeze: Flags
    clock: Floats
    intensity: Floats
    moments: Floats
    bots: Whole
    onset: int

    def counts(self, change: str = "null") -> Whole:
        """Return the deployments of each day if ``change`` begins at the onset."""
        reached = np.cumsum(self.intensity * self.left(change))
        day = np.searchsorted(reached, self.moments, side="left")
        return np.bincount(day[day < LENGTH], minlength=LENGTH).astype(np.int64)

    def left(self, change: str) -> Floats:
        """Return which share of each day's deployments ``change`` leaves."""
        left = np.ones(LENGTH)
        if change == "fade":
            gap = own_gap(self.counts(), self.clock, self.onset)
            since = self.clock[self.onset :] - self.clock[self.onset - 1]
            left[self.onset :] = np.maximum(1 - since / (FADE * horizon_days(gap)), 0.0)
        else:
            left[self.onset :] = SHARES[change]
        return left


def own_gap(counts: Whole, clock: Floats, onset: int) -> float:
    """Return the mean gap between deploy-days before a day, in days of the true clock."""
    return float(clock[onset - 1] / max(np.count_nonzero(counts[:onset]), 1))


def horizon_days(gap: float) -> float:
    """Return within how many days of the true clock an alarm is still of use."""
    return min(HORIZON_GAPS * gap, HORIZON_DAYS)


def make(number: int, seed: int) -> Service:
    """Make one service; any 24 in a row are every rhythm with every process once."""
    chance = np.random.default_rng([seed, number])
    rhythm = list(RHYTHMS)[number % len(RHYTHMS)]
    process = PROCESSES[number // len(RHYTHMS) % len(PROCESSES)]
    rate = RHYTHMS[rhythm]
    days = np.datetime64("2014-01-06") + 7 * chance.integers(0, 208) + np.arange(LENGTH)
    holiday = holidays_of(str(chance.choice(COUNTRIES)), days)
    freeze = freezes(days, chance)
    good = usefulness(days, holiday, rate > 0.5, chance)
    intensity = rate * drift(chance) * good * np.where(freeze, FROZEN, 1.0)
    if process == "modulated":
        intensity = intensity * modulation(chance)
    moments = points(process, rate, float(intensity.sum()), chance)
    bots = chance.poisson(good * (0.2 if chance.random() < 1 / 3 else 0.0))
    clock = np.cumsum(np.where(freeze, 0.0, good))
    onset = int(chance.integers(*ONSETS))
    return Service(rhythm, process, days, holiday, freeze, clock, intensity, moments, bots, onset)


def points(process: str, rate: float, until: float, chance: np.random.Generator) -> Floats:
    """Return the points up to ``until`` of a process of unit rate, in order."""
    most = int(until + 10 * np.sqrt(until) + 20)
    if process == "regular":
        # The first waits for a part of a gap, else all services would start in step.
        gaps = chance.gamma(REGULAR_SHAPE, 1 / REGULAR_SHAPE, most)
        found = np.cumsum(gaps) - chance.random() * gaps[0]
    elif process == "clustered":
        made = [np.cumsum(chance.exponential(1 / (1 - FOLLOWED), most))]
        while len(made[-1]):
            first = made[-1][chance.random(len(made[-1])) < FOLLOWED]
            made.append(first + chance.exponential(CLUSTER_DAYS * rate, len(first)))
        found = np.sort(np.concatenate(made))
    else:
        found = np.cumsum(chance.exponential(1.0, most))
    return np.asarray(found[found <= until])


def modulation(chance: np.random.Generator) -> Floats:
    """Return good and bad times: exp of an AR(1) that forgets in one to eight weeks; mean 1."""
    # A mood that lasts longer or cuts deeper would be a slowdown, not noise.
    kept = np.exp(-1 / np.exp(chance.uniform(np.log(7), np.log(56))))
    spread = chance.uniform(*MOODS)
    steps = chance.normal(0, spread * np.sqrt(1 - kept**2), LENGTH)
    mood = np.empty(LENGTH)
    mood[0] = chance.normal(0, spread)
    for day in range(1, LENGTH):
        mood[day] = kept * mood[day - 1] + steps[day]
    return np.asarray(np.exp(mood - spread**2 / 2))


def drift(chance: np.random.Generator) -> Floats:
    """Return slow change: up to a quarter more or less a year, and wandering by a fifth a year."""
    trend = chance.uniform(-0.25, 0.25) / 365 * np.arange(LENGTH)
    return np.asarray(np.exp(trend + np.cumsum(chance.normal(0, 0.2 / np.sqrt(365), LENGTH))))

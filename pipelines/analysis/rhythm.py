"""Who has gone quiet, measured against its own rhythm: how rarely a silence this long just happens.

Arrays in, arrays out, and causal: what is said of a day is said from days up to its end.
The clock runs in operational days: a day counts as much as the service's own past says that
deployments happen on its weekday, little on public holidays and around New Year, nothing in a
declared freeze. On that clock the gaps between deploy-days are taken for gamma distributed; the
chance of a silence is the tail of the ratio of two gamma sums, an incomplete beta function.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.analysis.operational_days import weights

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

NEEDED = 5
"""Deploy-days that make a rhythm."""
BASELINE_DAYS, BASELINE_GAPS = 250.0, 20
SHAPES = (0.35, 6.0)
PRIOR_GAPS = 6.0
BLOCK_GAPS, BLOCKS_FROM = 4, 9
CHANCES = {1: 1.3, 4: 4.0}
"""How often the same silence is looked at again before it ends, by simulation."""
LEAST_SILENCE = 1.5
VOLUME_DAYS, VOLUME_BLOCKS, VOLUME_LEAST = 10.0, 17, 8
VOLUME_PER_DAY, VOLUME_SPREAD = 2.0, 0.10
DORMANT_DAYS, DORMANT_GAPS = 90.0, 12.0
MOST_YEARS = 10_000.0
ALARMS = ("slowing", "stalled", "dormant")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The gaps that end at each deploy-day; arrays of one value per deploy-day, 0 at the first.

    ``gaps``: how many; ``total``: their operational days; ``shape``: of their gamma distribution.
    """

    gaps: Floats
    total: Floats
    shape: Floats

    @property
    def mean(self) -> Floats:
        """The usual gap, operational days."""
        return self.total / np.maximum(self.gaps, 1)


def replay(
    counts: Whole,
    days: Days,
    holiday: Flags,
    freeze: Flags,
    *,
    threshold: float = 5.0,
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4),
    first: int = 0,
) -> dict[str, Any]:
    """Return what was to be said of one service at each day's end, from day number ``first`` on.

    ``counts`` are its deployments, bots' own left out, int[T]; ``days`` datetime64[D][T], one after
    another; ``holiday`` and ``freeze`` bool[T]. Returns ``return_years``, ``r1``, ``r4``, ``rv``
    (years, float[T]; 0 before five deploy-days, at most 10,000), ``state`` (str[T]: too_new,
    on_rhythm, watch, slowing, stalled or dormant), and ``silent`` (operational days since the last
    deploy-day), ``usual`` and ``usual4`` (mean gap of its rhythm now and four deploy-days ago).
    """
    operational = np.cumsum(weights(counts, days, holiday, freeze, working_days))
    return judged(counts, operational, freeze, threshold=threshold, first=first)


def judged(
    counts: Whole, operational: Floats, freeze: Flags, *, threshold: float = 5.0, first: int = 0
) -> dict[str, Any]:
    """Return what ``replay`` does, from the operational days up to each day's end."""
    counts = np.asarray(counts, dtype=np.int64)
    moments = operational[counts > 0]
    seen = np.cumsum(counts > 0, dtype=np.int64)[first:]
    if len(seen):
        # What no rhythm of these days looks back to is left out.
        cut = reaching(moments, int(seen[0]) - BLOCK_GAPS)
        moments, seen = moments[cut:], seen - cut
    rhythm = rhythms(moments)
    now = operational[first:]
    is_known = seen >= NEEDED
    r1 = np.where(is_known, silence(now, moments, seen, rhythm, 1), 0.0)
    r4 = np.where(is_known, silence(now, moments, seen, rhythm, 4), 0.0)
    rv = np.where(is_known, volume(counts, operational, first), 0.0)
    years = np.maximum(np.maximum(r1, r4), rv)
    silent = now - at_deploy_day(moments, seen, 1, now)
    usual = at_deploy_day(rhythm.mean, seen, 1, 0.0)
    alarms = states(seen, years, r1, np.maximum(r4, rv), silent, usual, threshold)
    return {
        "return_years": years,
        "r1": r1,
        "r4": r4,
        "rv": rv,
        "state": thawed(alarms, np.asarray(freeze, dtype=bool)[first:]),
        "silent": silent,
        "usual": usual,
        "usual4": at_deploy_day(rhythm.mean, seen, 4, 0.0),
        "gaps": at_deploy_day(rhythm.gaps, seen, 1, 0.0),
        "shape": at_deploy_day(rhythm.shape, seen, 1, 0.0),
    }


def at_deploy_day(values: Floats, seen: Whole, back: int, otherwise: Any) -> Floats:
    """Return for each day the value of the ``back``-th last deploy-day seen by then."""
    if not len(values):
        return np.asarray(np.zeros(len(seen)) + otherwise)
    return np.asarray(np.where(seen >= back, values[np.maximum(seen - back, 0)], otherwise))


def rhythms(moments: Floats) -> Rhythm:
    """Return the rhythm known at each deploy-day from the gaps that end there.

    ``moments`` are the deploy-days on the operational clock. Of gaps, those of the last 250
    operational days, and at least 20 if there are as many.
    """
    count = len(moments)
    gap = moments[1:] - moments[:-1]
    here = np.arange(count)
    first = np.searchsorted(moments, moments - BASELINE_DAYS, side="left")
    first = np.maximum(np.minimum(first, here - BASELINE_GAPS), 0)
    gaps = (here - first).astype(np.float64)
    total = moments - moments[first] if count else np.zeros(0)
    mean = np.where(gaps > 0, total / np.maximum(gaps, 1), 1.0)
    # Deployments of frozen days alone lie at one moment.
    mean = np.where(mean > 0, mean, 1.0)
    squares = running(gap**2)
    spread = (squares[here] - squares[first]) / mean**2 - gaps
    phi = (PRIOR_GAPS + np.maximum(spread, 0)) / (PRIOR_GAPS + np.maximum(gaps - 1, 0))
    phi = np.maximum(phi, of_blocks(moments, first, mean, gaps))
    return Rhythm(gaps, total, np.clip(1 / phi, *SHAPES))


def reaching(moments: Floats, place: int) -> int:
    """Return the first deploy-day that rhythms from ``place`` on look back to."""
    if place <= BASELINE_GAPS:
        return 0
    first = int(np.searchsorted(moments, moments[place] - BASELINE_DAYS, side="left"))
    return min(first, place - BASELINE_GAPS)


def of_blocks(moments: Floats, first: Whole, mean: Floats, gaps: Floats) -> Floats:
    """Return the dispersion that sums of four gaps tell, where they hang together; 0 below nine."""
    if len(moments) <= BLOCK_GAPS:
        return np.zeros(len(moments))
    sums = moments[BLOCK_GAPS:] - moments[:-BLOCK_GAPS]
    ones, squares = running(sums), running(sums**2)
    here = np.arange(len(moments))
    # A sum of gaps first+1 .. first+4 has the number first; the last ends here.
    last = np.maximum(here - BLOCK_GAPS + 1, first)
    count = (last - first).astype(np.float64)
    square = (squares[last] - squares[first]) / mean**2
    spread = square - 2 * BLOCK_GAPS * (ones[last] - ones[first]) / mean + BLOCK_GAPS**2 * count
    phi = (PRIOR_GAPS + np.maximum(spread, 0) / BLOCK_GAPS) / (
        PRIOR_GAPS + np.maximum(count - 1, 0)
    )
    return np.where(gaps >= BLOCKS_FROM, phi, 0.0)


def running(values: Floats) -> Floats:
    """Return sums of the first 0, 1, 2 ... values."""
    found = np.zeros(len(values) + 1)
    values.cumsum(out=found[1:])
    return found


def silence(now: Floats, moments: Floats, seen: Whole, rhythm: Rhythm, back: int) -> Floats:
    """Return the years in which a silence since the ``back``-th last deploy-day just happens.

    ``now`` and ``seen`` are of the days asked for: the operational clock, and deploy-days so far.
    """
    years = np.zeros(len(now))
    # The deploy-day itself needs a gap before it.
    known = seen > back
    if not known.any():
        return years
    place = seen[known] - back
    since = now[known] - moments[place]
    gaps, total, shape = rhythm.gaps[place], rhythm.total[place], rhythm.shape[place]
    p = chance(since, gaps, total, shape, back)
    a_year = 250.0 / np.maximum(total / gaps, 1.0)
    with np.errstate(divide="ignore", over="ignore"):
        found = np.minimum(1 / (p * a_year * CHANCES[back]), MOST_YEARS)
    if back == 1:
        found = np.where(since < LEAST_SILENCE, 0.0, found)
    years[known] = found
    return years


def chance(since: Any, gaps: Any, total: Any, shape: Any, back: int) -> Any:
    """Return the chance that ``back`` more gaps take longer than ``since`` operational days.

    ``gaps`` earlier ones took ``total``; gamma distributed with ``shape``, the mean unknown.
    """
    from scipy.special import betainc

    share_of = np.where(total > 0, total / np.where(total > 0, total + since, 1.0), 0.0)
    return betainc(shape * gaps, shape * back, share_of)


def volume(counts: Whole, operational: Floats, first: int = 0) -> Floats:
    """Return the years in which so few deployments in ten operational days happen by themselves.

    Only for services that deploy at least twice an operational day, against up to 17 earlier
    blocks of ten such days, the newest of them left out.
    """
    made = running(counts.astype(np.float64))
    if made[-1] < VOLUME_PER_DAY * VOLUME_DAYS * VOLUME_LEAST:
        return np.zeros(len(counts) - first)
    numbers = np.arange(VOLUME_BLOCKS + 3)
    ends = operational[first:, None] - VOLUME_DAYS * numbers[None, :]
    place = np.searchsorted(operational, ends.ravel(), side="right").reshape(ends.shape)
    # In a freeze the clock stands still, so the day itself is told by its place.
    place[:, 0] = np.arange(first, len(counts)) + 1
    blocks = made[place[:, :-1]] - made[place[:, 1:]]
    is_whole = ends[:, 1:] >= 0
    now, earlier, there = blocks[:, 0], blocks[:, 2:], is_whole[:, 2:]
    count = there.sum(axis=1)
    each = np.maximum(count, 1)
    logs = np.where(there, np.log(earlier + 0.5), 0.0)
    mean = logs.sum(axis=1) / each
    squares = np.where(there, (logs - mean[:, None]) ** 2, 0.0).sum(axis=1)
    spread = np.maximum(np.sqrt(squares / np.maximum(count - 1, 1)), VOLUME_SPREAD)
    often = np.where(there, earlier, 0.0).sum(axis=1) / each / VOLUME_DAYS
    score = (np.log(now + 0.5) - mean) / (spread * np.sqrt(1 + 1 / each))
    from scipy.special import stdtr

    p = stdtr(np.maximum(count - 1, 1), score)
    with np.errstate(divide="ignore", over="ignore"):
        years = np.minimum(1 / (p * 50.0 * 10.0), MOST_YEARS)
    return np.where((count >= VOLUME_LEAST) & (often >= VOLUME_PER_DAY), years, 0.0)


def states(
    seen: Whole,
    years: Floats,
    r1: Floats,
    slower: Floats,
    silent: Floats,
    usual: Floats,
    threshold: float,
) -> NDArray[np.str_]:
    """Return the state of each day by the years alone."""
    found = np.where(years >= 1, "watch", "on_rhythm").astype("<U9")
    found[slower >= threshold] = "slowing"
    found[r1 >= threshold] = "stalled"
    dormant = np.maximum(DORMANT_DAYS, DORMANT_GAPS * usual)
    found[(r1 >= threshold) & (silent >= dormant)] = "dormant"
    found[seen < NEEDED] = "too_new"
    return found


def thawed(state: NDArray[np.str_], freeze: Flags) -> NDArray[np.str_]:
    """Return the states where none becomes an alarm on a day in a declared freeze."""
    if not freeze.any():
        return state
    is_alarm = np.isin(state, ALARMS)
    for day in np.flatnonzero(freeze & is_alarm):
        # Within a freeze the clock stands still: what began before it goes on, nothing begins.
        if day == 0 or not is_alarm[day - 1]:
            state[day], is_alarm[day] = "watch", False
    return state


def next_window(
    since: float, gaps: float, total: float, shape: float, shares: tuple[float, float] = (0.5, 0.9)
) -> tuple[float, float]:
    """Return the operational days from now within which the next deploy-day is expected.

    Half of such silences, and nine in ten, end within them: the chance of a longer one is that
    share less than the chance of the silence until now.
    """
    from scipy.special import betaincinv

    now = float(chance(since, gaps, total, shape, 1))
    found = []
    for part in shares:
        place = float(betaincinv(shape * gaps, shape, now * (1 - part)))
        until = total / place - total if place > 0 else np.inf
        found.append(max(until - since, 0.0))
    return found[0], found[1]

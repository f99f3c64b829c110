"""Who has gone quiet, measured against its own rhythm: how rarely a silence this long just happens.

Arrays in, arrays out, and causal: what is said of a day is said from days up to its end.
The clock runs in operational days: a day counts as much as the service's own past says that
deployments happen on its weekday, little on public holidays and around New Year, nothing in a
declared freeze. On that clock the gaps between deploy-days are taken for gamma distributed; the
chance of a silence is the tail of the ratio of two gamma sums, an incomplete beta function.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.analysis.operational_days import Days, Flags, Floats, Whole, weights
from pipelines.analysis.sights import VOLUME_DAYS, VOLUME_LEAST, VOLUME_PER_DAY, Sight, sighted

NEEDED = 5
"""Deploy-days that make a rhythm."""
CHANCES = {1: 1.3, 4: 4.0}
"""How often the same silence is looked at again before it ends, by simulation."""
LEAST_SILENCE = 1.5
VOLUME_SPREAD = 0.10
DORMANT_DAYS, DORMANT_GAPS = 90.0, 12.0
MOST_YEARS = 10_000.0
ALARMS = ("slowing", "stalled", "dormant")
STATES = np.array(["on_rhythm", "watch", *ALARMS, "too_new"])


def replay(
    counts: Whole,
    days: Days,
    holiday: Flags,
    freeze: Flags,
    *,
    threshold: float = 5.0,
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4),
) -> dict[str, Any]:
    """Return what was to be said of one service at each day's end.

    ``counts`` are its deployments, bots' own left out, int[T]; ``days`` datetime64[D][T], one after
    another; ``holiday`` and ``freeze`` bool[T]. Returns ``return_years``, ``r1``, ``r4``, ``rv``
    (years, float[T]; 0 before five deploy-days, at most 10,000), ``state`` (str[T]: too_new,
    on_rhythm, watch, slowing, stalled or dormant), and ``silent`` (operational days since the last
    deploy-day), ``usual`` and ``usual4`` (mean gap of its rhythm now and four deploy-days ago).
    """
    counts = np.asarray(counts, dtype=np.int64)
    operational = np.cumsum(weights(counts, days, holiday, freeze, working_days))
    found = judged(sighted(counts, operational), threshold)
    return {**found, "state": thawed(found["state"], np.asarray(freeze, dtype=bool))}


def judged(sight: Sight, threshold: float) -> dict[str, Any]:
    """Return what ``replay`` does, but for freezes: day by day, whatever service it is of."""
    is_known = sight.seen >= NEEDED
    silent, gaps, _, shape = sight.last
    usual, usual4 = (two / np.maximum(n, 1) for _, n, two, _ in (sight.last, sight.fourth))
    # A chance of nothing is once in more years than are told.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        r1 = np.where(is_known, silence(sight.last, 1), 0.0)
        r4 = np.where(is_known, silence(sight.fourth, 4), 0.0)
        rv = np.where(is_known, volume(sight.blocks), 0.0)
    years = np.maximum(np.maximum(r1, r4), rv)
    silent, shape = (np.where(sight.seen > 0, value, 0.0) for value in (silent, shape))
    return {
        "return_years": years,
        "r1": r1,
        "r4": r4,
        "rv": rv,
        "state": states(sight.seen, years, r1, np.maximum(r4, rv), silent, usual, threshold),
        "silent": silent,
        "usual": usual,
        "usual4": usual4,
        "gaps": gaps,
        "shape": shape,
    }


def silence(seen: Floats, back: int) -> Floats:
    """Return the years in which a silence since the ``back``-th last deploy-day just happens."""
    since, gaps, total, shape = seen
    p = chance(since, gaps, total, shape, back)
    a_year = 250.0 / np.maximum(total / gaps, 1.0)
    found = np.minimum(1 / (p * a_year * CHANCES[back]), MOST_YEARS)
    return np.where(since < LEAST_SILENCE, 0.0, found) if back == 1 else found


def chance(since: Any, gaps: Any, total: Any, shape: Any, back: int) -> Any:
    """Return the chance that ``back`` more gaps take longer than ``since`` operational days.

    ``gaps`` earlier ones took ``total``; gamma distributed with ``shape``, the mean unknown.
    """
    from scipy.special import betainc

    share_of = np.where(total > 0, total / np.where(total > 0, total + since, 1.0), 0.0)
    return betainc(shape * gaps, shape * back, share_of)


def volume(blocks: Floats) -> Floats:
    """Return the years in which so few deployments in ten operational days happen by themselves.

    Only for services that deploy at least twice an operational day, against up to 17 earlier
    blocks of ten such days, the newest of them left out.
    """
    from scipy.special import stdtr

    there = ~np.isnan(blocks[:, 2:])
    count = there.sum(axis=1)
    often = np.where(there, blocks[:, 2:], 0.0).sum(axis=1) / np.maximum(count, 1) / VOLUME_DAYS
    asked = (count >= VOLUME_LEAST) & (often >= VOLUME_PER_DAY)
    there, count = there[asked], count[asked]
    now, earlier = blocks[asked, 0], blocks[asked, 2:]
    logs = np.where(there, np.log(earlier + 0.5), 0.0)
    mean = logs.sum(axis=1) / count
    squares = np.where(there, (logs - mean[:, None]) ** 2, 0.0).sum(axis=1)
    spread = np.maximum(np.sqrt(squares / (count - 1)), VOLUME_SPREAD)
    score = (np.log(now + 0.5) - mean) / (spread * np.sqrt(1 + 1 / count))
    p = stdtr(count - 1, score)
    years = np.zeros(len(blocks))
    years[asked] = np.minimum(1 / (p * 50.0 * 10.0), MOST_YEARS)
    return years


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
    found = np.where(years >= 1, 1, 0)
    found[slower >= threshold] = 2
    dormant = np.maximum(DORMANT_DAYS, DORMANT_GAPS * usual)
    is_stalled = r1 >= threshold
    found[is_stalled] = 3
    found[is_stalled & (silent >= dormant)] = 4
    found[seen < NEEDED] = 5
    return STATES[found]


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
    since: Any, gaps: Any, total: Any, shape: Any, shares: tuple[float, float] = (0.5, 0.9)
) -> tuple[Any, Any]:
    """Return the operational days from now within which the next deploy-day is expected.

    Half of such silences, and nine in ten, end within them: the chance of a longer one is that
    share less than the chance of the silence until now.
    """
    from scipy.special import betaincinv

    now = chance(since, gaps, total, shape, 1)
    found = []
    for part in shares:
        place = betaincinv(shape * gaps, shape, now * (1 - part))
        until = np.where(place > 0, total / np.where(place > 0, place, 1.0) - total, np.inf)
        found.append(np.maximum(until - since, 0.0))
    return found[0], found[1]

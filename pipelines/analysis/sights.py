"""What is to be seen of a service at the end of a day: its silences, its rhythm, its volume.

All in operational days: ``operational`` has those up to each day's end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.analysis.operational_days import Floats, Whole

BASELINE_DAYS, BASELINE_GAPS = 250.0, 20
SHAPES = (0.35, 6.0)
PRIOR_GAPS = 6.0
BLOCK_GAPS, BLOCKS_FROM = 4, 9
VOLUME_DAYS, VOLUME_BLOCKS, VOLUME_LEAST = 10.0, 17, 8
VOLUME_PER_DAY = 2.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The gaps that end at each deploy-day; arrays of one value per deploy-day, 0 at the first.

    ``gaps``: how many; ``total``: their operational days; ``shape``: of their gamma distribution.
    """

    gaps: Floats
    total: Floats
    shape: Floats


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen at the end of each of T days, of one service or of several.

    ``seen``: deploy-days so far, int[T]; ``last`` and ``fourth``: operational days since the last
    and the fourth last of them, and the ``gaps``, ``total`` and ``shape`` of the rhythm there,
    float[4, T]; ``blocks``: deployments of ten operational days each, the latest first, nan before
    the first day, float[T, 19].
    """

    seen: Whole
    last: Floats
    fourth: Floats
    blocks: Floats

    @classmethod
    def pooled(cls, parts: "Sequence[Sight]") -> "Sight":
        """Return one after the other as one."""
        return cls(
            np.concatenate([part.seen for part in parts]),
            np.concatenate([part.last for part in parts], axis=1),
            np.concatenate([part.fourth for part in parts], axis=1),
            np.concatenate([part.blocks for part in parts]),
        )


def sighted(counts: Whole, operational: Floats, first: int = 0) -> Sight:
    """Return what is to be seen from day number ``first`` on; ``operational`` is up to each day."""
    deployed = counts > 0
    moments = operational[deployed]
    seen = np.count_nonzero(deployed[:first]) + np.cumsum(deployed[first:], dtype=np.int64)
    # Earlier rhythms are not asked for, and what these do not look back to is left out.
    begin = max(int(seen[0]) - BLOCK_GAPS, 0) if len(seen) else 0
    cut = reaching(moments, begin)
    rhythm = rhythms(moments[cut:], begin - cut)
    known = np.stack([moments[begin:], rhythm.gaps, rhythm.total, rhythm.shape])
    if not len(moments):
        known = np.zeros((4, 1))
    places = (np.maximum(seen - begin - back, 0) for back in (1, 4))
    last, fourth = (known[:, place] for place in places)
    last[0], fourth[0] = operational[first:] - last[0], operational[first:] - fourth[0]
    return Sight(seen, last, fourth, blocks(counts, operational, first))


def rhythms(moments: Floats, begin: int = 0) -> Rhythm:
    """Return the rhythm known at each deploy-day, from number ``begin`` on, by the gaps to there.

    ``moments`` are the deploy-days on the operational clock. Of gaps, those of the last 250
    operational days, and at least 20 if there are as many.
    """
    here = np.arange(begin, len(moments))
    first = np.searchsorted(moments, moments[begin:] - BASELINE_DAYS, side="left")
    first = np.maximum(np.minimum(first, here - BASELINE_GAPS), 0)
    gaps = (here - first).astype(np.float64)
    total = moments[begin:] - moments[first]
    # Deployments of frozen days alone lie at one moment.
    mean = np.where(total > 0, total / np.maximum(gaps, 1), 1.0)
    squares = running((moments[1:] - moments[:-1]) ** 2)
    spread = (squares[here] - squares[first]) / mean**2 - gaps
    phi = (PRIOR_GAPS + np.maximum(spread, 0)) / (PRIOR_GAPS + np.maximum(gaps - 1, 0))
    phi = np.maximum(phi, of_blocks(moments, here, first, mean))
    return Rhythm(gaps, total, np.minimum(np.maximum(1 / phi, SHAPES[0]), SHAPES[1]))


def reaching(moments: Floats, place: int) -> int:
    """Return the first deploy-day that rhythms from ``place`` on look back to."""
    if place <= BASELINE_GAPS:
        return 0
    first = int(np.searchsorted(moments, moments[place] - BASELINE_DAYS, side="left"))
    return min(first, place - BASELINE_GAPS)


def of_blocks(moments: Floats, here: Whole, first: Whole, mean: Floats) -> Floats:
    """Return the dispersion that sums of four gaps tell, where they hang together; 0 below nine."""
    if len(moments) <= BLOCK_GAPS:
        return np.zeros(len(here))
    sums = moments[BLOCK_GAPS:] - moments[:-BLOCK_GAPS]
    ones, squares = running(sums), running(sums**2)
    # A sum of gaps first+1 .. first+4 has the number first; the last ends here.
    last = np.maximum(here - BLOCK_GAPS + 1, first)
    count = (last - first).astype(np.float64)
    square = (squares[last] - squares[first]) / mean**2
    spread = square - 2 * BLOCK_GAPS * (ones[last] - ones[first]) / mean + BLOCK_GAPS**2 * count
    phi = (PRIOR_GAPS + np.maximum(spread, 0) / BLOCK_GAPS) / (
        PRIOR_GAPS + np.maximum(count - 1, 0)
    )
    return np.where(here - first >= BLOCKS_FROM, phi, 0.0)


def running(values: Floats | Whole) -> Floats:
    """Return sums of the first 0, 1, 2 ... values."""
    found = np.zeros(len(values) + 1)
    values.cumsum(out=found[1:])
    return found


def blocks(counts: Whole, operational: Floats, first: int = 0) -> Floats:
    """Return the deployments of ten operational days each, as ``Sight`` has them."""
    ends_at = np.arange(VOLUME_BLOCKS + 3)
    if counts.sum() < VOLUME_PER_DAY * VOLUME_DAYS * VOLUME_LEAST:
        return np.full((len(counts) - first, len(ends_at) - 1), np.nan)
    made = running(counts)
    ends = operational[first:, None] - VOLUME_DAYS * ends_at
    place = np.searchsorted(operational, ends.ravel(), side="right").reshape(ends.shape)
    # In a freeze the clock stands still, so the day itself is told by its place.
    place[:, 0] = np.arange(first, len(counts)) + 1
    return np.where(ends[:, 1:] >= 0, made[place[:, :-1]] - made[place[:, 1:]], np.nan)

"""The reference's Kaplan-Meier median and band are those of scipy."""

import random

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from tests.reference.uncertainty import kaplan_meier


def first(lengths, curve):
    """Return the first length at which a curve is a half or less; where it is unknown it is not."""
    reached = lengths[np.nan_to_num(np.round(curve, 9), nan=1) <= 0.5]
    return float(reached[0]) if len(reached) else None


def by_scipy(spells):
    over = [length for length, is_over in spells if is_over]
    still_open = [length for length, is_over in spells if not is_over]
    found = ecdf(CensoredData(uncensored=over, right=still_open)).sf
    with np.errstate(all="ignore"):
        band = found.confidence_interval(0.95, method="log-log")
    is_nought = found.probabilities <= 0
    low = np.where(is_nought, np.nan, band.low.probabilities)
    high = np.where(is_nought, np.nan, band.high.probabilities)
    ends = [first(found.quantiles, curve) for curve in (found.probabilities, low, high)]
    return (*ends, None if ends[0] is not None else max(length for length, _ in spells))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_medians_and_bands_are_those_of_scipy():
    dice = random.Random(7)
    for _ in range(500):
        spells = [
            (float(dice.randint(1, 12)), dice.random() < 0.75) for _ in range(dice.randint(1, 30))
        ]
        if any(is_over for _, is_over in spells):
            assert kaplan_meier(spells) == by_scipy(spells), spells

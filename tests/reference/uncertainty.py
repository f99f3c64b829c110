"""How sure a number is: Wilson's interval of a share, Kaplan and Meier's median of a time."""

import math

Z = 1.959964


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Return the ends of Wilson's score interval."""
    if not n:
        return None, None
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(centre - half, 0), min(centre + half, 1)


def kaplan_meier(spells: list[tuple[float, bool]]) -> tuple[float | None, ...]:
    """Return median, low, high and at least, of lengths and whether each is over.

    The band inverts log-log Greenwood intervals; where the curve is 0 they are not defined, so
    the last end of all gives none (as in R's survfit).
    """
    survival, greenwood = 1.0, 0.0
    median = low = high = None
    for length in sorted({length for length, _ in spells}):
        at_risk = sum(other >= length for other, _ in spells)
        ended = sum(other == length and is_over for other, is_over in spells)
        survival *= 1 - ended / at_risk
        if median is None and round(survival, 9) <= 0.5:
            median = length
        if not ended or at_risk == ended:
            continue
        greenwood += ended / (at_risk * (at_risk - ended))
        spread = Z * math.sqrt(greenwood) / abs(math.log(survival))
        if low is None and survival ** math.exp(spread) <= 0.5:
            low = length
        if high is None and survival ** math.exp(-spread) <= 0.5:
            high = length
    at_least = None if median is not None else max((length for length, _ in spells), default=None)
    return median, low, high, at_least

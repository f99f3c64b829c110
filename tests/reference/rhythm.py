"""The stall detector once more, a day at a time and from scratch, written from its description."""

from datetime import date, timedelta
from math import log, sqrt

from scipy.special import betainc
from scipy.stats import t as student


def weight(day, deployed, is_holiday, is_frozen, working_days=(0, 1, 2, 3, 4)):
    """Return what a day counts; ``deployed`` are the deploy-days before it."""
    past = [one for one in deployed if day - timedelta(days=365) <= one < day]
    if len(working_days) == 7:
        prior = 1 / 7
    elif day.weekday() in working_days:
        prior = 0.995 / len(working_days)
    else:
        prior = 0.005 / (7 - len(working_days))
    same = sum(one.weekday() == day.weekday() for one in past)
    found = 5 * (same + 10 * prior) / (len(past) + 10)
    if is_holiday:
        found *= 0.05
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2):
        found *= 0.2
    return 0.0 if is_frozen else found


def told(counts, first, holiday, freeze, threshold=5.0, working_days=(0, 1, 2, 3, 4)):
    """Yield r1, r4, rv and the state at each day's end."""
    clock, total, deployed = [], 0.0, []
    state = None
    for place, count in enumerate(counts):
        day = first + timedelta(days=place)
        total += weight(
            day, [one for one, _ in deployed], holiday[place], freeze[place], working_days
        )
        clock.append(total)
        if count:
            deployed.append((day, total))
        r1 = r4 = rv = 0.0
        if len(deployed) >= 5:
            moments = [moment for _, moment in deployed]
            r1, r4 = silence(moments, total, 1), silence(moments, total, 4)
            rv = volume(counts[: place + 1], clock)
        state = named(len(deployed), r1, r4, rv, deployed, total, freeze[place], state, threshold)
        yield r1, r4, rv, state


def silence(moments, now, back):
    """Return the years of the time since the last deploy-day but ``back - 1``."""
    known = moments[: len(moments) - back + 1]
    since = now - known[-1]
    gaps = baseline(known)
    n, mean, k = described(gaps)
    if back == 1 and since < 1.5:
        return 0.0
    share = n * mean / (n * mean + since) if n * mean > 0 else 0.0
    p = betainc(k * n, k * back, share)
    if p == 0:
        return 10_000.0
    return min(1 / (p * 250 / max(mean, 1) * {1: 1.3, 4: 4.0}[back]), 10_000.0)


def baseline(moments):
    """Return the gaps that end at the last moment: of 250 operational days, at least 20."""
    gaps = []
    for one, after in zip(moments[-2::-1], moments[:0:-1], strict=True):
        if moments[-1] - one > 250 and len(gaps) >= 20:
            break
        gaps.insert(0, after - one)
    return gaps


def described(gaps):
    """Return how many gaps there are, their mean and the shape of their distribution."""
    n = len(gaps)
    mean = sum(gaps) / n
    scale = mean or 1.0
    phi = (6 + sum((gap / scale - 1) ** 2 for gap in gaps)) / (6 + n - 1)
    if n >= 9:
        sums = [sum(gaps[place : place + 4]) / scale for place in range(n - 3)]
        spread = sum((one - 4) ** 2 for one in sums) / 4
        phi = max(phi, (6 + spread) / (6 + len(sums) - 1))
    return n, mean, min(max(1 / phi, 0.35), 6)


def volume(counts, clock):
    """Return the years of so few deployments in the last ten operational days."""

    def block(number):
        top, bottom = clock[-1] - 10 * number, clock[-1] - 10 * (number + 1)
        if bottom < 0:
            return None
        return sum(
            count for count, moment in zip(counts, clock, strict=True) if bottom < moment <= top
        )

    earlier = [found for number in range(2, 19) if (found := block(number)) is not None]
    if len(earlier) < 8 or sum(earlier) / len(earlier) / 10 < 2:
        return 0.0
    logs = [log(one + 0.5) for one in earlier]
    mean = sum(logs) / len(logs)
    spread = max(sqrt(sum((one - mean) ** 2 for one in logs) / (len(logs) - 1)), 0.1)
    score = (log(block(0) + 0.5) - mean) / (spread * sqrt(1 + 1 / len(logs)))
    return min(1 / (student.cdf(score, len(logs) - 1) * 50 * 10), 10_000.0)


def named(count, r1, r4, rv, deployed, now, is_frozen, before, threshold):
    """Return the state; in a freeze none becomes an alarm that was none the day before."""
    if count < 5:
        return "too_new"
    gaps = baseline([moment for _, moment in deployed])
    silent = now - deployed[-1][1]
    found = "watch" if max(r1, r4, rv) >= 1 else "on_rhythm"
    if max(r4, rv) >= threshold:
        found = "slowing"
    if r1 >= threshold:
        is_long = silent >= max(90, 12 * sum(gaps) / len(gaps))
        found = "dormant" if is_long else "stalled"
    alarms = ("slowing", "stalled", "dormant")
    if is_frozen and found in alarms and before not in alarms:
        return "watch"
    return found


START = date(2021, 3, 1)

"""All services, one by one, in as many processes as there are cores to spare."""

import multiprocessing
import time
from functools import partial

import numpy as np

from bench.cadence.calendars import Flags, Floats
from bench.cadence.rules import NOMINAL, OURS, RULES, WITH_BOTS
from bench.cadence.scoring import Evidence, at_price, examine, figures
from bench.cadence.simulator import CHANGES, LENGTH, PROCESSES, RHYTHMS, make

Told = tuple[str, str, float, dict[str, Evidence]]


def measure(services: int, seed: int, processes: int = 1) -> dict[str, object]:
    """Return all figures of so many services."""
    begun = time.perf_counter()
    told = gather(services, seed, processes)
    evidence = {rule: Evidence.pooled([one[3][rule] for one in told]) for rule in RULES}
    kinds = [(rhythm, process) for process in PROCESSES for rhythm in RHYTHMS]
    of_kind = {
        kind: np.array([one[:2] == kind for one in told])
        for kind in kinds
        if any(one[:2] == kind for one in told)
    }
    return {
        "series": services * (1 + len(CHANGES)),
        "days": LENGTH,
        "seed": seed,
        "processes": processes,
        "seconds": round(time.perf_counter() - begun, 1),
        "replay_ms_per_series": round(1000 * float(np.mean([one[2] for one in told])), 2),
        "nominal": {
            f"{years:g}": nominal(evidence, of_kind, place) for place, years in enumerate(NOMINAL)
        },
    }


def nominal(
    evidence: dict[str, Evidence], of_kind: dict[tuple[str, str], Flags], place: int
) -> dict[str, object]:
    """Return the figures at one return time: of the rules, and of the detector's classes."""
    ours = evidence[OURS]
    price = float(ours.alarms[:, place].sum() / ours.years.sum())
    rules = {}
    for rule, (_, levels) in RULES.items():
        level = place if rule in (OURS, WITH_BOTS) else at_price(evidence[rule], price)
        rules[rule] = {"level": round(float(levels[level]), 2), **figures(evidence[rule], level)}
    return {
        "rules": rules,
        "classes": [
            {"rhythm": kind[0], "process": kind[1], **figures(ours.of(chosen), place)}
            for kind, chosen in of_kind.items()
        ],
    }


def gather(services: int, seed: int, processes: int) -> list[Told]:
    """Return what came of each service, in order whatever the number of processes."""
    ask = partial(one, seed=seed)
    if processes == 1:
        return [ask(number) for number in range(services)]
    # Spawned, not forked: the same on every platform, and no thread is copied half-way.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return list(pool.imap(ask, range(services), chunksize=8))


def one(number: int, seed: int) -> Told:
    """Make one service, try every rule on it, and time the detector."""
    service = make(number, seed)
    series = {change: service.counts(change) for change in ("null", *CHANGES)}
    found, seconds = {}, 0.0
    scores: dict[str, Floats] = {}
    for name, (rule, levels) in RULES.items():
        begun = time.perf_counter()
        # Without bots there is nothing else to replay: the scores before are the detector's own.
        if name != WITH_BOTS or service.bots.any():
            scores = {change: rule(service, counts) for change, counts in series.items()}
        if name == OURS:
            seconds = (time.perf_counter() - begun) / len(series)
        found[name] = examine(service, series["null"], scores, levels)
    return service.rhythm, service.process, seconds, found

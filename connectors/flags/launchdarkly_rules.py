"""What LaunchDarkly's rules mean: the share of everybody, and the fields that choose."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from connectors.flags.payloads import Strategy
from connectors.pagers.judging import Body

WHOLE: Final = 100_000


def strategies(flag: Body, told: Body) -> list[Strategy]:
    """Return how a flag chooses in one environment: what falls through, then rules and targets."""
    granted = given(flag, told)
    found = [Strategy(share(told.get("fallthrough"), granted))]
    for rule in told.get("rules") or ():
        if not rule.get("disabled") and share(rule, granted) != 0:
            found.append(Strategy(0.0, tuple(dict.fromkeys(fields(rule.get("clauses") or ())))))
    for target in [*(told.get("targets") or ()), *(told.get("contextTargets") or ())]:
        if target.get("values") and target.get("variation") in granted:
            found.append(Strategy(0.0, (str(target.get("contextKind") or "user"),)))
    return found


def given(flag: Body, told: Body) -> frozenset[int]:
    """Return the variations that are the feature: the true ones, else all but the one for off."""
    values = [one.get("value") for one in flag.get("variations") or ()]
    if True in values and all(isinstance(value, bool) for value in values):
        return frozenset(place for place, value in enumerate(values) if value)
    off = told.get("offVariation")
    return frozenset(place for place in range(len(values)) if place != off)


def share(served: Any, granted: frozenset[int]) -> float | None:
    """Return the share that gets one of the variations; null where nothing is told."""
    if not isinstance(served, Mapping):
        return None
    rollout = served.get("rollout")
    if isinstance(rollout, Mapping):
        weights = [
            int(one.get("weight") or 0)
            for one in rollout.get("variations") or ()
            if one.get("variation") in granted
        ]
        return min(sum(weights) / WHOLE, 1.0)
    variation = served.get("variation")
    return None if variation is None else float(variation in granted)


def fields(clauses: Sequence[Body]) -> Iterator[str]:
    """Yield the kinds and attributes that clauses choose by."""
    for clause in clauses:
        if clause.get("op") == "segmentMatch":
            yield "segment"
            continue
        yield str(clause.get("contextKind") or "user")
        if clause.get("attribute") not in (None, "", "key"):
            yield str(clause["attribute"]).strip("/")

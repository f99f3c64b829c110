"""What Flagsmith's segments mean: the share of everybody, and the traits that choose."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from connectors.flags.payloads import Strategy
from connectors.pagers.judging import Body

SPLIT: Final = "PERCENTAGE_SPLIT"


def chosen(overrides: Iterable[tuple[Body, bool]], segments: Mapping[int, Body]) -> list[Strategy]:
    """Return how the segments choose in which a flag is on."""
    return [
        strategy(segments.get(int(one["segment"])) or {})
        for one, is_enabled in overrides
        if is_enabled
    ]


def strategy(segment: Body) -> Strategy:
    """Return the share of a segment that is a split and nothing else; else who is chosen."""
    found = list(conditions(segment.get("rules") or ()))
    splits = [float(one["value"]) / 100 for one in found if one.get("operator") == SPLIT]
    others = [one for one in found if one.get("operator") != SPLIT and one.get("property")]
    fields = dict.fromkeys(str(one["property"]) for one in others)
    if len(splits) == 1 and len(found) == 1:
        return Strategy(min(max(splits[0], 0.0), 1.0))
    return Strategy(0.0, tuple(fields) or ("segment",))


def conditions(rules: Iterable[Body]) -> Iterator[Body]:
    """Yield the conditions of rules and of the rules in them."""
    for rule in rules:
        yield from rule.get("conditions") or ()
        yield from conditions(rule.get("rules") or ())

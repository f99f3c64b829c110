"""What Unleash's strategies mean: the share of everybody, and the fields that choose."""

from collections.abc import Mapping
from typing import Any, Final

from connectors.flags.payloads import EVERYBODY, Strategy
from connectors.pagers.judging import Body

Segments = Mapping[int, tuple[str, ...]]
"""The fields that each segment chooses by, by its id."""
CHOOSING: Final = {
    "userWithId": "userId",
    "remoteAddress": "remoteAddress",
    "applicationHostname": "hostname",
}
SHARES: Final = ("rollout", "percentage")


def strategy(body: Body, segments: Segments) -> Strategy:
    """Return what one strategy does."""
    if body.get("disabled"):
        return Strategy(0.0)
    name = str(body.get("name"))
    fields = [str(one.get("contextName")) for one in body.get("constraints") or ()]
    for one in body.get("segments") or ():
        fields += segments.get(one, ("segment",))
    if name in CHOOSING:
        fields.append(CHOOSING[name])
    if fields:
        return Strategy(0.0, tuple(dict.fromkeys(fields)))
    if name == "default":
        return EVERYBODY
    share = shared(body.get("parameters"))
    is_built_in = name == "flexibleRollout" or name.startswith("gradualRollout")
    return Strategy(share) if is_built_in else Strategy(None)


def shared(parameters: Any) -> float | None:
    """Return the share that parameters set, where they do."""
    found = parameters if isinstance(parameters, Mapping) else {}
    told = next((str(found[name]) for name in SHARES if name in found), "")
    try:
        share = float(told) / 100
    except ValueError:
        return None
    return min(max(share, 0.0), 1.0)

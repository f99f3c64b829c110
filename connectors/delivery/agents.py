"""Agents that pull what is declared: Argo CD's Applications, Flux's Kustomizations and releases."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from connectors.delivery.bodies import condition, moment, parts, stamp, text, told
from connectors.delivery.kinds import Body
from connectors.delivery.places import Places

ARGO_CD: Final = "argo_cd"
FLUX: Final = "flux"


def application(body: Body, places: Places, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every sync that an Application remembers, and whether it is in sync now."""
    name = text(body, "metadata", "name") or ""
    namespace = text(body, "spec", "destination", "namespace") or ""
    place = {**places.of(body, name, namespace), "tool": ARGO_CD}
    identity = f"{ARGO_CD}/{text(body, 'metadata', 'namespace') or ''}/{name}"
    for one in parts(body, "status", "history"):
        at = moment(one, "deployedAt")
        if at:
            yield sync(identity, place, at, "synced", text(one, "revision"))
    state = text(body, "status", "sync", "status")
    at = moment(body, "status", "reconciledAt") or now
    if state == "OutOfSync":
        yield sync(identity, place, at, "out_of_sync", text(body, "status", "sync", "revision"))
    finished = moment(body, "status", "operationState", "finishedAt")
    if state == "Synced" and finished:
        yield sync(identity, place, finished, "synced", text(body, "status", "sync", "revision"))


def flux(body: Body, places: Places) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield whether what a Flux object declares is applied, and since when."""
    ready = condition(body, "Ready")
    at = moment(ready, "lastTransitionTime")
    if not at or ready.get("status") not in ("True", "False"):
        return
    name = text(body, "metadata", "name") or ""
    namespace = text(body, "spec", "targetNamespace") or text(body, "metadata", "namespace") or ""
    place = {**places.of(body, name, namespace), "tool": FLUX}
    identity = f"{FLUX}/{body.get('kind')}/{text(body, 'metadata', 'namespace') or ''}/{name}"
    state = "synced" if ready["status"] == "True" else "out_of_sync"
    yield sync(identity, place, at, state, text(body, "status", "lastAppliedRevision"))


def sync(
    identity: str, place: dict[str, Any], at: datetime, state: str, revision: str | None
) -> tuple[str, dict[str, Any]]:
    """Return id and payload of one word of an agent."""
    payload = told({**place, "changed_at": at, "state": state, "revision": revision})
    return f"{identity}/{stamp(at)}/{state}", payload

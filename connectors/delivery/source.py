"""One cluster as a source: what it rolls out now, and what it remembers of before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from connectors.delivery import agents, argo_rollouts, flagger, workloads
from connectors.delivery.bodies import part, stamp, text
from connectors.delivery.kinds import (
    ANALYSIS_RUN,
    APPLICATION,
    CANARY,
    DEPLOYMENT,
    HELM_RELEASE,
    KUSTOMIZATION,
    METRIC_TEMPLATE,
    REPLICA_SET,
    ROLLOUT,
    Body,
    Kind,
    Reader,
)
from connectors.delivery.places import Places
from connectors.errors import SourceError
from connectors.hosts.api import Access
from connectors.records import Batch, Cursor, Failure, Record

Payload = dict[str, Any]
OVER = ("completed", "aborted")
# What a rollout shows only while it goes on, so that it is kept from one look to the next.
STICKY = ("started_at", "is_fast_promoted", "is_rollback", "stable_version")


@dataclass(slots=True)
class Kubernetes:
    """Looks at a cluster, or at files exported from one, now and then."""

    entities: ClassVar[tuple[str, ...]] = (
        "progressive_rollouts", "analyses", "traffic_weights", "agent_syncs", "shadows",
    )  # fmt: skip

    reader: Reader
    places: Places = field(default_factory=Places)
    is_watching: bool = False
    _held: dict[Kind, list[Body]] = field(default_factory=dict, init=False, repr=False)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield what the cluster has of ``entity`` now."""
        if entity not in self.entities:
            raise ValueError(f"a cluster has no {entity!r}, only {', '.join(self.entities)}")
        scope = self.reader.name
        found = cursors.get(scope)
        cursor = dict(found) if isinstance(found, Mapping) else {}
        try:
            rows, state = getattr(self, f"_{entity}")(cursor)
            records = [Record(entity, name, payload, scope) for name, payload in rows]
            yield Batch(entity, scope, records, state)
        except SourceError as error:
            yield Failure(entity, scope, error)
        finally:
            if entity == self.entities[-1]:
                self.reader.close()

    def access(self) -> Iterator[Access]:
        """Yield which kinds of objects can be listed, for doctor."""
        try:
            for kind in (ROLLOUT, ANALYSIS_RUN, CANARY, APPLICATION, DEPLOYMENT, REPLICA_SET):
                try:
                    count = sum(1 for _ in self.reader.objects(kind))
                except SourceError as error:
                    yield Access(kind.plural, str(error), "mend")
                else:
                    yield Access(kind.plural, f"can be listed: {count}")
        finally:
            self.reader.close()

    def _all(self, kind: Kind) -> list[Body]:
        """Return the objects of a kind, asked for once."""
        if kind not in self._held:
            self._held[kind] = list(self.reader.objects(kind))
        return self._held[kind]

    def _owned(self, kind: str) -> dict[str, list[Body]]:
        """Return ReplicaSets by namespace and name of the object that owns them."""
        found: dict[str, list[Body]] = {}
        for one in self._all(REPLICA_SET):
            owner = workloads.owner(one, kind)
            if owner:
                found.setdefault(f"{text(one, 'metadata', 'namespace')}/{owner}", []).append(one)
        return found

    def _progressive_rollouts(self, cursor: Payload) -> tuple[list[tuple[str, Payload]], Payload]:
        rows = [*self._argo(), *self._flagger(), *self._plain()]
        state = {}
        for name, payload in rows:
            kept = cursor.get(name, {})
            payload["is_sampled"] = self._is_sampled(payload, kept)
            for key in STICKY:
                if key == "started_at":
                    times = [one for one in (kept.get(key), payload.get(key)) if one]
                    value = min(times, default=stamp(self.reader.now()))
                else:
                    value = kept.get(key) or payload.get(key)
                if value is not None:
                    payload[key] = value
            if payload["status"] == "aborted":
                at = kept.get("aborted_at") or payload.get("aborted_at")
                payload["aborted_at"] = at or stamp(self.reader.now())
                weight = kept.get("weight")
                payload |= {"abort_weight": weight} if weight is not None else {}
            state[name] = {
                key: payload[key] for key in (*STICKY, "aborted_at") if key in payload
            } | self._weight_of(name, kept)
            if not payload["is_sampled"]:
                state[name] |= {"followed": payload["status"]}
        return rows, state

    def _is_sampled(self, payload: Payload, kept: Payload) -> bool:
        """Tell whether steps of a rollout may have been missed.

        None were where it was watched from its begin, or was over when the watch broke off.
        """
        if self.is_watching:
            return bool(kept) and "followed" not in kept
        return kept.get("followed") not in OVER or kept.get("followed") != payload["status"]

    def _weight_of(self, name: str, kept: Payload) -> Payload:
        """Return the latest weight before an abort, to be kept."""
        weight, is_aborted = self._weights().get(name, (None, False))
        value = kept.get("weight") if is_aborted else weight
        return {} if value is None else {"weight": value}

    def _argo(self) -> Iterator[tuple[str, Payload]]:
        for body, sets in self._argo_rollouts():
            yield argo_rollouts.identity(body), argo_rollouts.rollout(body, sets, self.places)

    def _argo_rollouts(self) -> Iterator[tuple[Body, argo_rollouts.Sets]]:
        owned = self._owned("Rollout")
        for body in self._all(ROLLOUT):
            if not text(body, "status", "currentPodHash"):
                # The controller has not seen it yet.
                continue
            place = f"{text(body, 'metadata', 'namespace')}/{text(body, 'metadata', 'name')}"
            hashes = {
                text(one, "metadata", "labels", argo_rollouts.HASH) or "": one
                for one in owned.get(place, [])
            }
            yield body, argo_rollouts.Sets(hashes)

    def _flagger(self) -> Iterator[tuple[str, Payload]]:
        targets = {place(one): one for one in self._all(DEPLOYMENT)}
        for body in self._all(CANARY):
            if flagger.stated(body) and text(body, "status", "lastAppliedSpec"):
                yield flagger.identity(body), flagger.canary(body, targets, self.places)

    def _plain(self) -> Iterator[tuple[str, Payload]]:
        led = {place(body) for body in self._all(ROLLOUT)} | set(self._led_by_flagger())
        owned = self._owned("Deployment")
        for body in self._all(DEPLOYMENT):
            if place(body) not in led:
                yield from workloads.rollouts(body, owned.get(place(body), []), self.places)

    def _led_by_flagger(self) -> Iterator[str]:
        for body in self._all(CANARY):
            target = text(body, "spec", "targetRef", "name") or text(body, "metadata", "name")
            namespace = text(body, "metadata", "namespace")
            yield from (f"{namespace}/{target}", f"{namespace}/{target}-primary")

    def _weights(self) -> dict[str, tuple[float | None, bool]]:
        """Return the share of traffic of each rollout now, and whether it was aborted."""
        argo = {
            argo_rollouts.identity(body): (
                argo_rollouts.weight(body), argo_rollouts.stated(body) == "aborted",
            )
            for body, _ in self._argo_rollouts()
        }  # fmt: skip
        canaries = {
            flagger.identity(body): (flagger.weight(body), flagger.stated(body) == "aborted")
            for body in self._all(CANARY)
            if flagger.stated(body)
        }
        return argo | canaries

    def _traffic_weights(self, cursor: Payload) -> tuple[list[tuple[str, Payload]], Payload]:
        at = stamp(self.reader.now())
        weights = {
            name: weight for name, (weight, _) in self._weights().items() if weight is not None
        }
        rows: list[tuple[str, Payload]] = [
            (f"{name}/{at}", {"rollout_id": name, "changed_at": at, "weight": weight})
            for name, weight in weights.items()
            if cursor.get(name) != weight
        ]
        return rows, weights

    def _analyses(self, cursor: Payload) -> tuple[list[tuple[str, Payload]], Payload]:
        owners = {place(body): body for body in self._all(ROLLOUT)}
        templates = {place(one): one for one in self._all(METRIC_TEMPLATE)}
        rows: list[tuple[str, Payload]] = []
        for run in self._all(ANALYSIS_RUN):
            owner = workloads.owner(run, "Rollout")
            found = owners.get(f"{text(run, 'metadata', 'namespace')}/{owner}", {})
            rows += argo_rollouts.analyses(run, found)
        for body in self._all(CANARY):
            if flagger.stated(body) and text(body, "status", "lastAppliedSpec"):
                rows += flagger.analyses(body, templates, None)
        return rows, cursor

    def _agent_syncs(self, cursor: Payload) -> tuple[list[tuple[str, Payload]], Payload]:
        now = self.reader.now()
        rows: list[tuple[str, Payload]] = []
        state: Payload = {}
        for body in self._all(APPLICATION):
            found = list(agents.application(body, self.places, now))
            # That it is still out of sync is no news.
            drift = next((name for name, one in found if one["state"] == "out_of_sync"), None)
            if drift:
                state[place(body)] = "out_of_sync"
            again = drift is not None and cursor.get(place(body)) == "out_of_sync"
            rows += [(name, one) for name, one in found if not (again and name == drift)]
        for kind in (KUSTOMIZATION, HELM_RELEASE):
            for body in self._all(kind):
                rows += agents.flux(body, self.places)
        return rows, state

    def _shadows(self, cursor: Payload) -> tuple[list[tuple[str, Payload]], Payload]:
        rows: list[tuple[str, Payload]] = []
        for body, sets in self._argo_rollouts():
            if argo_rollouts.mirrored(body):
                found = argo_rollouts.rollout(body, sets, self.places)
                rows.append((argo_rollouts.identity(body), self._shadow(found)))
        targets = {place(one): one for one in self._all(DEPLOYMENT)}
        for body in self._all(CANARY):
            is_mirror = part(flagger.analysis_of(body)).get("mirror") is True
            if is_mirror and flagger.stated(body) in ("progressing", "paused"):
                found = flagger.canary(body, targets, self.places)
                rows.append((flagger.identity(body), self._shadow(found)))
        state = dict(cursor)
        for name, payload in rows:
            at = state.setdefault(name, payload.get("started_at") or stamp(self.reader.now()))
            payload["started_at"] = at
        return rows, {name: state[name] for name, _ in rows}

    def _shadow(self, rollout: Payload) -> Payload:
        """Return what a rollout that copies traffic tells of a shadow."""
        names = ("service", "environment", "sha", "version", "started_at", "url")
        return {name: rollout[name] for name in names if name in rollout}


class Followed(Kubernetes):
    """A cluster that `drumbeat watch` follows: a refresh asks it for nothing."""

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield nothing."""
        yield from ()


def place(body: Body) -> str:
    """Return namespace and name of an object."""
    return f"{text(body, 'metadata', 'namespace')}/{text(body, 'metadata', 'name')}"

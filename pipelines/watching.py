"""Follows a cluster as things happen there, and lands what it tells.

With what is landed goes the version of the cluster that it reaches, so that a watch which is ended
or killed goes on there, and nothing is missed that the API server still knows.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any

from connectors import Batch, Cursor, Record
from connectors.delivery import Kubernetes, Places
from connectors.delivery import kinds as all_kinds
from connectors.delivery.cluster import Cluster
from connectors.delivery.following import SECONDS, Following, News, Reached, Step, Whole
from connectors.delivery.held import Held, identity, is_of, is_state_of
from connectors.delivery.kinds import Body
from pipelines.collecting import Collection
from pipelines.errors import DrumbeatError
from pipelines.landing import Landing, run_names

Payload = dict[str, Any]
KINDS = (
    all_kinds.REPLICA_SET, all_kinds.METRIC_TEMPLATE, all_kinds.DEPLOYMENT, all_kinds.ROLLOUT,
    all_kinds.ANALYSIS_RUN, all_kinds.CANARY, all_kinds.APPLICATION, all_kinds.KUSTOMIZATION,
    all_kinds.HELM_RELEASE,
)  # fmt: skip
# These tell nothing by themselves; others are read with them.
SILENT = (all_kinds.REPLICA_SET, all_kinds.METRIC_TEMPLATE)
# The versions go with the last one, once all else of them is landed.
LAST = "progressive_rollouts"
ENTITIES = (*(one for one in Kubernetes.entities if one != LAST), LAST)
VERSIONS = "versions"
LAND_SECONDS, REMEMBER_SECONDS, LOOK_SECONDS = 1.0, 60.0, 0.2
MOST_WAITING, MOST_KNOWN = 10_000, 100_000
# Of what is over, a watch that goes on after a break needs no more than this.
MOST_PAST = 500


@dataclass(slots=True)
class Watch:
    """Follows one cluster, of one source, into the landing zone until ``stop``.

    A watch lasts ``seconds`` and pauses are as long as usual times ``pace``.
    """

    landing: Landing
    source: str
    cluster: Cluster
    places: Places
    say: Callable[[str], None]
    stop: Event
    seconds: int = SECONDS
    pace: float = 1.0
    held: Held = field(init=False)
    states: dict[str, Cursor] = field(init=False)
    versions: dict[str, str] = field(init=False)
    waiting: dict[str, dict[str, Record]] = field(init=False)
    known: dict[str, dict[str, Any]] = field(init=False)
    listing: set[str] = field(default_factory=set)
    early: list[Step | Reached] = field(default_factory=list)
    has_gap: bool = False
    moved: bool = False
    landed_at: float = field(default_factory=time.monotonic)
    broken: Exception | None = None

    def __post_init__(self) -> None:
        name = self.cluster.name
        self.held = Held(name)
        found = {entity: self.landing.cursors(self.source, entity) for entity in ENTITIES}
        self.states = {entity: cursors.get(name) for entity, cursors in found.items()}
        self.versions = dict(found[LAST].get(VERSIONS) or {})
        self.waiting = {entity: {} for entity in ENTITIES}
        self.known = {entity: {} for entity in ENTITIES}

    def run(self) -> None:
        """Follow every kind, in a thread each, and take in what they tell, one after the other."""
        told: Queue[News] = Queue(MOST_WAITING)
        for kind in KINDS:
            for namespace in self.cluster.namespaces or ("",):
                following = Following(
                    self.cluster, kind, namespace, self.wait, self.say, self.seconds
                )
                self.listing.add(place(following))
                target = partial(self.follow, following, told)
                # A watch waits for the server; whoever ends the process need not.
                Thread(target=target, name=kind.plural, daemon=True).start()
        while not self.stop.is_set():
            with suppress(Empty):
                self.take(told.get(timeout=LOOK_SECONDS))
            if self.is_due():
                self.land()
        self.land()
        if self.broken:
            raise self.broken

    def wait(self, seconds: float) -> bool:
        """Pause; tell whether to end."""
        return self.stop.wait(seconds * self.pace)

    def follow(self, following: Following, told: "Queue[News]") -> None:
        """Pass on what one kind tells; nobody is to believe that it is followed if it is not."""
        try:
            for news in following.news(self.versions.get(place(following), "")):
                told.put(news)
                if self.stop.is_set():
                    return
        except Exception as error:
            self.broken = error
            self.stop.set()

    def take(self, news: News) -> None:
        """Take in one piece of news; what happens before all is listed waits for that."""
        if self.listing and not isinstance(news, Whole):
            self.early.append(news)
        elif isinstance(news, Whole):
            self.list(news)
        else:
            self.step(news)

    def list(self, news: Whole) -> None:
        """Take in a listing, and note it once all are there; nothing is told of what follows it."""
        self.held.take(news)
        self.has_gap |= not news.is_resumed and news.kind not in SILENT
        if not news.is_resumed:
            self.reach(news)
        self.listing.discard(place(news))
        if self.listing:
            return
        if self.has_gap:
            self.note()
            self.has_gap = False
            # From here on a watch that is killed can go on.
            self.landed_at = 0.0
        early, self.early = self.early, []
        for one in early:
            self.step(one)

    def step(self, news: Step | Reached) -> None:
        """Take in what happened to one object."""
        if isinstance(news, Step):
            self.held.take(news)
            if news.kind not in SILENT and not news.is_deleted:
                self.note(news.body)
        self.reach(news)

    def reach(self, news: News) -> None:
        """Keep the version that a kind has got to."""
        if news.version:
            self.versions[place(news)] = news.version
            self.moved = True

    def note(self, body: Body | None = None) -> None:
        """Keep what is new of one object, watched, or of all of them, only looked at."""
        reader = Kubernetes(self.held, self.places, is_watching=body is not None)
        name = identity(body) if body is not None else ""
        for entity in ENTITIES:
            before = self.states[entity] or {}
            for told in reader.collect(entity, {self.held.name: before}):
                if isinstance(told, Batch):
                    own = {key: told.cursor[key] for key in told.cursor if is_state_of(key, name)}
                    self.states[entity] = merged(before, own, told.cursor) if name else own
                    self.keep(entity, told.rows, name)

    def keep(self, entity: str, rows: Any, name: str) -> None:
        """Keep the latest of each record that says something new, until it is landed."""
        records: Iterable[Record] = rows
        known = self.known[entity]
        if len(known) > MOST_KNOWN:
            # What is told again then, the landing zone knows to be no news.
            known.clear()
        for record in records:
            is_new = known.get(record.record_id) != record.payload
            if is_new and is_of(record.record_id, name):
                known[record.record_id] = record.payload
                self.waiting[entity][record.record_id] = record

    def is_due(self) -> bool:
        """Tell whether to land: soon where there is something, now and then where not."""
        has_rows = any(self.waiting.values())
        patience = LAND_SECONDS if has_rows else REMEMBER_SECONDS
        return bool(has_rows or self.moved) and time.monotonic() - self.landed_at > patience

    def land(self) -> None:
        """Land what waits; where that can't be done it goes on waiting, and that is told."""
        self.landed_at = time.monotonic()
        try:
            for entity in ENTITIES:
                self.land_one(entity)
        except (OSError, DrumbeatError) as error:
            # Such as while files are made one by another process.
            self.say(f"what was seen could not be landed, and will be later: {error}")

    def land_one(self, entity: str) -> None:
        """Land one entity, with where it has got to."""
        rows = list(self.waiting[entity].values())
        if not rows and not (entity == LAST and self.moved):
            return
        names = run_names(self.landing, self.source, datetime.now(UTC))
        collection = Collection(self.landing, self.source, entity, names)
        collection.take(Batch(entity, self.held.name, rows, self.states[entity]))
        if entity == LAST:
            collection.take(Batch(entity, VERSIONS, [], dict(self.versions)))
            self.moved = False
        collection.flush()
        self.waiting[entity].clear()


def together(watches: list[Watch], stop: Event) -> None:
    """Run all until told to stop; where one breaks all end, so that they are started again."""

    def run(one: Watch) -> None:
        try:
            one.run()
        finally:
            stop.set()

    with ThreadPoolExecutor(len(watches)) as pool:
        for running in [pool.submit(run, one) for one in watches]:
            running.result()


def merged(before: Payload, own: Payload, present: Payload) -> Payload:
    """Return what is kept of one object beside that of all others, less what is long over."""
    state = {**before, **own}
    past = [key for key in state if key not in present]
    for key in past[:-MOST_PAST]:
        del state[key]
    return state


def place(one: Following | News) -> str:
    """Return what the version of a kind is kept under."""
    return f"{one.kind.group}/{one.kind.plural}/{one.namespace}"

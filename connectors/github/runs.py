"""Workflow runs that deploy: those whose name or file matches the configured globs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from connectors.github.answering import Answer, Size
from connectors.github.answers import Node, check
from connectors.github.client import Client
from connectors.github.ends import Ends
from connectors.github.matching import is_matching, item, lane_names
from connectors.github.troubles import Broken
from connectors.hosts.api import Repository
from connectors.hosts.walking import OPEN_DAYS, Item, Page, Walk, parsed, stamp
from connectors.records import Batch, Record

PAGE = 100
# What a run that is over may become by being run again.
FINAL = "success"


def batches(
    client: Client,
    repository: Repository,
    scope: str,
    cursor: Mapping[str, Any],
    floor: datetime | None,
    globs: Sequence[str],
) -> Iterator[Batch]:
    """Yield matching runs: of each workflow file that is named outright, else out of all runs."""
    lanes = {name: dict((cursor.get("lanes") or {}).get(name) or {}) for name in lane_names(globs)}
    for name, known in lanes.items():
        lane = Lane(client, repository, scope, name, globs)
        for batch in lane.batches(known, floor):
            lanes[name] = dict(batch.cursor)
            yield replace(batch, cursor=composed(lanes))


def composed(lanes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one cursor of several walks; history is whole as far as the shortest of them."""
    since = [str(one["history_since"]) for one in lanes.values() if "history_since" in one]
    if not all(lanes.values()):
        since.append(stamp(datetime.now(UTC)))
    return {"lanes": dict(lanes), **({"history_since": max(since)} if since else {})}


@dataclass(frozen=True, slots=True)
class Told:
    """One page as it came: runs, none where they did not change; ``edge`` is the oldest's birth."""

    runs: Sequence[Node] | None
    page: Page
    etag: str | None = None
    edge: str = ""
    is_absent: bool = False


@dataclass(slots=True)
class Lane:
    """The runs of one workflow file, or of all.

    Its cursor is that of a walk, with ``etag`` of the first page and the ``edge`` that it reached
    down to, ``globs`` that it was read for, and ``watch``: node ids of runs that may still change,
    each with birth and last update. ``absent`` says when somebody had last pushed where the
    repository did not have the file: it takes a push to bring it.
    """

    client: Client
    repository: Repository
    scope: str
    name: str
    globs: Sequence[str]
    size: Size = field(default_factory=lambda: Size(PAGE))
    watch: dict[str, list[str]] = field(default_factory=dict)

    def batches(self, known: dict[str, Any], floor: datetime | None) -> Iterator[Batch]:
        """Yield what is new, and what became of runs that had not succeeded."""
        globs = " ".join(sorted(self.globs))
        known = dict(known) if known.get("globs", globs) == globs else {}
        pushed_at = stamp(self.repository.active_at) if self.repository.active_at else ""
        if known.get("absent") == pushed_at:
            return
        self.watch = dict(known.pop("watch", {}))
        ends = Ends(self.client, self.repository)

        def fetch(token: str | None) -> Page:
            # An answer that was doubted is asked for whole again.
            told = first.pop() if first and token is None else self._asked(token)
            if token is None and told.runs is not None:
                walk.state |= {"etag": told.etag, "edge": told.edge}
                walk.state["absent"] = pushed_at if told.is_absent else None
            return replace(told.page, items=self._items(told.runs or (), told.page.asked_at, ends))

        walk = Walk("runs", self.scope, fetch, known, floor)
        first = [self._asked(None, walk.state.get("etag"))]
        # A first page that did not change tells of its own runs that they did not.
        edge = known.get("edge") if first[0].runs is None else None
        asked = [id for id, times in self.watch.items() if edge is None or times[0] <= edge]
        if asked and (changed := self._again(ends, asked)):
            yield Batch("runs", self.scope, changed, {**known, "watch": dict(self.watch)})
        for batch in walk.batches():
            assert not isinstance(batch.rows, pl.DataFrame)
            kept = [record for record in batch.rows if record.payload]
            state = {**batch.cursor, "globs": globs, "watch": dict(self.watch)}
            yield replace(batch, rows=kept, cursor=state)

    def _asked(self, token: str | None, etag: str | None = None) -> "Told":
        """Return the runs made at ``token`` or before; none where they are as ``etag`` says."""
        parameters: dict[str, Any] = {"per_page": self.size.now}
        before, _, number = (token or "").partition("#")
        if before:
            # Pages by number shift as runs come and go; pages by time do not.
            parameters |= {"created": f"<={before}", "page": int(number)}

        def read(answer: Answer) -> Told:
            if answer.data is None:
                page = Page((), None, answer.asked_at)
                is_same = answer.status == 304
                return Told(None if is_same else (), page, is_absent=not is_same)
            runs = answer.data["workflow_runs"]
            for run in runs:
                check(run["repository"]["id"], self.repository)
            following = None
            if 'rel="next"' in answer.headers.get("link", ""):
                last = runs[-1]["created_at"]
                same = sum(run["created_at"] == last for run in runs)
                turn = int(number) + 1 if last == before else same // parameters["per_page"] + 1
                following = f"{last}#{turn}"
            total = None if before else answer.data["total_count"]
            page = Page((), following, answer.asked_at, total)
            edge = runs[-1]["created_at"] if following else ""
            return Told(runs, page, answer.headers.get("etag"), edge)

        missing = {404} if self.name else set[int]()
        return self.client.rest(
            self._path(), parameters, self._said, self.owner, read, etag=etag, missing=missing
        )

    def _items(self, runs: Sequence[Node], asked_at: datetime, ends: Ends) -> list[Item]:
        """Return runs as records; those that do not match have no payload, and only count."""
        matching = [run for run in runs if is_matching(run, self.globs)]
        finished = ends.of([run for run in matching if run["status"] == "completed"])
        young = asked_at - timedelta(days=OPEN_DAYS)
        self.watch = {
            id: times for id, times in self.watch.items() if (parsed(times[0]) or young) >= young
        }
        for run in matching:
            self.watch.pop(run["node_id"], None)
            if run["conclusion"] != FINAL and (parsed(run["created_at"]) or young) >= young:
                self.watch[run["node_id"]] = [run["created_at"], run["updated_at"]]
        known = {run["id"] for run in matching}
        return [item(run, finished.get(run["node_id"]), run["id"] in known) for run in runs]

    def _again(self, ends: Ends, ids: Sequence[str]) -> list[Record]:
        """Return those runs that changed since they were read last."""
        changed = ends.changed({id: self.watch[id][1] for id in ids})
        runs = []
        for id, number in changed.items():
            if number is None or (run := self._run(number)) is None:
                self.watch.pop(id)
            else:
                runs.append(run)
        items = self._items(runs, datetime.now(UTC), ends) if runs else []
        return [one.record for one in items if one.record.payload]

    def _run(self, number: str) -> Node | None:
        def read(answer: Answer) -> Node | None:
            if answer.data is not None:
                check(answer.data["repository"]["id"], self.repository)
                if str(answer.data["id"]) != number:
                    raise Broken("it answered with another run")
            found: Node | None = answer.data
            return found

        path = f"/repos/{self.repository.full_name}/actions/runs/{number}"
        return self.client.rest(path, {}, self._said, self.owner, read, missing={404})

    def _path(self) -> str:
        runs = f"actions/workflows/{self.name}/runs" if self.name else "actions/runs"
        return f"/repos/{self.repository.full_name}/{runs}"

    @property
    def owner(self) -> str:
        """Return who owns the repository."""
        return self.repository.full_name.partition("/")[0]

    @property
    def _said(self) -> str:
        return f"workflow runs of {self.repository.full_name}"

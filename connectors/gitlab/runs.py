"""Pipelines and jobs whose name matches a configured glob.

A pipeline changes whenever a job of it starts to run, also one that is played or retried later;
so pipelines are listed by when they changed last, and their jobs are asked for through GraphQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab import queries
from connectors.gitlab.answers import number
from connectors.gitlab.changes import MOST_PAGES, nodes_of
from connectors.gitlab.client import Client
from connectors.gitlab.paging import Row
from connectors.gitlab.payloads import is_bot, login, time, told
from connectors.hosts.api import Repository
from connectors.hosts.walking import Item, stamp
from connectors.records import Record

AT_ONCE: Final = 20
# What GitLab calls the file that describes pipelines, unless a project says otherwise.
FILE: Final = ".gitlab-ci.yml"
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Runs:
    """Makes the items of one project's pipelines and jobs."""

    client: Client
    repository: Repository
    globs: tuple[str, ...]

    def made(self, rows: Sequence[Row]) -> list[Item]:
        """Return the items of a page of pipelines."""
        nodes = self._nodes(rows) if rows else {}
        for row in rows:
            if row.id not in nodes and row.body.get("iid"):
                # It changed since it was listed, so it is in that time no more.
                node = self._one(row.body["iid"])["pipeline"]
                nodes |= {row.id: self._whole(node)} if node else {}
        return [item for row in rows for item in self._items(row, nodes.get(row.id))]

    def _items(self, row: Row, node: Node | None) -> Iterator[Item]:
        node = node or {}
        payload = pipeline(row.body, node) if self._matches(row.body.get("name"), FILE) else {}
        yield Item(Record("runs", f"pipeline/{row.id}", payload, "", row.at), row.at)
        for job in node.get("jobs") or ():
            if self._matches(job.get("name")):
                payload = self._job(job, row.body, node)
                yield Item(Record("runs", f"job/{number(job['id'])}", payload, "", row.at), row.at)

    def _matches(self, *names: str | None) -> bool:
        return any(
            fnmatchcase(name.casefold(), glob.casefold())
            for name in names
            if name
            for glob in self.globs
        )

    def _job(self, job: Node, body: Mapping[str, Any], node: Node) -> dict[str, Any]:
        id_ = number(job["id"])
        return told(
            kind="job",
            name=job["name"],
            state=str(job["status"]).lower(),
            event=body.get("source"),
            branch=body.get("ref"),
            sha=body.get("sha"),
            author=login(node.get("user")),
            is_bot=is_bot(node.get("user")),
            created_at=time(job.get("createdAt")),
            started_at=time(job.get("startedAt")),
            finished_at=time(job.get("finishedAt")),
            url=f"{self.repository.url}/-/jobs/{id_}",
        )

    def _nodes(self, rows: Sequence[Row]) -> dict[str, Node]:
        """Return what GraphQL knows of pipelines that changed in the time that a page spans."""
        wanted, found, cursors = {row.id for row in rows}, dict[str, Node](), set[str]()
        span = {"from": stamp(rows[-1].at), "to": stamp(rows[0].at).replace("Z", ".999999Z")}
        cursor: str | None = None
        while not wanted <= found.keys():
            pages = self._asked(
                queries.PIPELINES, **span, first=min(AT_ONCE, len(rows)), after=cursor
            )["pipelines"]
            fresh = {number(node["id"]): node for node in nodes_of(pages)}
            found |= {id_: self._whole(fresh[id_]) for id_ in fresh.keys() & wanted}
            info = (pages or {}).get("pageInfo") or {}
            cursor = str(info.get("endCursor"))
            if not info.get("hasNextPage"):
                break
            self._watch(cursor, cursors)
        return found

    def _whole(self, node: Node) -> Node:
        """Return a pipeline with all of its jobs."""
        connection, jobs, cursors = node.get("jobs") or {}, list[Node](), set[str]()
        while True:
            jobs += nodes_of(connection)
            info = connection.get("pageInfo") or {}
            if not info.get("hasNextPage"):
                return {**node, "jobs": jobs}
            cursor = str(info.get("endCursor"))
            self._watch(cursor, cursors)
            connection = (self._one(node["iid"], cursor)["pipeline"] or {}).get("jobs") or {}

    def _one(self, iid: Any, cursor: str | None = None) -> Any:
        return self._asked(queries.PIPELINE, iid=str(iid), after=cursor)

    def _watch(self, cursor: str, cursors: set[str]) -> None:
        if cursor in cursors or len(cursors) >= MOST_PAGES:
            raise SourceUnavailable(f"GitLab, {self._what}: their pages go in a circle")
        cursors.add(cursor)

    def _asked(self, document: str, **variables: Any) -> Any:
        return self.client.project(self.repository, document, self._what, **variables)

    @property
    def _what(self) -> str:
        return f"pipelines of {self.repository.full_name}"


def pipeline(body: Mapping[str, Any], node: Node) -> dict[str, Any]:
    """Return what is kept of a pipeline."""
    user = node.get("user") or body.get("user")
    return told(
        kind="pipeline",
        name=body.get("name"),
        path=FILE,
        state=str(body["status"]).lower(),
        event=body.get("source"),
        branch=body.get("ref"),
        sha=body.get("sha"),
        author=login(user),
        is_bot=is_bot(user),
        created_at=time(body.get("created_at")),
        started_at=time(node.get("startedAt")),
        finished_at=time(node.get("finishedAt")),
        url=body.get("web_url"),
    )

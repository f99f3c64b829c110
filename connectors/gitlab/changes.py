"""Merge requests: the list through REST, and their commits and notes through GraphQL.

GraphQL does not tell a squash's commit, and the list of REST tells neither commits nor notes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.errors import SourceUnavailable
from connectors.gitlab import queries
from connectors.gitlab.client import Client
from connectors.gitlab.judging import TooMuch
from connectors.gitlab.paging import Row
from connectors.gitlab.payloads import is_bot, joined, login, signed, state, time, told
from connectors.hosts.api import Repository
from connectors.hosts.references import references, titled
from connectors.hosts.walking import Item
from connectors.records import Record

AT_ONCE: Final = 100
MOST_PAGES: Final = 100
Node = Mapping[str, Any]
EVENTS: Final = (
    ("approved", re.compile(r"approved this merge request", re.IGNORECASE)),
    ("dismissed", re.compile(r"unapproved this merge request", re.IGNORECASE)),
    ("changes_requested", re.compile(r"(has )?requested changes", re.IGNORECASE)),
)
DRAFT: Final = re.compile(r"marked (this merge request )?as (a )?\*\*(draft|Work In Progress)\*\*")
READY: Final = re.compile(
    r"marked this merge request as \*\*ready\*\*|unmarked (this merge request )?as a \*\*"
)


@dataclass(slots=True)
class Changes:
    """Makes the items of one project's merge requests; their details are asked for in lots."""

    client: Client
    repository: Repository
    has_details: bool = True
    at_once: int = AT_ONCE

    def made(self, rows: Sequence[Row]) -> list[Item]:
        """Return the items of a page."""
        nodes = self._details([str(row.body["iid"]) for row in rows]) if self.has_details else {}
        return [change(row, nodes.get(str(row.body["iid"]))) for row in rows]

    def _details(self, iids: Sequence[str]) -> dict[str, Node]:
        """Return what GraphQL knows of merge requests, by number."""
        found: dict[str, Node] = {}
        rest = list(iids)
        while rest:
            some = rest[: self.at_once]
            try:
                found |= self._batch(some)
            except TooMuch:
                if len(some) == 1:
                    raise
                self.at_once = len(some) // 2
            else:
                rest = rest[len(some) :]
        return found

    def _batch(self, iids: Sequence[str]) -> dict[str, Node]:
        project = self._asked(queries.CHANGES, iids=list(iids), first=len(iids))
        nodes = [node for node in nodes_of(project["mergeRequests"]) if str(node["iid"]) in iids]
        return {str(node["iid"]): self._whole(node) for node in nodes}

    def _whole(self, node: Node) -> Node:
        commits = self._every(node, "commits", queries.MORE_COMMITS)
        notes = self._every(node, "notes", queries.MORE_NOTES)
        return {**node, "commits": list(commits), "notes": list(notes)}

    def _every(self, node: Node, name: str, document: str) -> Iterator[Node]:
        """Yield all of a connection, page by page."""
        connection, cursors = node.get(name) or {}, set[str]()
        while True:
            yield from nodes_of(connection)
            info = connection.get("pageInfo") or {}
            if not info.get("hasNextPage"):
                return
            cursor = str(info.get("endCursor"))
            if cursor in cursors or len(cursors) >= MOST_PAGES:
                raise SourceUnavailable(
                    f"GitLab, {self._what}: the {name} of !{node['iid']} go in a circle"
                )
            cursors.add(cursor)
            project = self._asked(document, iid=str(node["iid"]), after=cursor)
            connection = (project["mergeRequest"] or {}).get(name) or {}

    def _asked(self, document: str, **variables: Any) -> Any:
        return self.client.project(self.repository, document, self._what, **variables)

    @property
    def _what(self) -> str:
        return f"merge requests of {self.repository.full_name}"


def nodes_of(connection: Any) -> list[Node]:
    """Return the nodes of a connection; GitLab puts null where the token may not see one."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def change(row: Row, node: Node | None) -> Item:
    """Return the item of a merge request; without ``node`` its commits and notes are unknown."""
    body, node = row.body, node or {}
    record = Record("changes", str(body["iid"]), payload(body, node), "", row.at)
    return Item(record, row.at)


def payload(body: Mapping[str, Any], node: Node) -> dict[str, Any]:
    """Return what is kept of a merge request."""
    said = references(body.get("title"), body.get("description"))
    # GitLab lists the newest first.
    commits = list(node.get("commits") or ())[::-1]
    count = node.get("commitCount")
    author = node.get("author") or body.get("author")
    return told(
        number=int(body["iid"]),
        title=titled(body.get("title")),
        author=login(author),
        is_bot=is_bot(author),
        state=state(body["state"]),
        is_draft=bool(body.get("draft", body.get("work_in_progress"))),
        opened_at=time(body["created_at"]),
        ready_events=" ".join(ready_events(node.get("notes") or ())),
        reviews=" ".join(reviews(node.get("notes") or ())),
        merged_at=time(body.get("merged_at")),
        closed_at=time(body.get("closed_at")),
        merge_sha=merge_sha(body),
        branch=body.get("source_branch"),
        base_branch=body.get("target_branch"),
        is_from_fork=body.get("source_project_id") != body.get("target_project_id"),
        labels=joined(body.get("labels")),
        commit_count=count if count is not None else len(commits) or None,
        commit_shas=" ".join(str(commit["sha"]) for commit in commits),
        commit_authored_ats=authored(commits),
        merge_method=merge_method(body),
        reverts=" ".join(said.reverts),
        reverts_numbers=" ".join(said.reverts_numbers),
        mentions=" ".join(said.mentions),
        url=body.get("web_url"),
    )


def authored(commits: Sequence[Node]) -> str | None:
    """Return when each commit was written, unless that is not known of all."""
    times = [time(commit.get("authoredDate")) for commit in commits]
    return " ".join(at for at in times if at) if all(times) else None


def merge_sha(body: Mapping[str, Any]) -> str | None:
    """Return the commit that a merge made on the target: merge, squash, or the last one moved."""
    if body["state"] != "merged":
        return None
    found = body.get("merge_commit_sha") or body.get("squash_commit_sha") or body.get("sha")
    return str(found) if found else None


def merge_method(body: Mapping[str, Any]) -> str | None:
    """Return how a merge was made."""
    if body["state"] != "merged":
        return None
    if body.get("squash_commit_sha"):
        return "squash"
    made = body.get("merge_commit_sha")
    return "merge" if made and made != body.get("sha") else "rebase"


def reviews(notes: Iterable[Node]) -> Iterator[str]:
    """Yield who reviewed and how: approvals by GitLab's own notes, first comments by people's."""
    commented = set[str]()
    for note in sorted(notes, key=lambda note: str(note["createdAt"])):
        who, at = signed(note.get("author")), time(note["createdAt"])
        if note["system"]:
            named = [name for name, rule in EVENTS if rule.match(note.get("body") or "")]
            yield from (f"{name}@{at}@{who}" for name in named)
        elif who not in commented:
            commented.add(who)
            yield f"commented@{at}@{who}"


def ready_events(notes: Iterable[Node]) -> Iterator[str]:
    """Yield when a merge request was marked as a draft or as ready."""
    for note in sorted(notes, key=lambda note: str(note["createdAt"])):
        text = note.get("body") or ""
        if note["system"] and READY.match(text):
            yield f"ready@{time(note['createdAt'])}"
        elif note["system"] and DRAFT.match(text):
            yield f"draft@{time(note['createdAt'])}"

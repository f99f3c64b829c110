"""Issues that are incidents, by type or by label.

All issues are listed, for GitLab can't be asked for one label or another, and would not tell of
an issue that lost its label; of the others nothing is kept but their order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.gitlab import queries
from connectors.gitlab.changes import nodes_of
from connectors.gitlab.client import Client
from connectors.gitlab.paging import Row
from connectors.gitlab.payloads import is_bot, joined, login, state, time, told
from connectors.hosts.api import Repository
from connectors.hosts.references import references, titled
from connectors.hosts.walking import Item
from connectors.records import Record

AT_ONCE: Final = 50
ACKNOWLEDGED: Final = re.compile(r"(@\S+ )?changed the incident status to \*\*Acknowledged\*\*")


@dataclass(frozen=True, slots=True)
class Issues:
    """Makes the items of one project's issues; ``known`` are the numbers landed as incidents."""

    client: Client
    repository: Repository
    labels: tuple[str, ...]
    types: tuple[str, ...]
    known: set[int]

    def made(self, rows: Sequence[Row]) -> list[Item]:
        """Return the items of a page; what is an incident no more becomes a tombstone."""
        typed = [str(row.body["iid"]) for row in rows if kind(row.body) == "incident"]
        acknowledged = self._acknowledged(typed)
        return [Item(self._record(row, acknowledged), row.at) for row in rows]

    def _record(self, row: Row, acknowledged: Mapping[str, str]) -> Record:
        body, iid = row.body, str(row.body["iid"])
        if not self._is_incident(body):
            is_deleted = int(iid) in self.known
            self.known.discard(int(iid))
            return Record("issues", iid, {}, "", row.at, is_deleted=is_deleted)
        self.known.add(int(iid))
        return Record("issues", iid, payload(body, acknowledged.get(iid)), "", row.at)

    def _is_incident(self, body: Mapping[str, Any]) -> bool:
        labels = set((joined(body.get("labels")) or "").split(";"))
        types = {name.casefold() for name in self.types}
        return bool(labels & set(self.labels)) or kind(body) in types

    def _acknowledged(self, iids: Sequence[str]) -> dict[str, str]:
        """Return when incidents were acknowledged, which GitLab tells by a note of its own."""
        found: dict[str, str] = {}
        what = f"incidents of {self.repository.full_name}"
        for start in range(0, len(iids), AT_ONCE):
            asked = list(iids[start : start + AT_ONCE])
            project = self.client.project(
                self.repository, queries.INCIDENTS, what, iids=asked, first=len(asked)
            )
            for node in nodes_of(project["issues"]):
                times = [
                    time(note["createdAt"])
                    for note in nodes_of(node.get("notes"))
                    if note["system"] and ACKNOWLEDGED.match(note.get("body") or "")
                ]
                found |= {str(node["iid"]): min(at for at in times if at)} if times else {}
        return found


def kind(body: Mapping[str, Any]) -> str:
    """Return the name of an issue's type."""
    return str(body.get("issue_type") or body.get("type") or "issue").casefold()


def payload(body: Mapping[str, Any], acknowledged_at: str | None) -> dict[str, Any]:
    """Return what is kept of an incident."""
    severity = str(body.get("severity") or "unknown").lower()
    said = references(body.get("title"), body.get("description"))
    return told(
        number=int(body["iid"]),
        title=titled(body.get("title")),
        kind=kind(body),
        severity=severity if severity != "unknown" else None,
        labels=joined(body.get("labels")),
        author=login(body.get("author")),
        is_bot=is_bot(body.get("author")),
        state=state(body["state"]),
        opened_at=time(body["created_at"]),
        acknowledged_at=acknowledged_at,
        closed_at=time(body.get("closed_at")),
        mentions=" ".join(said.mentions),
        url=body.get("web_url"),
    )

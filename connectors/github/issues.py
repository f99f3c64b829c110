"""Issues that are incidents, by label or type; what becomes of them when that is taken back.

First the issues of each configured label and type are read, oldest update first. From then on
all issues that were updated since are looked at: those that match are incidents, and those that
are known as such are told again, whatever they are labelled now. The cursor of a scope:

- ``lanes``: for each label and type how far it is read (``since``), from which ``floor``
- ``since``: all issues updated before are looked at; ``known``: the numbers of incidents
- ``newest``, ``is_settled``: as in other cursors; ``walk``: reading is under way
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.errors import SourceUnavailable
from connectors.github import more_queries as queries
from connectors.github.answering import Answer, Size
from connectors.github.answers import Node, check, is_bot, joined, login, nodes, time, told
from connectors.github.client import Client
from connectors.github.issue_types import Types
from connectors.github.paging import named, next_page
from connectors.github.troubles import Broken
from connectors.hosts.api import Repository
from connectors.hosts.references import references, titled
from connectors.hosts.walking import OVERLAP, parsed, stamp
from connectors.records import Batch, Record

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which issues are incidents."""

    labels: Sequence[str] = ()
    types: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.labels or self.types)

    def has(self, issue: Node) -> bool:
        """Tell whether an issue is one of them; GitHub's labels know no case."""
        labels = {one["name"].lower() for one in nodes(issue["labels"])}
        kind = str((issue.get("issueType") or {}).get("name") or "").lower()
        return bool(labels & {label.lower() for label in self.labels}) or kind in {
            one.lower() for one in self.types
        }

    def names(self) -> list[str]:
        """Return the lanes: one for each label and type."""
        return [f"label:{one}" for one in self.labels] + [f"type:{one}" for one in self.types]

    def filter(self, name: str, types: Types) -> dict[str, Any] | None:
        """Return what a lane asks for; null where the server knows no types."""
        kind, _, one = name.partition(":")
        if kind == "label":
            return {"labels": [one]}
        if not types.are_known:
            return None
        return {"type": one} if types.are_filtered else {}


@dataclass(slots=True)
class Reading:
    """The issues of one repository, from cursor to batches."""

    client: Client
    repository: Repository
    scope: str
    wanted: Wanted
    types: Types
    floor: datetime | None
    newest: datetime | None
    state: dict[str, Any]
    asked_at: datetime | None = None
    size: Size = field(default_factory=lambda: Size(PAGE))

    def batches(self) -> Iterator[Batch]:
        """Yield issues, first of each lane that is new, then all that were updated."""
        floor = stamp(self.floor) if self.floor else None
        self.state.setdefault("lanes", {})
        self.state.setdefault("known", [])
        # What is updated while the lanes are read is looked at after them.
        start = stamp(self.newest - OVERLAP) if self.newest else floor
        self.state.setdefault("since", start)
        self.state["walk"] = True
        for name in self.wanted.names():
            lane = self.state["lanes"].setdefault(name, {"since": floor, "floor": floor})
            if is_short(lane, floor):
                lane |= {"since": floor, "floor": floor, "is_whole": False}
            filter = self.wanted.filter(name, self.types)
            if filter is not None and not lane.get("is_whole"):
                yield from self._read(lane, filter)
                lane["is_whole"] = True
        self.asked_at = None
        yield from self._read(self.state, {})
        self._close()
        yield self._batch([])

    def _close(self) -> None:
        """Write down that all issues are looked at."""
        moments = (self.newest, parsed(self.state["since"]))
        latest = max((moment for moment in moments if moment), default=None)
        asked_at = min(self.asked_at or datetime.now(UTC), datetime.now(UTC))
        self.state.pop("walk")
        self.state["newest"] = stamp(latest) if latest else None
        self.state["is_settled"] = latest is None or asked_at - latest > OVERLAP
        self.state["since"] = stamp(latest - OVERLAP) if latest else None

    def _read(self, place: dict[str, Any], filter: Mapping[str, Any]) -> Iterator[Batch]:
        """Yield the issues updated since ``place``, oldest update first, and move it on."""
        since = {"since": place["since"]} if place["since"] else {}
        token: str | None = None
        tokens: set[str | None] = {None}
        seen: set[int] = set()
        while True:
            issues, token, total = self._page({**filter, **since}, token, tokens)
            records = [self._record(one) for one in issues if self._is_incident(one)]
            known = {int(record.record_id) for record in records}
            self.state["known"] = sorted(known.union(self.state["known"]))
            seen |= {int(one["number"]) for one in issues}
            if issues:
                place["since"] = max(place["since"] or "", str(time(issues[-1]["updatedAt"])))
            yield self._batch(records)
            if token is None:
                break
            tokens.add(token)
        lacking = total - len(seen)
        if lacking > 0 and place.get("short") != lacking:
            # The next refresh looks once more, and takes the same answer for the truth.
            place["short"] = lacking
            yield self._batch([])
            raise SourceUnavailable(
                f"{self._said}: the server says that there are {total} and sent {len(seen)}; what "
                "was read is kept, and they are read once more at the next refresh"
            )

    def _page(
        self, filter: Mapping[str, Any], token: str | None, tokens: set[str | None]
    ) -> tuple[list[Node], str | None, int]:
        def read(answer: Answer) -> tuple[list[Node], str | None, int]:
            if answer.errors:
                raise self.client.refused(answer.errors, self._said)
            self.asked_at = self.asked_at or answer.asked_at
            found = answer.data["repository"]
            check(found["databaseId"], self.repository)
            issues, following = nodes(found["issues"]), next_page(found["issues"], tokens)
            times = [str(one["updatedAt"]) for one in issues]
            if times != sorted(times):
                raise Broken("it sends its pages out of order")
            return issues, following, int(found["issues"]["totalCount"])

        document = queries.ISSUES_TYPED if self.types.are_known else queries.ISSUES
        variables = {**named(self.repository), "after": token, "filter": dict(filter)}
        owner = self.repository.full_name.partition("/")[0]
        return self.client.graphql(document, variables, self._said, owner, read, self.size)

    def _is_incident(self, issue: Node) -> bool:
        return self.wanted.has(issue) or issue["number"] in self.state["known"]

    def _record(self, issue: Node) -> Record:
        updated_at = parsed(issue["updatedAt"])
        return Record("issues", str(issue["number"]), payload(issue), updated_at=updated_at)

    def _batch(self, records: Sequence[Record]) -> Batch:
        lanes = {name: dict(lane) for name, lane in self.state["lanes"].items()}
        return Batch("issues", self.scope, records, {**self.state, "lanes": lanes})

    @property
    def _said(self) -> str:
        return f"issues of {self.repository.full_name}"


def is_short(lane: Mapping[str, Any], floor: str | None) -> bool:
    """Tell whether a lane does not reach back as far as is asked for now."""
    return lane["floor"] is not None and (floor is None or floor < lane["floor"])


def payload(issue: Node) -> dict[str, Any]:
    """Return the flat payload of an issue; the body is read for what it names, and dropped."""
    found = references(issue["title"], issue["body"])
    kind = (issue.get("issueType") or {}).get("name")
    assigned = [one["createdAt"] for one in nodes(issue["timelineItems"]) if "createdAt" in one]
    return told(
        number=issue["number"],
        title=titled(issue["title"]),
        kind=str(kind).lower() if kind else "issue",
        labels=joined((one["name"] for one in nodes(issue["labels"])), ";"),
        author=login(issue["author"]),
        is_bot=is_bot(issue["author"]),
        state=issue["state"].lower(),
        opened_at=time(issue["createdAt"]),
        acknowledged_at=time(assigned[0]) if assigned else None,
        closed_at=time(issue["closedAt"]),
        mentions=joined(found.mentions),
        url=issue["url"],
    )

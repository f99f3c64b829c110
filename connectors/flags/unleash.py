"""Unleash: flags of each project, what they do in each environment, and the log of events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from connectors.errors import SourceUnavailable
from connectors.flags import payloads
from connectors.flags.tool import PAGE, Tool
from connectors.flags.unleash_log import CHANGES, ORIGINS, change, origins
from connectors.flags.unleash_strategies import Segments, strategy
from connectors.hosts.walking import Page
from connectors.pagers.judging import Body
from connectors.pagers.payloads import named, text
from connectors.pagers.payloads import time as moment
from connectors.records import Batch, Cursor, Record

AT_ONCE: Final = 50
# Whether owner and date were there in time is asked of flags that are younger.
YOUNG: Final = timedelta(days=120)
KINDS: Final = {
    "release": "release",
    "experiment": "experiment",
    "operational": "ops",
    "kill-switch": "ops",
    "permission": "permission",
}


@dataclass(slots=True)
class Unleash(Tool):
    """Reads one server."""

    name: ClassVar[str] = "Unleash"
    needs: ClassVar[str] = (
        "an admin API token or a personal access token of a Viewer, no client token"
    )
    prefix: ClassVar[str] = "/api/admin"
    probes: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "projects": ("/projects", {}),
        "contexts": ("/context", {}),
        "events": ("/search/events", {"limit": 1}),
    }
    _listed: dict[str, list[Body]] = field(default_factory=dict, init=False)
    _about: dict[str, Any] | None = field(default=None, init=False)

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the projects, each read apart."""
        found = self.get("/projects", "projects", holds="projects")["projects"]
        return self.wanted(str(project["id"]) for project in found)

    def _live(self, project: str) -> list[Body]:
        """Return the project's flags that are in use, listed once."""
        if project not in self._listed:
            self._listed[project] = self._search(project, is_archived=False)
        return self._listed[project]

    def _search(self, project: str, *, is_archived: bool) -> list[Body]:
        """Return a whole listing of flags; raises where the server has more than it sends."""
        totals: list[int] = []

        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            query = {
                "project": f"IS:{project}",
                "archived": f"IS:{str(is_archived).lower()}",
                "sortBy": "createdAt",
                "offset": offset,
                "limit": PAGE,
            }
            answer = self.get("/search/features", "flags", query, holds="features")
            totals.append(int(answer.get("total") or 0))
            return answer["features"], offset + len(answer["features"]) < totals[-1]

        found = self.whole(ask, f"flags of {project}", name_of, overlaps=True)
        if len(found) < min(totals):
            raise SourceUnavailable(
                f"Unleash, flags of {project}: the server says that there are {min(totals)} and "
                f"sent {len(found)}; nothing is taken for whole. Refresh again"
            )
        return found

    def flags(self, project: str) -> Iterator[Record]:
        """Yield every flag of a project, archived ones too."""
        bodies = [*self._live(project), *self._search(project, is_archived=True)]
        about, told_at = self._tables(), self._told_at(project, bodies)
        for body in bodies:
            name = name_of(body)
            tags = [tag_of(tag) for tag in body.get("tags") or ()]
            owned_at, dated_at = told_at.get(name, (None, None))
            yield payloads.flag(
                f"{project}/{name}",
                key=name,
                at=moment(body.get("createdAt")),
                project=project,
                kind=KINDS.get(str(body.get("type")), "unknown"),
                **payloads.removal(tags, body.get("description"), self.removal_words),
                lifetime_days=about["lifetimes"].get(body.get("type")),
                archived_at=moment(body.get("archivedAt")),
                is_stale=bool(body.get("stale")),
                tags=tags,
                applications=about["applications"].get((project, name), ()),
                fields=about["fields"],
                owned_at=owned_at,
                dated_at=dated_at,
                url=self._page(project, name),
            )

    def states(self, project: str) -> Iterator[Record]:
        """Yield what every flag does in each environment."""
        for body in self._live(project):
            for one in body.get("environments") or ():
                yield payloads.state(
                    f"{project}/{name_of(body)}",
                    str(one["name"]),
                    is_enabled=bool(one.get("enabled")),
                    is_production=str(one.get("type")) == "production",
                    evaluated_at=moment(one.get("lastSeenAt")),
                )

    def strategies(self, project: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield how flags choose: of all at first, then of those that the log names."""
        seen = int((cursor or {}).get("event") or 0)
        newest, touched = self._touched(project, seen)
        names = [name_of(body) for body in self._live(project)]
        asked = [name for name in names if touched is None or name in touched]
        segments = self._segments() if asked else {}
        for start in range(0, len(asked), AT_ONCE):
            rows = [
                row
                for name in asked[start : start + AT_ONCE]
                for row in self._chosen(project, name, segments)
            ]
            yield Batch("strategies", project, rows)
        yield Batch("strategies", project, (), {"event": newest})

    def _touched(self, project: str, seen: int) -> tuple[int, set[str] | None]:
        """Return the newest event and the flags with newer ones than seen; null for any flag."""
        query = {"project": f"IS:{project}", "limit": PAGE}
        page = self.get("/search/events", "events", query, holds="events")["events"]
        news = [event for event in page if int(event["id"]) > seen]
        # Segments are of every project, and their events of none.
        query = {"type": "IS_ANY_OF:segment-created,segment-updated,segment-deleted", "limit": 1}
        cut = self.get("/search/events", "events", query, holds="events")["events"]
        newest = max((int(event["id"]) for event in [*page, *cut]), default=seen)
        is_all = not seen or len(news) == PAGE or any(int(event["id"]) > seen for event in cut)
        names = {str(event["featureName"]) for event in news if event.get("featureName")}
        return newest, None if is_all else names

    def _chosen(self, project: str, name: str, segments: Segments) -> Iterator[Record]:
        path = f"/projects/{quote(project, safe='')}/features/{quote(name, safe='')}"
        for one in self.get(path, f"flag {name}").get("environments") or ():
            found = [strategy(body, segments) for body in one.get("strategies") or ()]
            key = f"{project}/{name}"
            payload = {"flag_id": key, "environment": str(one["name"]), **payloads.reach(found)}
            yield Record("strategies", f"{key}@{one['name']}", payload)

    def _segments(self) -> Segments:
        found = self.get("/segments", "segments", holds="segments")["segments"]
        return {
            int(one["id"]): tuple(str(each["contextName"]) for each in one.get("constraints") or ())
            for one in found
        }

    def log(self, project: str, token: str | None, until: datetime | None) -> Page:
        """Return one page of the log, the latest first."""
        offset = int(token or 0)
        query = {
            "project": f"IS:{project}",
            "type": f"IS_ANY_OF:{','.join(CHANGES)}",
            "offset": offset,
            "limit": PAGE,
        }
        answer = self.get("/search/events", "events", query, holds="events")
        events, total = answer["events"], int(answer.get("total") or 0)
        items = [change(event, self._page(project, str(event["featureName"]))) for event in events]
        following = str(offset + len(events)) if offset + len(events) < total else None
        return Page(items, following if events else None, self.client.now(), total)

    def _told_at(
        self, project: str, bodies: Sequence[Body]
    ) -> Mapping[str, tuple[datetime | None, datetime | None]]:
        """Return when young flags were first given an owner and a date."""
        since = self.client.now() - YOUNG
        if not any((at := moment(body.get("createdAt"))) and at > since for body in bodies):
            return {}

        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            query = {
                "project": f"IS:{project}",
                "type": f"IS_ANY_OF:{','.join(ORIGINS)}",
                "from": f"IS:{since:%Y-%m-%d}",
                "offset": offset,
                "limit": PAGE,
            }
            answer = self.get("/search/events", "events", query, holds="events")
            return answer["events"], offset + len(answer["events"]) < int(answer.get("total") or 0)

        found = self.whole(ask, "events", overlaps=True)
        return origins(found, self.removal_words)

    def _tables(self) -> dict[str, Any]:
        """Return what is known of all flags: lifetimes of kinds, fields, applications."""
        if self._about is None:
            types = self.get("/feature-types", "kinds of flags", holds="types")["types"]
            fields = self.get("/context", "context fields")
            self._about = {
                "lifetimes": {one["id"]: one.get("lifetimeDays") for one in types},
                "fields": [name for one in fields if (name := named(one))],
                "applications": self._applications(),
            }
        return self._about

    def _applications(self) -> dict[tuple[str, str], list[str]]:
        """Return which applications evaluated each flag."""

        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            query = {"offset": offset, "limit": PAGE}
            answer = self.get("/metrics/applications", "applications", query, holds="applications")
            rows = answer["applications"]
            return rows, offset + len(rows) < int(answer.get("total") or 0)

        found: dict[tuple[str, str], list[str]] = {}
        for one in self.whole(ask, "applications", lambda row: str(row["appName"])):
            name = str(one["appName"])
            told = self.get(f"/metrics/applications/{quote(name, safe='')}", f"application {name}")
            for seen in told.get("seenToggles") or ():
                found.setdefault((str(seen.get("project")), str(seen.get("name"))), []).append(name)
        return found

    def _page(self, project: str, name: str) -> str:
        return f"{self.client.url}/projects/{quote(project)}/features/{quote(name)}"


def name_of(body: Body) -> str:
    """Return the key of a flag."""
    return str(body["name"])


def tag_of(tag: Body) -> str:
    """Return a tag as people write it; the type that tags have by themselves says nothing."""
    kind, value = text(tag.get("type")) or "simple", text(tag.get("value")) or ""
    return value if kind == "simple" else f"{kind}:{value}"


connect = Unleash.connect

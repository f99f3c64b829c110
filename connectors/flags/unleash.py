"""Unleash: flags of each project, what they do in each environment, and the log of events."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from connectors.errors import SourceError, SourceUnavailable
from connectors.flags import payloads
from connectors.flags.unleash_log import CHANGES, ORIGINS, change, origins
from connectors.flags.unleash_strategies import Segments, strategy
from connectors.hosts.api import Access
from connectors.hosts.walking import Page, Walk
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Body
from connectors.pagers.paging import every, offsets
from connectors.pagers.payloads import named, text
from connectors.pagers.payloads import time as moment
from connectors.records import Batch, Cursor, Record

NEEDS: Final = "an admin API token or a personal access token of a Viewer, no client token"
ADMIN: Final = "/api/admin"
PAGE: Final = 100
MOST: Final = 1_000_000
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
class Unleash:
    """Reads one server; ``projects`` are globs of the projects to read."""

    client: Client
    host: str
    since: datetime | None
    projects: tuple[str, ...] = ("*",)
    removal_words: tuple[str, ...] = payloads.WORDS
    _listed: dict[str, list[Body]] = field(default_factory=dict, init=False)
    _about: dict[str, Any] | None = field(default=None, init=False)

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the projects, each read apart."""
        found = self._get("/projects", "projects", holds="projects")["projects"]
        names = [str(project["id"]) for project in found]
        return [name for name in names if any(fnmatchcase(name, one) for one in self.projects)]

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield what one project has."""
        if entity == "flags":
            yield Batch(entity, scope, list(self._flags(scope)), is_whole=True)
        elif entity == "flag_states":
            yield Batch(entity, scope, list(self._states(scope)), is_whole=True)
        elif entity == "strategies":
            yield from self._strategies(scope, cursor)
        else:
            yield from Walk(
                entity,
                scope,
                lambda token: self._log(scope, token, CHANGES),
                dict(cursor or {}),
                self.since,
                is_numbered=True,
            ).batches()

    def access(self) -> Iterator[Access]:
        """Yield what the token reads."""
        paths = {
            "projects": "/projects",
            "contexts": "/context",
            "events": "/search/events?limit=1",
        }
        for subject, path in paths.items():
            try:
                self._get(path, subject)
            except SourceError as error:
                yield Access(subject, str(error), "mend")
            else:
                yield Access(subject, "can be read")

    def _get(self, path: str, what: str, query: Body | None = None, *, holds: str = "") -> Any:
        return self.client.get(f"{ADMIN}{path}", what, query, holds=holds)

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
            answer = self._get("/search/features", "flags", query, holds="features")
            totals.append(int(answer.get("total") or 0))
            return answer["features"], offset + len(answer["features"]) < totals[-1]

        pages = offsets(ask, page=PAGE, most=MOST)
        found = every(pages, f"Unleash, flags of {project}", key=name_of, overlaps=True)
        if len(found) < min(totals):
            raise SourceUnavailable(
                f"Unleash, flags of {project}: the server says that there are {min(totals)} and "
                f"sent {len(found)}; nothing is taken for whole. Refresh again"
            )
        return found

    def _flags(self, project: str) -> Iterator[Record]:
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

    def _states(self, project: str) -> Iterator[Record]:
        for body in self._live(project):
            for one in body.get("environments") or ():
                yield payloads.state(
                    f"{project}/{name_of(body)}",
                    str(one["name"]),
                    is_enabled=bool(one.get("enabled")),
                    is_production=str(one.get("type")) == "production",
                    evaluated_at=moment(one.get("lastSeenAt")),
                )

    def _strategies(self, project: str, cursor: Cursor) -> Iterator[Batch]:
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
        page = self._get("/search/events", "events", query, holds="events")["events"]
        news = [event for event in page if int(event["id"]) > seen]
        # Segments are of every project, and their events of none.
        query = {"type": "IS_ANY_OF:segment-created,segment-updated,segment-deleted", "limit": 1}
        cut = self._get("/search/events", "events", query, holds="events")["events"]
        newest = max((int(event["id"]) for event in [*page, *cut]), default=seen)
        is_all = not seen or len(news) == PAGE or any(int(event["id"]) > seen for event in cut)
        names = {str(event["featureName"]) for event in news if event.get("featureName")}
        return newest, None if is_all else names

    def _chosen(self, project: str, name: str, segments: Segments) -> Iterator[Record]:
        path = f"/projects/{quote(project, safe='')}/features/{quote(name, safe='')}"
        for one in self._get(path, f"flag {name}").get("environments") or ():
            found = [strategy(body, segments) for body in one.get("strategies") or ()]
            key = f"{project}/{name}"
            payload = {"flag_id": key, "environment": str(one["name"]), **payloads.reach(found)}
            yield Record("strategies", f"{key}@{one['name']}", payload)

    def _segments(self) -> Segments:
        found = self._get("/segments", "segments", holds="segments")["segments"]
        return {
            int(one["id"]): tuple(str(each["contextName"]) for each in one.get("constraints") or ())
            for one in found
        }

    def _log(self, project: str, token: str | None, types: Sequence[str]) -> Page:
        """Return one page of the log, the latest first."""
        offset = int(token or 0)
        query = {
            "project": f"IS:{project}",
            "type": f"IS_ANY_OF:{','.join(types)}",
            "offset": offset,
            "limit": PAGE,
        }
        answer = self._get("/search/events", "events", query, holds="events")
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
            answer = self._get("/search/events", "events", query, holds="events")
            return answer["events"], offset + len(answer["events"]) < int(answer.get("total") or 0)

        found = every(offsets(ask, page=PAGE, most=MOST), "Unleash, events", overlaps=True)
        return origins(found, self.removal_words)

    def _tables(self) -> dict[str, Any]:
        """Return what is known of all flags: lifetimes of kinds, fields, applications."""
        if self._about is None:
            types = self._get("/feature-types", "kinds of flags", holds="types")["types"]
            fields = self._get("/context", "context fields")
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
            answer = self._get("/metrics/applications", "applications", query, holds="applications")
            rows = answer["applications"]
            return rows, offset + len(rows) < int(answer.get("total") or 0)

        pages = offsets(ask, page=PAGE, most=MOST)
        found: dict[tuple[str, str], list[str]] = {}
        for one in every(pages, "Unleash, applications", key=lambda row: str(row["appName"])):
            name = str(one["appName"])
            told = self._get(f"/metrics/applications/{quote(name, safe='')}", f"application {name}")
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


def connect(
    *,
    token: str,
    url: str,
    projects: Sequence[str] = ("*",),
    removal_words: Sequence[str] = payloads.WORDS,
    since: datetime | None = None,
    ca: Path | None = None,
    reserve: float = 0.1,
    say: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Unleash:
    """Return what reads one server; nothing is asked yet."""
    asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
    client = connected(url, "Unleash", NEEDS, token, ca=ca, **asking)
    host = urlsplit(url).hostname or ""
    return Unleash(client, host, since, tuple(projects), tuple(removal_words))

"""LaunchDarkly: flags of each project, what they do in each environment, and the audit log."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote

from connectors.flags import payloads
from connectors.flags.launchdarkly_log import DETAILED, action_of, change
from connectors.flags.launchdarkly_rules import strategies
from connectors.flags.tool import PAGE, Tool
from connectors.hosts.walking import Item, Page
from connectors.pagers.judging import Body, Missing
from connectors.pagers.payloads import named, text, words
from connectors.pagers.payloads import time as moment
from connectors.records import Record

LOGGED: Final = 20
KINDS: Final = {
    "release": "release",
    "experiment": "experiment",
    "ops": "ops",
    "operational": "ops",
    "kill-switch": "ops",
    "permission": "permission",
    "entitlement": "permission",
}
# Attributes of contexts are whatever applications send.
ANY: Final = "*"


@dataclass(slots=True)
class LaunchDarkly(Tool):
    """Reads one account."""

    name: ClassVar[str] = "LaunchDarkly"
    needs: ClassVar[str] = "an access token with the role Reader"
    home: ClassVar[str] = "https://app.launchdarkly.com"
    prefix: ClassVar[str] = "/api/v2"
    is_numbered: ClassVar[bool] = False
    probes: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "projects": ("/projects", {"limit": 1}),
        "audit log": ("/auditlog", {"limit": 1}),
    }
    _places: dict[str, list[Body]] = field(default_factory=dict, init=False)
    _listed: dict[tuple[str, str], list[Body]] = field(default_factory=dict, init=False)
    _seen: dict[tuple[str, str], dict[str, Body]] = field(default_factory=dict, init=False)

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the projects, each read apart; strategies come with the states."""
        if entity == "strategies":
            return ()
        found = self._every("/projects", {}, "projects", by_key)
        return self.wanted(by_key(project) for project in found)

    def _every(self, path: str, query: Body, what: str, key: Callable[[Body], str]) -> list[Body]:
        """Return a whole listing."""

        def ask(offset: int) -> tuple[Sequence[Body], bool]:
            page = {**query, "limit": PAGE, "offset": offset}
            answer = self.get(path, what, page, holds="items")
            rows = answer["items"]
            return rows, bool(rows) and offset + len(rows) < int(answer.get("totalCount") or 0)

        return self.whole(ask, what, key)

    def _environments(self, project: str) -> list[Body]:
        if project not in self._places:
            path = f"/projects/{quote(project)}/environments"
            self._places[project] = self._every(path, {}, "environments", by_key)
        return self._places[project]

    def _live(self, project: str, environment: str, *, is_archived: bool = False) -> list[Body]:
        """Return the project's flags with their rules in one environment, listed once."""
        place = (project, f"{environment} {is_archived}")
        if place not in self._listed:
            query = {"env": environment, "summary": "false", "archived": text_of(is_archived)}
            path = f"/flags/{quote(project)}"
            self._listed[place] = self._every(path, query, f"flags of {project}", by_key)
        return self._listed[place]

    def _statuses(self, project: str, environment: str) -> dict[str, Body]:
        """Return how each flag is used in one environment, by its key."""
        place = (project, environment)
        if place not in self._seen:
            path = f"/flag-statuses/{quote(project)}/{quote(environment)}"
            items = self.get(path, "flag statuses", holds="items")["items"]
            self._seen[place] = {
                str(one["_links"]["self"]["href"]).rpartition("/")[2]: one
                for one in items
                if isinstance((one.get("_links") or {}).get("self"), Mapping)
            }
        return self._seen[place]

    def flags(self, project: str) -> Iterator[Record]:
        """Yield every flag of a project, archived ones too."""
        environments = self._environments(project)
        first = str(environments[0]["key"]) if environments else ""
        bodies = [
            *self._live(project, first),
            *self._live(project, first, is_archived=True),
        ]
        fields = [*self._kinds(project), ANY]
        for body in {by_key(body): body for body in bodies}.values():
            key = by_key(body)
            tags = [*(str(tag) for tag in body.get("tags") or ()), *properties(body)]
            yield payloads.flag(
                f"{project}/{key}",
                key=key,
                at=moment(body.get("creationDate")),
                project=project,
                kind=kind(body, tags),
                team=named(body.get("_maintainerTeam")) or text(body.get("maintainerTeamKey")),
                **payloads.removal(tags, body.get("description"), self.removal_words),
                archived_at=moment(body.get("archivedDate")) if body.get("archived") else None,
                is_stale=bool(body.get("deprecated")),
                tags=tags,
                fields=fields,
                url=f"{self.client.url}/{quote(project)}/{quote(first)}/features/{quote(key)}",
            )

    def states(self, project: str) -> Iterator[Record]:
        """Yield what every flag does in each environment."""
        for place in self._environments(project):
            environment = str(place["key"])
            seen = self._statuses(project, environment)
            for body in self._live(project, environment):
                told = (body.get("environments") or {}).get(environment)
                if not isinstance(told, Mapping):
                    continue
                key = by_key(body)
                yield payloads.state(
                    f"{project}/{key}",
                    environment,
                    is_enabled=bool(told.get("on")),
                    is_production=True if place.get("critical") else None,
                    evaluated_at=moment((seen.get(key) or {}).get("lastRequested")),
                    **payloads.reach(strategies(body, told)),
                )

    def _kinds(self, project: str) -> list[str]:
        """Return the kinds of contexts that the account knows."""
        try:
            found = self.get(f"/projects/{quote(project)}/context-kinds", "kinds", holds="items")
        except Missing:
            return []
        return [str(one["key"]) for one in found["items"] if one.get("key")]

    def log(self, project: str, token: str | None, until: datetime | None) -> Page:
        """Return one page of the audit log, the latest first; the token is a moment."""
        query: dict[str, Any] = {"spec": f"proj/{project}:env/*:flag/*", "limit": LOGGED}
        if token:
            query["before"] = int(token)
        rows = self.get("/auditlog", "audit log", query, holds="items")["items"]
        items = [self._item(row, until) for row in rows]
        # What else happened in the same millisecond is read again.
        last = int(rows[-1]["date"]) + 1 if len(rows) == LOGGED else 0
        return Page(items, str(last) if last else None, self.client.now())

    def _item(self, row: Body, until: datetime | None) -> Item:
        whole, at = row, datetime.fromtimestamp(int(row["date"]) / 1000, UTC)
        if action_of(row) in DETAILED and (until is None or at >= until):
            whole = self.get(f"/auditlog/{quote(str(row['_id']))}", "entry of the audit log")
        return Item(change(str(row["_id"]), at, whole), at)


def by_key(body: Body) -> str:
    """Return the key of a flag, project or environment."""
    return str(body["key"])


def text_of(value: bool) -> str:
    """Return a choice as queries have it."""
    return "true" if value else "false"


def properties(body: Body) -> Iterator[str]:
    """Yield the custom properties of a flag as tags."""
    found = body.get("customProperties")
    for one in found.values() if isinstance(found, Mapping) else ():
        for value in one.get("value") or () if isinstance(one, Mapping) else ():
            yield f"{named(one)}:{value}"


def kind(body: Body, tags: Sequence[str]) -> str:
    """Return the kind: by a tag, an experiment, or that it is meant to go."""
    said = next((KINDS[tag.lower()] for tag in words(tags) if tag.lower() in KINDS), None)
    experiments = body.get("experiments")
    if said is None and isinstance(experiments, Mapping) and experiments.get("items"):
        said = "experiment"
    return said or ("release" if body.get("temporary") else "unknown")


connect = LaunchDarkly.connect

"""Flagsmith: flags of each project, what they do in each environment, and the audit log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote

from connectors.flags import payloads
from connectors.flags.flagsmith_log import change, is_detailed
from connectors.flags.flagsmith_segments import chosen
from connectors.flags.payloads import EVERYBODY, Strategy
from connectors.flags.tool import PAGE, Tool
from connectors.hosts.walking import Item, Page
from connectors.pagers.judging import Body
from connectors.pagers.paging import Part, by_id, every
from connectors.pagers.payloads import named, text, words
from connectors.pagers.payloads import time as moment
from connectors.records import Record

KINDS: Final = {
    "release": "release",
    "experiment": "experiment",
    "ops": "ops",
    "operational": "ops",
    "kill-switch": "ops",
    "permission": "permission",
    "entitlement": "permission",
}
STALE: Final = "STALE"
# Traits of identities are whatever applications send.
ANY: Final = "*"
NOBODY: Final = Strategy(0.0)
IDENTITY: Final = Strategy(0.0, ("identity",))


@dataclass(slots=True)
class Flagsmith(Tool):
    """Reads one server."""

    name: ClassVar[str] = "Flagsmith"
    needs: ClassVar[str] = "an organisation API key, or one of a user who may view the projects"
    home: ClassVar[str] = "https://api.flagsmith.com"
    prefix: ClassVar[str] = "/api/v1"
    signs: ClassVar[str] = "Api-Key {token}"
    probes: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "projects": ("/projects/", {}),
    }
    _named: dict[str, str] = field(default_factory=dict, init=False)
    _tagged: dict[str, dict[int, Body]] = field(default_factory=dict, init=False)

    def scopes(self, entity: str) -> Sequence[str]:
        """Return the projects by id, each read apart; strategies come with the states."""
        if entity == "strategies":
            return ()
        found = self._listed("/projects/", {}, "projects", by_id)
        self._named = {str(one["id"]): str(one["name"]) for one in found}
        chosen_ones = {*self.wanted(self._named), *self.wanted(self._named.values())}
        return [key for key, name in self._named.items() if {key, name} & chosen_ones]

    def flags(self, project: str) -> Iterator[Record]:
        """Yield every flag of a project; its owners are persons and are not kept."""
        path = f"/projects/{project}/features/"
        for body in self._listed(path, {}, f"flags of {project}", by_name):
            name, tags = by_name(body), self._tags(project, body)
            labels = [str(tag["label"]) for tag in tags]
            groups = [group for one in body.get("group_owners") or () if (group := named(one))]
            yield payloads.flag(
                f"{project}/{name}",
                key=name,
                at=moment(body.get("created_date")),
                project=self._named.get(project, project),
                kind=kind(body, labels),
                team=groups[0] if groups else None,
                **payloads.removal(labels, text(body.get("description")), self.removal_words),
                archived_at=archived(body),
                is_stale=any(tag.get("type") == STALE for tag in tags),
                tags=labels,
                fields=["identity", ANY],
            )

    def states(self, project: str) -> Iterator[Record]:
        """Yield what every flag does in each environment."""
        segments: dict[int, Body] | None = None
        for place in self._listed("/environments/", {"project": project}, "environments", by_id):
            query = {"environment": place["id"], "is_archived": "false"}
            path = f"/projects/{project}/features/"
            for body in self._listed(path, query, f"flags of {project}", by_name):
                told = body.get("environment_feature_state")
                if not isinstance(told, Mapping):
                    continue
                found = [EVERYBODY if told.get("enabled") else NOBODY]
                if body.get("num_segment_overrides"):
                    segments = self._segments(project) if segments is None else segments
                    found += chosen(self._overrides(place["id"], body["id"]), segments)
                if body.get("num_identity_overrides"):
                    found.append(IDENTITY)
                yield payloads.state(
                    f"{project}/{by_name(body)}",
                    str(place["name"]),
                    is_enabled=bool(told.get("enabled")) or len(found) > 1,
                    **payloads.reach(found),
                )

    def log(self, project: str, token: str | None, until: datetime | None) -> Page:
        """Return one page of the audit log, the latest first."""
        number = int(token or 1)
        query = {"page": number, "page_size": PAGE}
        # The log of all projects is that of a user's, and an organisation's key is nobody's.
        path = f"/projects/{quote(project)}/audit/"
        answer = self.get(path, f"audit log of {project}", query, holds="results")
        items = [self._item(project, row, until) for row in answer["results"]]
        following = str(number + 1) if answer.get("next") else None
        return Page(items, following, self.client.now(), int(answer["count"]))

    def _item(self, project: str, row: Body, until: datetime | None) -> Item:
        whole, at = row, datetime.fromisoformat(row["created_date"])
        if is_detailed(row) and (until is None or at >= until):
            path = f"/projects/{quote(project)}/audit/{row['id']}/"
            whole = self.get(path, "entry of the audit log")
        return Item(change(project, at, whole), at)

    def _listed(self, path: str, query: Body, what: str, key: Any) -> list[Body]:
        """Return a whole listing, which is told page by page."""

        def fetch(token: str | None) -> Part:
            number = int(token or 1)
            page = {**query, "page": number, "page_size": PAGE}
            answer = self.get(path, what, page, holds="results")
            if isinstance(answer, list):
                # Some listings have no pages, in some releases.
                return Part(answer)
            return Part(answer["results"], str(number + 1) if answer.get("next") else None)

        return every(fetch, f"{self.name}, {what}", key)

    def _tags(self, project: str, body: Body) -> list[Body]:
        """Return the tags of a flag, which itself has their ids alone."""
        if project not in self._tagged:
            found = self._listed(f"/projects/{project}/tags/", {}, "tags", by_id)
            self._tagged[project] = {int(one["id"]): one for one in found}
        known = self._tagged[project]
        return [known[one] for one in body.get("tags") or () if one in known]

    def _segments(self, project: str) -> dict[int, Body]:
        found = self._listed(f"/projects/{quote(project)}/segments/", {}, "segments", by_id)
        return {int(one["id"]): one for one in found}

    def _overrides(self, environment: int, feature: int) -> list[tuple[Body, bool]]:
        """Return the segments that a flag is set apart for, each with whether it is on there."""
        query = {"environment": environment, "feature": feature}
        places = self._listed("/features/feature-segments/", query, "segments of flags", by_id)
        found = self._listed("/features/featurestates/", query, "states of segments", by_id)
        states = {one.get("feature_segment"): bool(one.get("enabled")) for one in found}
        return [(one, states.get(one["id"], False)) for one in places]


def by_name(body: Body) -> str:
    """Return the key of a flag."""
    return str(body["name"])


def kind(body: Body, labels: Sequence[str]) -> str:
    """Return the kind: by a tag, else that there are several values to compare."""
    said = next((KINDS[one.lower()] for one in words(labels) if one.lower() in KINDS), None)
    return said or ("experiment" if body.get("multivariate_options") else "unknown")


def archived(body: Body) -> datetime | None:
    """Return when an archived flag was last changed, for since when it is archived is not told."""
    if not body.get("is_archived"):
        return None
    return moment(body.get("last_modified_in_any_environment")) or moment(body.get("created_date"))


connect = Flagsmith.connect

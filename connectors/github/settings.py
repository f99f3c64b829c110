"""Environments, secrets, variables and rules of a repository: when they changed, by REST."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote

from connectors.errors import SourceMisconfigured
from connectors.github import protections
from connectors.github.answering import Answer
from connectors.github.client import Client
from connectors.github.troubles import Broken, NotSignedIn
from connectors.hosts import settings
from connectors.hosts.api import Repository
from connectors.hosts.settings import Change, Look, dated
from connectors.hosts.walking import parsed

PAGE = 100
# Those that previews leave behind are many, and come later than those that last.
MOST_ENVIRONMENTS = 20
CLASSIC = "(classic: scope repo, its owner may write)"
ENVIRONMENTS = "Actions and Environments: read"
SECRETS = f"Secrets: read {CLASSIC}"
VARIABLES = f"Variables: read {CLASSIC}"
Rows = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a kind of settings is listed, under which key of the answer, and by which right."""

    path: str
    key: str
    right: str
    wanted: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_inside(self) -> bool:
        """Tell whether each environment has a list of its own."""
        return "{}" in self.path


KINDS: Mapping[str, Kind] = {
    "environment": Kind("environments", "environments", ENVIRONMENTS),
    "secret": Kind("actions/secrets", "secrets", SECRETS),
    "variable": Kind("actions/variables", "variables", VARIABLES),
    "ruleset": Kind("rulesets", "", "Metadata: read"),
    "bypass": Kind(
        "rulesets/rule-suites",
        "",
        # GitHub's own descriptions differ: newer ones say read, older ones write.
        f"Administration: read, some servers want write {CLASSIC}",
        {"rule_suite_result": "bypass", "time_period": "month"},
    ),
    "environment_secret": Kind("environments/{}/secrets", "secrets", ENVIRONMENTS),
    "environment_variable": Kind("environments/{}/variables", "variables", ENVIRONMENTS),
    "organisation_secret": Kind("actions/organization-secrets", "secrets", SECRETS),
    "organisation_variable": Kind("actions/organization-variables", "variables", VARIABLES),
}


@dataclass(slots=True)
class Settings(settings.Settings):
    """Looks at the settings of repositories."""

    client: Client

    def looks(self, repository: Repository, before: Mapping[str, Any]) -> list[Look]:
        """Return what the host says of each kind; one that did not change is not sent again."""
        found: dict[str, Look] = {}
        for name, kind in KINDS.items():
            around = found["environment"] if kind.is_inside else None
            look = partial(self._look, repository, name, around, before)
            found[name] = tried(name, kind.right, look)
        look = partial(protections.look, self.client, repository)
        return [*found.values(), tried(protections.KIND, protections.RIGHT, look)]

    def _look(
        self, repository: Repository, name: str, around: Look | None, before: Mapping[str, Any]
    ) -> Look:
        if around and around.why:
            return Look(name, KINDS[name].right, why=around.why)
        known = (before.get("seen") or {}).get(name) or {}
        changed: list[Change] = []
        etags: dict[str, str] = {}
        seen: dict[str, str] = {}
        for path, environment in self._places(repository, name, around):
            rows, etag = self._rows(repository, name, path, (before.get("etags") or {}).get(path))
            if rows is None:
                seen |= {one: "" for one in known if environment in ("", one.partition(" in ")[2])}
            else:
                changed += (one for row in rows for one in changes(name, row, environment))
                seen |= {called(row, environment): "" for row in rows if "name" in row}
            if etag:
                etags[path] = etag
        # Of pushes past rules the last month is listed: one that is no more there was not undone.
        return Look(
            name, KINDS[name].right, changed, etags=etags, seen=None if name == "bypass" else seen
        )

    def _places(
        self, repository: Repository, name: str, around: Look | None
    ) -> Iterator[tuple[str, str]]:
        """Yield where a kind is listed, with the environment that a list is of."""
        if around is None:
            yield KINDS[name].path, ""
            return
        environments = list(around.seen or ())
        if len(environments) > MOST_ENVIRONMENTS and f"many {name}" not in self.told:
            self.told.add(f"many {name}")
            self.say(
                f"{settings.WORDS[name]}: {repository.full_name} has {len(environments)} "
                f"environments; the {MOST_ENVIRONMENTS} oldest are looked into"
            )
        for one in environments[:MOST_ENVIRONMENTS]:
            yield KINDS[name].path.format(quote(one, safe="")), one

    def _rows(
        self, repository: Repository, name: str, path: str, etag: str | None
    ) -> tuple[list[Mapping[str, Any]] | None, str | None]:
        """Return all rows of a list, oldest first, and its ETag; no rows where nothing changed.

        The ETag of a page says nothing of the next one, so a list of several pages has none.
        """
        kind, found, number = KINDS[name], Rows(), 1

        def read(answer: Answer) -> tuple[Answer, Rows, bool]:
            return (answer, *page(answer, kind.key, found))

        while True:
            answer, rows, is_more = self.client.rest(
                f"/repos/{repository.full_name}/{path}",
                {"per_page": PAGE, **({"page": number} if number > 1 else {}), **kind.wanted},
                f"{settings.WORDS[name]} of {repository.full_name}",
                repository.full_name.partition("/")[0],
                read,
                etag=etag if number == 1 else None,
            )
            if answer.status == 304:
                return None, etag
            found.update(rows)
            if not is_more:
                listed = sorted(found.values(), key=lambda row: row.get("created_at") or "")
                return listed, answer.headers.get("etag") if number == 1 else None
            number += 1


def tried(kind: str, right: str, look: Callable[[], Look]) -> Look:
    """Return what a look finds, or why nothing can be seen."""
    try:
        return look()
    except NotSignedIn:
        raise
    except SourceMisconfigured as error:
        return Look(kind, right, why=str(error))


def page(answer: Answer, key: str, known: Collection[str]) -> tuple[Rows, bool]:
    """Return the rows of a page and whether another follows; raises Broken where it can't be."""
    if answer.status == 304:
        return {}, False
    rows = answer.data[key] if key else answer.data
    if not isinstance(rows, list):
        raise Broken("it sent no list")
    is_more = 'rel="next"' in answer.headers.get("link", "")
    if not rows and is_more:
        raise Broken("it says that there is more, and sends nothing")
    found = {str(row["id"] if "id" in row else row["name"]): row for row in rows}
    if rows and found.keys() <= set(known):
        raise Broken("it repeats a page")
    return found, is_more


def called(row: Mapping[str, Any], environment: str) -> str:
    """Return the name of a setting, with the environment that it is of."""
    return f"{row['name']} in {environment}" if environment else str(row["name"])


def changes(kind: str, row: Mapping[str, Any], environment: str = "") -> Collection[Change]:
    """Return the changes that one thing of a list tells of; who made them is not kept."""
    if kind != "bypass":
        name = called(row, environment)
        return dated(kind, name, row.get("created_at"), row.get("updated_at"))
    at = parsed(row["pushed_at"])
    if at is None or row["result"] != "bypass":
        return ()
    return [
        Change(kind, str(row["ref"]).removeprefix("refs/heads/"), at, "bypassed", row["after_sha"])
    ]

"""Environments, secrets, variables and rules of a repository: when they changed, by REST."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import SourceMisconfigured
from connectors.github.answering import Answer
from connectors.github.client import Client
from connectors.github.troubles import Broken, NotSignedIn
from connectors.hosts import settings
from connectors.hosts.api import Repository
from connectors.hosts.settings import Change, Look, dated
from connectors.hosts.walking import parsed

MOST = 100
CLASSIC = "(classic: scope repo, its owner may write)"


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a kind of settings is listed, under which key of the answer, and by which right."""

    path: str
    key: str
    right: str
    wanted: Mapping[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "environment": Kind("environments", "environments", "Actions and Environments: read"),
    "secret": Kind("actions/secrets", "secrets", f"Secrets: read {CLASSIC}"),
    "variable": Kind("actions/variables", "variables", f"Variables: read {CLASSIC}"),
    "ruleset": Kind("rulesets", "", "Metadata: read"),
    "bypass": Kind(
        "rulesets/rule-suites",
        "",
        # GitHub's own descriptions differ: newer ones say read, older ones write.
        f"Administration: read, some servers want write {CLASSIC}",
        {"rule_suite_result": "bypass", "time_period": "month"},
    ),
}


@dataclass(slots=True)
class Settings(settings.Settings):
    """Looks at the settings of repositories."""

    client: Client

    def looks(self, repository: Repository, etags: Mapping[str, str]) -> list[Look]:
        """Return what the host says of each kind; one that did not change is not sent again."""
        return [self._look(repository, kind, etags.get(kind)) for kind in KINDS]

    def _look(self, repository: Repository, name: str, etag: str | None) -> Look:
        kind = KINDS[name]
        owner = repository.full_name.partition("/")[0]

        def read(answer: Answer) -> Look:
            if answer.status == 304:
                return Look(name, kind.right, etag=etag)
            rows = answer.data[kind.key] if kind.key else answer.data
            if not isinstance(rows, list):
                raise Broken("it sent no list")
            if not rows and 'rel="next"' in answer.headers.get("link", ""):
                raise Broken("it says that there is more, and sends nothing")
            found = tuple(change for row in rows for change in changes(name, row))
            return Look(name, kind.right, found, etag=answer.headers.get("etag"))

        try:
            return self.client.rest(
                f"/repos/{repository.full_name}/{kind.path}",
                {"per_page": MOST, **kind.wanted},
                f"{settings.WORDS[name]} of {repository.full_name}",
                owner,
                read,
                etag=etag,
            )
        except NotSignedIn:
            raise
        except SourceMisconfigured as error:
            return Look(name, kind.right, why=str(error))


def changes(kind: str, row: Mapping[str, Any]) -> Collection[Change]:
    """Return the changes that one thing of a list tells of; who made them is not kept."""
    if kind != "bypass":
        return dated(kind, str(row["name"]), row.get("created_at"), row.get("updated_at"))
    at = parsed(row["pushed_at"])
    if at is None or row["result"] != "bypass":
        return ()
    return [
        Change(kind, str(row["ref"]).removeprefix("refs/heads/"), at, "bypassed", row["after_sha"])
    ]

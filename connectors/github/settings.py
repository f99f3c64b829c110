"""Environments, secrets, variables and rules of a repository: when they changed, by REST."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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
BYPASSES = {"rule_suite_result": "bypass", "time_period": "month"}
KINDS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "environment": ("environments", "environments", {}),
    "secret": ("actions/secrets", "secrets", {}),
    "variable": ("actions/variables", "variables", {}),
    "ruleset": ("rulesets", "", {}),
    "bypass": ("rulesets/rule-suites", "", BYPASSES),
}
"""Path, key of the list in the answer, and what is asked for, by kind."""
WORDS = {
    "environment": "environments",
    "secret": "secrets",
    "variable": "variables",
    "ruleset": "rulesets",
    "bypass": "bypassed rules",
}


@dataclass(slots=True)
class Settings(settings.Settings):
    """Looks at the settings of repositories."""

    client: Client

    def looks(self, repository: Repository, etags: Mapping[str, str]) -> list[Look]:
        """Return what the host says of each kind; one that did not change is not sent again."""
        return [self._look(repository, kind, etags.get(kind)) for kind in KINDS]

    def _look(self, repository: Repository, kind: str, etag: str | None) -> Look:
        place, key, wanted = KINDS[kind]
        owner = repository.full_name.partition("/")[0]

        def read(answer: Answer) -> Look:
            if answer.status == 304:
                return Look(kind, etag=etag)
            rows = answer.data[key] if key else answer.data
            if not isinstance(rows, list):
                raise Broken("it sent no list")
            found = tuple(change for row in rows for change in changes(kind, row))
            return Look(kind, found, etag=answer.headers.get("etag"))

        try:
            return self.client.rest(
                f"/repos/{repository.full_name}/{place}",
                {"per_page": MOST, **wanted},
                f"{WORDS[kind]} of {repository.full_name}",
                owner,
                read,
                etag=etag,
            )
        except NotSignedIn:
            raise
        except SourceMisconfigured as error:
            self.hidden(kind, f"{error}; whether {WORDS[kind]} change by review stays unknown")
            return Look(kind, why=str(error))


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

"""Which projects the configured names mean: full paths, `group/*`, `group/**` with subgroups."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from connectors.errors import SourceError, SourceUnavailable
from connectors.gitlab import queries
from connectors.gitlab.answers import Reply, number
from connectors.gitlab.client import Client
from connectors.gitlab.judging import Forbidden, Missing, Unknown
from connectors.gitlab.projects import forked, from_body, from_node, newest_of
from connectors.hosts.api import Repository
from connectors.records import Failure

AT_ONCE: Final = 50
LITERALS_AT_ONCE: Final = 8
TRIES: Final = 3
WILD: Final = re.compile(r"[*?]")


@dataclass(slots=True)
class Projects:
    """Lists the projects of one GitLab that the configured names mean."""

    client: Client
    names: Sequence[str]
    tells_forks: bool = field(default=True, init=False)

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield each project once; a name that can't be listed is a Failure."""
        literals = [name for name in self.names if not WILD.search(name)]
        found: dict[str, Repository] = {}
        failures: list[Failure] = []
        for told in self._literals(literals):
            if isinstance(told, Failure):
                failures.append(told)
            else:
                found.setdefault(told.id, told)
        for name in (name for name in self.names if WILD.search(name)):
            try:
                for one in self._matching(name):
                    found.setdefault(one.id, one)
            except Unknown:
                raise
            except SourceError as error:
                failures.append(Failure("repositories", name, error))
        yield from self._with_newest(list(found.values()))
        yield from failures

    def _literals(self, names: Sequence[str]) -> Iterator[Repository | Failure]:
        for start in range(0, len(names), LITERALS_AT_ONCE):
            asked = names[start : start + LITERALS_AT_ONCE]
            answer = self._looked_up(asked)
            for place, name in enumerate(asked):
                node = answer.get(f"p{place}")
                yield from_node(node) if node else self._elsewhere(name)

    def _looked_up(self, names: Sequence[str]) -> Mapping[str, Any]:
        paths = {f"p{place}": name for place, name in enumerate(names)}
        document = queries.literals(len(names), with_forks=self.tells_forks)
        try:
            return self.client.graphql(document, "projects", **paths)
        except SourceUnavailable as error:
            if not self.tells_forks or "isForked" not in str(error):
                raise
        self.tells_forks = False
        return self._looked_up(names)

    def _elsewhere(self, name: str) -> Repository | Failure:
        """Return a project that GraphQL knows nothing of: REST follows it to its new path."""
        try:
            path = f"/projects/{quote(name, safe='')}"
            found = from_body(self.client.get(path, f"project {name}").body)
        except (Missing, Forbidden) as error:
            return Failure("repositories", name, error)
        if found.full_name.casefold() != name.casefold():
            self.client.asker.say(f"GitLab: {name} is {found.full_name} now: mend `repositories`")
        return found

    def _matching(self, name: str) -> Iterator[Repository]:
        """Yield the projects that a glob means, but for forks and those about to be deleted."""
        fixed = name[: WILD.search(name).start()].rpartition("/")[0]  # type: ignore[union-attr]
        is_deep = "**" in name or name.count("/") > fixed.count("/") + 1
        rule = matcher(name)
        for body in self._group(fixed, is_deep=is_deep):
            is_going = body.get("marked_for_deletion_on") or body.get("marked_for_deletion_at")
            if rule.fullmatch(body["path_with_namespace"]) and not is_going and not forked(body):
                yield from_body(body)

    def _group(self, path: str, *, is_deep: bool) -> list[Mapping[str, Any]]:
        """Return the projects of a group, or of a user of that name."""
        query = {"include_subgroups": "true"} if is_deep else {}
        what = f"projects of {path}"
        quoted = quote(path, safe="")
        query |= {"order_by": "id", "sort": "asc", "with_shared": "false"}
        try:
            return self._every(f"/groups/{quoted}/projects", what, query)
        except Missing as missing:
            if "/" in path:
                raise
            query = {"order_by": "id", "sort": "asc"}
            try:
                return self._every(f"/users/{quoted}/projects", what, query)
            except Missing:
                raise missing from None

    def _every(self, path: str, what: str, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """Return all pages of a listing, read again where it changed in between."""
        for _ in range(TRIES):
            found, total = self._once(path, what, query)
            if total is None or len(found) >= total:
                return list(found.values())
        raise SourceUnavailable(
            f"GitLab, {what}: it says that there are {total} and sends {len(found)}; nothing is "
            "taken for gone. Refresh again"
        )

    def _once(
        self, path: str, what: str, query: Mapping[str, str]
    ) -> tuple[dict[str, Mapping[str, Any]], int | None]:
        found: dict[str, Mapping[str, Any]] = {}
        page, reply = 1, self._page(path, what, query, 1)
        while True:
            fresh = {str(body["id"]): body for body in reply.body}
            if reply.is_more and fresh.keys() <= found.keys():
                raise SourceUnavailable(f"GitLab, {what}: its pages repeat or go on for ever")
            found |= fresh
            if not reply.is_more:
                return found, reply.total
            page += 1
            reply = self._page(path, what, query, page)

    def _page(self, path: str, what: str, query: Mapping[str, str], page: int) -> Reply:
        return self.client.rows(path, what, **query, per_page=100, page=page)

    def _with_newest(self, found: Sequence[Repository]) -> Iterator[Repository]:
        """Add what is newest in projects that do not tell it yet; those left out are asked."""
        yield from (one for one in found if one.newest)
        rest = [one for one in found if not one.newest]
        for start in range(0, len(rest), AT_ONCE):
            some = rest[start : start + AT_ONCE]
            newest = self._newest(some)
            yield from (replace(one, newest=newest.get(one.id, {})) for one in some)

    def _newest(self, some: Iterable[Repository]) -> dict[str, Mapping[str, datetime | None]]:
        ids = [f"gid://gitlab/Project/{one.id}" for one in some]
        try:
            answer = self.client.graphql(
                queries.NEWEST_OF_MANY, "what is newest in projects", ids=ids, first=len(ids)
            )
        except SourceError:
            # It only saves calls.
            return {}
        nodes = (answer["projects"] or {}).get("nodes") or ()
        return {number(node["id"]): newest_of(node) for node in nodes if node}


def matcher(name: str) -> re.Pattern[str]:
    """Return the rule of a glob: `*` stays within a group, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", name)
    rules = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(rules.get(part, re.escape(part)) for part in parts), re.IGNORECASE)

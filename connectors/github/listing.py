"""Lists the repositories that the configured names and globs mean, with what is newest in each."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable
from connectors.github import queries
from connectors.github.answering import Answer, Size
from connectors.github.answers import Node, nodes
from connectors.github.client import Client
from connectors.github.found import (
    Seen,
    described,
    is_cut,
    is_glob,
    is_misled,
    matches,
)
from connectors.github.paging import next_page
from connectors.github.troubles import Broken, NotSignedIn
from connectors.hosts.api import Repository
from connectors.records import Failure

PAGE = 50
NAMED_AT_ONCE = 25


@dataclass(slots=True)
class Listing:
    """Lists once; ``seen`` holds by id what it saw in each repository."""

    client: Client
    patterns: Sequence[str]
    say: Callable[[str], None]
    seen: dict[str, Seen] = field(default_factory=dict)

    def repositories(self) -> Iterator[Repository | Failure]:
        """Yield every repository once: those named in full, then those that globs match."""
        failed: list[SourceError] = []
        for one in self._all():
            if isinstance(one, Failure):
                failed.append(one.error)
            yield one
        if not self.seen and failed and all(isinstance(one, SourceUnavailable) for one in failed):
            # Where nothing at all was answered, the host is away, not a repository.
            raise failed[0]

    def _all(self) -> Iterator[Repository | Failure]:
        literals = [one for one in self.patterns if not is_glob(one)]
        for start in range(0, len(literals), NAMED_AT_ONCE):
            yield from self._fresh(self._named(literals[start : start + NAMED_AT_ONCE]))
        globs: dict[str, list[str]] = {}
        for one in filter(is_glob, self.patterns):
            globs.setdefault(one.partition("/")[0].lower(), []).append(one)
        for patterns in globs.values():
            yield from self._fresh(self._owned(patterns))

    def _fresh(self, found: Iterator[Node | Failure]) -> Iterator[Repository | Failure]:
        for one in found:
            if isinstance(one, Failure):
                yield one
            elif str(one["databaseId"]) not in self.seen:
                repository, seen = described(one)
                self.seen[repository.id] = seen
                yield repository

    def _named(self, names: Sequence[str]) -> Iterator[Node | Failure]:
        """Yield repositories named in full; GitHub follows renames and transfers."""
        groups: dict[str, list[str]] = {}
        for name in names:
            # Each owner may have an installation of its own.
            owner = name.partition("/")[0]
            groups.setdefault(self.client.signer.group(owner), []).append(name)
        for group in groups.values():
            try:
                found = self._look_up(group)
            except NotSignedIn:
                raise
            except SourceError as error:
                found = [error] * len(group)
            for name, one in zip(group, found, strict=True):
                if isinstance(one, SourceError):
                    yield Failure("repositories", name, one)
                else:
                    self._tell_renamed(name, str(one["nameWithOwner"]))
                    yield one

    def _look_up(self, names: Sequence[str], *, is_plain: bool = False) -> list[Any]:
        """Return a node or an error for each name."""
        parts = [name.partition("/") for name in names]
        variables = {f"o{at}": owner for at, (owner, _, _) in enumerate(parts)}
        variables |= {f"n{at}": name for at, (_, _, name) in enumerate(parts)}

        def read(answer: Answer) -> list[Any] | None:
            if is_cut(answer.errors, 1) and not is_plain:
                return None
            found = [self._one(answer, f"r{at}", name) for at, name in enumerate(names)]
            if is_misled(found, names):
                raise Broken("it answered about other repositories")
            return found

        document = queries.named(len(names), is_plain=is_plain)
        what = "repositories"
        found = self.client.graphql(document, variables, what, parts[0][0], read)
        return self._look_up(names, is_plain=True) if found is None else found

    def _one(self, answer: Answer, alias: str, name: str) -> Any:
        if node := answer.data.get(alias):
            return node
        errors = [error for error in answer.errors if (error.get("path") or [""])[0] == alias]
        refused = self.client.refused(errors or answer.errors, name)
        if not isinstance(refused, SourceError):
            raise refused
        return refused

    def _owned(self, patterns: Sequence[str]) -> Iterator[Node | Failure]:
        """Yield what an owner's globs match; forks only where they are named in full."""
        owner = patterns[0].partition("/")[0]
        found: list[Node] = []
        try:
            for page in self._pages(owner):
                found += page
                yield from (one for one in page if not one["isFork"] and matches(one, patterns))
        except NotSignedIn:
            raise
        except SourceError as error:
            yield from (Failure("repositories", pattern, error) for pattern in patterns)
            return
        for pattern in patterns:
            if not any(matches(one, [pattern]) for one in found):
                yield Failure("repositories", pattern, self._none(pattern, len(found)))

    def _pages(self, owner: str) -> Iterator[list[Node]]:
        token: str | None = None
        tokens: set[str | None] = {None}
        size, count, total = Size(PAGE), 0, 0
        while True:
            connection, token = self._page(owner, token, tokens, size)
            page = nodes(connection)
            count, total = count + len(page), connection["totalCount"]
            yield page
            if token is None:
                break
            tokens.add(token)
        if count < total:
            raise SourceMisconfigured(
                f"{self.client.host}: {owner} has {total} repositories and shows {count} of them. "
                "Authorise the token for the organisation (Configure SSO in its settings), or name "
                "the repositories that it may read in full"
            )

    def _page(
        self,
        owner: str,
        token: str | None,
        known: Collection[str | None],
        size: Size,
        *,
        is_plain: bool = False,
    ) -> tuple[Node, str | None]:
        what = f"repositories of {owner}"

        def read(answer: Answer) -> tuple[Node, str | None] | None:
            if is_cut(answer.errors, 4) and not is_plain:
                return None
            found = answer.data.get("repositoryOwner")
            if found:
                return found["repositories"], next_page(found["repositories"], known)
            if answer.errors:
                raise self.client.refused(answer.errors, what)
            raise SourceMisconfigured(
                f"{self.client.host}: there is no organisation or user {owner} that "
                f"{self.client.signer.key} may see. Check the name before the slash"
            )

        document = queries.OWNED_PLAIN if is_plain else queries.OWNED
        variables = {"owner": owner, "after": token}
        found = self.client.graphql(document, variables, what, owner, read, size)
        if found is None:
            return self._page(owner, token, known, size, is_plain=True)
        return found

    def _none(self, pattern: str, count: int) -> SourceMisconfigured:
        return SourceMisconfigured(
            f"{self.client.host}: no repository matches {pattern}; {count} of this owner can be "
            f"seen. Check the name, and whether {self.client.signer.key} was given the repositories"
        )

    def _tell_renamed(self, name: str, now: str) -> None:
        if name.lower() != now.lower():
            self.say(f"{name} is called {now} now: write {now} in `repositories`")

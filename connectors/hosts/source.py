"""One code host as a source: its repositories through git, the rest through its API."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar
from urllib.parse import quote

from connectors.errors import SourceError
from connectors.git import Git
from connectors.hosts.api import ENTITIES, Api, Repository
from connectors.hosts.references import once
from connectors.hosts.threads import side_by_side
from connectors.hosts.walking import is_unchanged, stamp
from connectors.looking import Looking
from connectors.records import Batch, Cursor, Failure, Record

WORKERS = 4
Found = tuple[str, Repository]


@dataclass(slots=True)
class _Once:
    """Lists the repositories once, whoever comes first."""

    answer: tuple[list[Found], list[Failure]] | SourceError | None = None
    clones: dict[str, Git] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class CodeHost:
    """Reads the repositories of one host; make a new one for every collection.

    ``known`` are the landed cursors of the entity repositories: which scope has which id. A scope
    is the name under which a repository was first seen, whatever it is called now. ``since`` is
    how far back ``api`` goes, ``looking`` what of changed files is looked for.
    """

    entities: ClassVar[tuple[str, ...]] = ("repositories", *ENTITIES, *Git.entities)

    api: Api
    clones: Path
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    with_paths: Callable[[str], bool] = lambda scope: False
    with_owners: Callable[[str], bool] = lambda scope: False
    is_gitlab: bool = False
    ca: Path | None = None
    since: datetime | None = None
    looking: Looking | None = None
    _once: _Once = field(default_factory=_Once, init=False, repr=False, compare=False)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield what is new, repositories side by side; one that fails stops no other."""
        if entity not in self.entities:
            raise ValueError(f"a code host has no {entity!r}, only {', '.join(self.entities)}")
        found, failures = self.found()
        if entity == "repositories":
            yield from failures
            yield from self._repositories(found, cursors, is_whole=not failures)
            return
        read = self._code if entity in Git.entities else self._told
        jobs = [
            partial(guarded, entity, scope, partial(read, entity, scope, repository, cursors))
            for scope, repository in found
        ]
        yield from side_by_side(jobs, WORKERS)

    def found(self) -> tuple[list[Found], list[Failure]]:
        """Return the repositories under their scopes, and what could not be listed."""
        with self._once.lock:
            if self._once.answer is None:
                try:
                    listed = list(self.api.repositories())
                except SourceError as error:
                    self._once.answer = error
                else:
                    found = [one for one in listed if isinstance(one, Repository)]
                    failed = [one for one in listed if isinstance(one, Failure)]
                    self._once.answer = (scoped(found, self.known), failed)
            if isinstance(self._once.answer, SourceError):
                raise self._once.answer
            return self._once.answer

    def _repositories(
        self, found: Sequence[Found], cursors: Mapping[str, Cursor], *, is_whole: bool
    ) -> Iterator[Batch]:
        """Yield one record a repository; one that is gone keeps what was known of it."""
        for scope, repository in found:
            yield told(scope, described(scope, repository, cursors.get(scope) or {}))
        if is_whole:
            for scope in cursors.keys() - dict(found).keys():
                yield told(scope, {**cursors[scope], "is_gone": True})

    def _told(
        self, entity: str, scope: str, repository: Repository, cursors: Mapping[str, Cursor]
    ) -> Iterator[Batch]:
        cursor = cursors.get(scope)
        newest = repository.newest
        if entity in newest and is_unchanged(cursor, newest[entity], self.since):
            return
        yield from self.api.batches(entity, repository, scope, cursor)

    def _code(
        self, entity: str, scope: str, repository: Repository, cursors: Mapping[str, Cursor]
    ) -> Iterator[Batch | Failure]:
        if repository.default_branch is None:
            # Nothing was pushed to it yet.
            return
        yield from self._clone(scope, repository).collect(entity, cursors)

    def _clone(self, scope: str, repository: Repository) -> Git:
        """Return the scope's one clone of this collection, so that it is fetched once."""
        with self._once.lock:
            if scope not in self._once.clones:
                self._once.clones[scope] = Git(
                    location=self.api.clone_url(repository),
                    repository=scope,
                    clone=self.clones / f"{quote(scope, safe='')}.git",
                    branch=repository.default_branch,
                    with_paths=self.with_paths(scope),
                    with_owners=self.with_owners(scope),
                    is_gitlab=self.is_gitlab,
                    ca=self.ca,
                    looking=self.looking,
                )
            return self._once.clones[scope]


def guarded(
    entity: str, scope: str, read: Callable[[], Iterator[Batch | Failure]]
) -> Iterator[Batch | Failure]:
    """Yield from ``read``; its error is told as the scope's failure."""
    try:
        yield from read()
    except SourceError as error:
        yield Failure(entity, scope, error)


def scoped(found: Sequence[Repository], known: Mapping[str, Mapping[str, Any]]) -> list[Found]:
    """Give each repository the scope that it always had, or its name as a new one."""
    scopes = {str(cursor["id"]): scope for scope, cursor in known.items() if "id" in cursor}
    made: dict[str, Repository] = {}
    for repository in {one.id: one for one in found}.values():
        scope = scopes.get(repository.id, repository.full_name)
        if repository.id not in scopes and scope in {*known, *made}:
            # An earlier repository had the name and moved on, or is gone.
            scope = f"{scope}~{repository.id}"
        made[scope] = repository
    return list(made.items())


def described(scope: str, repository: Repository, earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of a repository, with every name that it ever had."""
    names = [*str(earlier.get("former_names", "")).split(), str(earlier.get("full_name", ""))]
    former = once(name for name in names if name and name != repository.full_name)
    payload = {
        "id": repository.id,
        "name": scope,
        "full_name": repository.full_name,
        "former_names": " ".join(former) or None,
        "default_branch": repository.default_branch,
        "is_archived": repository.is_archived,
        "is_fork": repository.is_fork,
        "environments": ";".join(repository.environments) or None,
        "url": repository.url,
        "created_at": stamp(repository.created_at) if repository.created_at else None,
    }
    return {key: value for key, value in payload.items() if value is not None}


def told(scope: str, payload: Mapping[str, Any]) -> Batch:
    """Return the one record of a repository; its payload is the cursor, too."""
    record = Record("repositories", str(payload["id"]), payload)
    return Batch("repositories", scope, [record], dict(payload))

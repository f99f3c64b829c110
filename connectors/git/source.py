"""One git repository as a source: commits, tags, the head of its main line, who owns its paths."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from connectors.errors import SourceError, SourceMisconfigured
from connectors.git import contents, files, history, refs
from connectors.git.clone import Remote, is_remote, update
from connectors.git.command import Repository
from connectors.git.owners import owners
from connectors.looking import Looking
from connectors.records import Batch, Cursor, Record


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the repository held when it was asked."""

    repository: Repository
    found: dict[str, refs.Ref]
    main: refs.Ref


@dataclass(slots=True)
class _Once:
    """Asks the repository once, whoever comes first."""

    answer: _Seen | SourceError | None = None
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Git:
    """Reads one repository: in place where ``location`` is a path, else through a bare ``clone``.

    ``repository`` is its name, the scope of all that is read; ``branch`` is by default the
    remote's own; ``ca`` is the certificate of a company's own authority; ``looking`` says which
    changed files are looked for, if any; ``with_owners`` reads CODEOWNERS, as GitLab does where
    ``is_gitlab``. One instance asks the remote once, so that all entities tell of one moment: make
    a new one for every collection.
    """

    entities: ClassVar[tuple[str, ...]] = (
        "commits", "tags", "heads", "branches", files.ENTITY, "head_files", "owners",
    )  # fmt: skip

    location: str
    repository: str
    clone: Path
    branch: str | None = None
    with_paths: bool = False
    with_owners: bool = False
    is_gitlab: bool = False
    since: datetime | None = None
    ca: Path | None = None
    looking: Looking | None = None
    _once: _Once = field(default_factory=_Once, init=False, repr=False, compare=False)

    @property
    def has_trees(self) -> bool:
        """Tell whether a clone needs more than commits."""
        return self.with_paths or self.with_owners or self.looking is not None

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch]:
        """Yield what is new: commits in frames, tags and heads as whole listings."""
        cursor = cursors.get(self.repository)
        seen = self._seen()
        if entity == "commits":
            tips = [seen.main, *seen.found.values()]
            yield from self._commits(seen.repository, tips, cursor or {})
        elif entity == "tags":
            yield from self._whole(entity, [_tag(ref) for ref in refs.tags(seen.found)], cursor)
        elif entity == "heads":
            head = {"name": seen.main.name, "sha": seen.main.sha, "is_default": True}
            yield from self._whole(entity, [Record(entity, seen.main.name, head)], cursor)
        elif entity == "branches":
            branches = refs.branches(seen.found, seen.main)
            listed = [Record(entity, ref.name, {"sha": ref.sha}) for ref in branches]
            yield from self._whole(entity, listed, cursor)
        elif entity == files.ENTITY:
            if self.looking:
                yield from self._files(seen, self.looking, cursor or {})
        elif entity == "head_files":
            if self.looking:
                held = files.held(seen.repository, seen.main.sha, self.looking)
                yield from self._whole(entity, held, cursor)
        elif entity == "owners":
            if self.with_owners:
                found = owners(
                    seen.repository, self._remote(), seen.main.sha, is_gitlab=self.is_gitlab
                )
                yield from self._whole(entity, list(found), cursor)
        else:
            raise ValueError(f"git has no {entity!r}, only {', '.join(self.entities)}")

    def _commits(
        self, repository: Repository, found: Sequence[refs.Ref], cursor: Mapping[str, Any]
    ) -> Iterator[Batch]:
        """Yield the commits no earlier collection read; only the last batch moves the cursor."""
        tips = sorted({ref.sha for ref in found})
        landed, since = self._landed(cursor)
        if landed.issuperset(tips):
            return
        known = refs.existing(repository, sorted(landed))
        frames = history.read(repository, tips, known, with_paths=self.with_paths, since=self.since)
        held = next(frames, None)
        if held is None:
            return
        for frame in frames:
            yield Batch("commits", self.repository, held)
            held = frame
        reached = {"tips": tips, "with_paths": self.with_paths, "since": since}
        yield Batch("commits", self.repository, held, reached)

    def _files(self, seen: _Seen, looking: Looking, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """Yield what commits changed that no earlier collection read; the last batch is it."""
        tips = sorted({ref.sha for ref in [seen.main, *seen.found.values()]})
        is_same = cursor.get("version") == looking.version
        landed = set(cursor["tips"]) if is_same else set()
        if landed.issuperset(tips) or seen.main.at is None:
            return
        known = refs.existing(seen.repository, sorted(landed))
        max_age = max(0, int(seen.main.at.timestamp()) - looking.days * 86_400)
        found: list[files.Changed] = []
        for frame, changed in files.read(seen.repository, tips, known, looking, max_age):
            yield Batch(files.ENTITY, self.repository, frame)
            found += changed
        with contents.store(seen.repository) as store:
            records = list(files.told(store, found, looking, self._fetch))
        reached = {"tips": tips, "version": looking.version}
        yield Batch(files.ENTITY, self.repository, records, reached)

    def _fetch(self, ids: Sequence[str]) -> None:
        """Fetch files from the remote; a repository that is read in place has what it has."""
        if is_remote(self.location):
            contents.fetch(Remote(self.location, self.ca), self.clone, self.repository, ids)

    def _landed(self, cursor: Mapping[str, Any]) -> tuple[set[str], str | None]:
        """Return the tips whose history is landed, and from when on; none if it lacks anything."""
        since = self.since.isoformat() if self.since else None
        lacks_paths = self.with_paths and not cursor.get("with_paths")
        landed_since = cursor.get("since")
        lacks_years = landed_since is not None and (
            self.since is None or self.since < datetime.fromisoformat(landed_since)
        )
        if not cursor or lacks_paths or lacks_years:
            return set(), since
        return set(cursor["tips"]), landed_since

    def _whole(self, entity: str, records: Sequence[Record], cursor: Cursor) -> Iterator[Batch]:
        """Yield a whole listing, unless it is the one that is landed already."""
        text = json.dumps([record.payload for record in records], sort_keys=True)
        listing = {"listing": hashlib.sha256(text.encode()).hexdigest()}
        if cursor != listing and (records or cursor):
            yield Batch(entity, self.repository, records, listing, is_whole=True)

    def _seen(self) -> _Seen:
        """Return what the repository holds, asked for once."""
        with self._once.lock:
            if self._once.answer is None:
                self._once.answer = self._asked()
            if isinstance(self._once.answer, SourceError):
                raise self._once.answer
            return self._once.answer

    def _asked(self) -> _Seen | SourceError:
        """Ask the repository; an error is an answer too, so that no entity waits for it again."""
        try:
            repository = self._ready()
            found = refs.listing(repository)
            main = refs.main_line(repository, found, self.branch)
        except SourceError as error:
            return error
        return _Seen(repository, found, main)

    def _remote(self) -> Remote | None:
        """Return the remote; null for a repository that is read in place."""
        return Remote(self.location, self.ca) if is_remote(self.location) else None

    def _ready(self) -> Repository:
        """Return the repository to read, its remote asked first where it has one."""
        if remote := self._remote():
            update(remote, self.clone, self.repository, with_paths=self.has_trees)
            repository = Repository(self.clone, self.repository)
        else:
            repository = Repository(Path(self.location).absolute(), self.repository)
            _check_folder(repository)
        _check_depth(repository)
        return repository


def _tag(ref: refs.Ref) -> Record:
    tagged_at = ref.at.strftime("%Y-%m-%dT%H:%M:%SZ") if ref.at else None
    payload = {"name": ref.name, "sha": ref.sha, "is_annotated": ref.is_annotated}
    payload |= {"tagged_at": tagged_at} if tagged_at else {}
    return Record("tags", ref.name, payload, "", ref.at)


def _check_folder(repository: Repository) -> None:
    if not repository.path.is_dir():
        raise SourceMisconfigured(
            f"git repository {repository.scope}: there is no folder {repository.path}: clone it "
            "there, or name its URL"
        )


def _check_depth(repository: Repository) -> None:
    if repository.ask("rev-parse", "--is-shallow-repository").strip() == "true":
        raise SourceMisconfigured(
            f"git repository {repository.scope} is a shallow clone, its older history is "
            "missing: run `git fetch --unshallow` in it (in a build, fetch with depth 0)"
        )

"""Where the keys of flags stand in code: the deployed commit of each repository, searched once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from connectors.errors import SourceError
from connectors.flags.checkout import Checkout
from connectors.records import Batch, Cursor, Failure, Record

# Shorter keys stand everywhere.
SHORTEST: Final = 4


@dataclass(frozen=True, slots=True)
class Search:
    """One repository, and the commit to search."""

    checkout: Checkout
    sha: str


@dataclass(frozen=True, slots=True)
class CodeReferences:
    """Searches each repository for ``keys``, again only for another commit or other keys."""

    searches: Sequence[Search]
    keys: Sequence[str]
    entities: ClassVar[tuple[str, ...]] = ("flag_references",)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield all references of each repository that has to be searched."""
        keys = sorted({key for key in self.keys if len(key) >= SHORTEST and key.isprintable()})
        digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
        for search in self.searches:
            scope = search.checkout.scope
            cursor = cursors.get(scope) or {}
            if not keys or (cursor.get("sha"), cursor.get("keys")) == (search.sha, digest):
                continue
            try:
                search.checkout.fetch(search.sha)
                found = list(search.checkout.grep(keys))
            except SourceError as error:
                yield Failure(entity, scope, error)
                continue
            since = first_seen({key for key, _ in found}, cursor, search.sha)
            rows = [reference(scope, key, path, search.sha, since.get(key)) for key, path in found]
            told = {"sha": search.sha, "keys": digest, "since": since, "known": keys}
            yield Batch(entity, scope, rows, told, is_whole=True)


def first_seen(found: set[str], cursor: Cursor, sha: str) -> dict[str, str | None]:
    """Return the first searched commit of each key, where an earlier search had looked in vain."""
    earlier, asked = cursor.get("since") or {}, set(cursor.get("known") or ())
    return {
        # Null is said of what the first search had found: it is older than that.
        key: earlier.get(key, sha if key in asked else None)
        for key in found
    }


def reference(scope: str, key: str, path: str, sha: str, added: str | None) -> Record:
    """Return one file with a key."""
    payload = {"repository": scope, "flag_key": key, "path": path, "sha": sha}
    if added:
        payload["added_sha"] = added
    return Record("flag_references", f"{scope}@{key}@{path}", payload)

"""Authors who are forgotten: known by salted digests alone, and masked in whatever lands."""

import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import polars as pl

from connectors.neutral import MAIL, MASK
from pipelines.landing import Landing

FILE = "_forgotten.json"
GHOST = "ghost"
SHORTEST = 3
"""Letters that a name must have to be looked for inside a text."""
PERSONS = frozenset({
    "approved_by", "approver", "assignee", "author", "co_author", "committer", "created_by",
    "creator", "login", "merged_by", "reviewer", "user",
})  # fmt: skip
KEPT = frozenset({
    "acknowledged_at", "approved_at", "at", "authored_at", "base_branch", "change_id", "closed_at",
    "column", "commit_authored_ats", "commit_shas", "committed_at", "components", "created_at",
    "delivery_id", "deployment_id", "does", "environment", "event", "file", "finished_at",
    "first_commit_at", "first_review_at", "flag_event_id", "flag_key", "format", "happened_at",
    "incident_id", "kind", "line", "mentions", "merge_method", "merge_sha", "merged_at", "name",
    "opened_at", "parents", "path", "paths", "pattern", "priority", "published_at", "ready_at",
    "ready_events", "ref", "repository", "resolved_at", "reverts", "reverts_numbers",
    "rolls_back_to", "service", "service_ids", "services", "severity", "sha", "source",
    "started_at", "state", "status", "statuses", "strategy", "subject_id", "tag", "task", "tier",
    "trigger", "type", "urgency", "url", "version",
})  # fmt: skip
"""Fields by which things are known and joined: a name inside them stays."""
WORD = re.compile(r"[^\W_]+")
ADDRESSED = re.compile(r"(.*?)\s*<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class Author:
    """What one of the forgotten is known by: digests of the name, and of its words in a text."""

    name: str
    words: str
    count: int


class Forgotten:
    """All who are forgotten."""

    def __init__(self, salt: bytes, authors: Iterable[Author] = ()) -> None:
        self.salt = salt
        self.authors = tuple(dict.fromkeys(authors))
        self.names = {one.name for one in self.authors}
        self.words = {one.words for one in self.authors if one.words}
        self.sizes = {one.count for one in self.authors if one.words}
        self.seen: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.authors)

    def with_one(self, author: str) -> "Forgotten":
        """Return the same with one more."""
        name = re.sub(MAIL, r"\1", author)
        words = WORD.findall(name)
        is_long = sum(map(len, words)) >= SHORTEST
        told = self.digest(joined(words)) if is_long else ""
        return Forgotten(
            self.salt, [*self.authors, Author(self.digest(plain(name)), told, len(words))]
        )

    def only(self, author: str) -> "Forgotten":
        """Return one author alone, known by the same salt."""
        return Forgotten(self.salt).with_one(author)

    def digest(self, text: str) -> str:
        """Return what a text is known by, remembered since words come again and again."""
        if text not in self.seen:
            self.seen[text] = blake2b(text.encode(), key=self.salt, digest_size=16).hexdigest()
        return self.seen[text]

    def is_one(self, name: str) -> bool:
        """Tell whether a whole name, with or without an address behind it, is of a forgotten."""
        parts = ADDRESSED.fullmatch(name)
        forms = (name, *(parts.groups() if parts else ()))
        return any(self.digest(plain(form)) in self.names for form in forms)

    def text(self, said: str) -> str:
        """Return a text with the mask where the words of a forgotten name stand."""
        if self.is_one(said):
            return MASK
        parts, done = [], 0
        for start, end in sorted(self.spans(said)):
            if start >= done:
                parts += [said[done:start], MASK]
            done = max(done, end)
        return "".join([*parts, said[done:]])

    def is_named(self, said: str) -> bool:
        """Tell whether a forgotten name stands anywhere in a text."""
        return any(True for _ in self.spans(said))

    def spans(self, said: str) -> Iterator[tuple[int, int]]:
        """Yield where the words of a forgotten name stand in a text."""
        found = list(WORD.finditer(said))
        for size in self.sizes:
            for place in range(len(found) - size + 1):
                part = found[place : place + size]
                if self.digest(joined(word[0] for word in part)) in self.words:
                    yield part[0].start(), part[-1].end()

    def payload(self, payload: str) -> str:
        """Return a payload without the forgotten; one that names none stays byte by byte."""
        told = json.loads(payload)
        masked = self.part("", told)
        return payload if masked == told else json.dumps(masked, sort_keys=True, ensure_ascii=False)

    def part(self, key: str, value: Any) -> Any:
        """Return one value of a payload."""
        if isinstance(value, dict):
            parts = {name: self.part(name, one) for name, one in value.items()}
            if "format" in value:
                # Of an event it says what kind of thing it is about, of a commit what it does.
                parts["subject"] = value.get("subject")
            if parts.get("reviews"):
                parts["reviews"] = self.reviews(str(value["reviews"]), value.get("author"))
            return {name: one for name, one in parts.items() if one is not None}
        if isinstance(value, list):
            return [self.part(key, one) for one in value]
        if not isinstance(value, str) or key in KEPT:
            return value
        if key in PERSONS:
            return None if self.is_one(value) else value
        return self.text(value)

    def reviews(self, told: str, author: object) -> str:
        """Return reviews by nobody in particular; one's own never count and would now, so go."""
        kept = []
        for review in told.split(" "):
            head, _, login = review.rpartition("@")
            if not self.is_one(login):
                kept.append(review)
            elif login != author:
                kept.append(f"{head}@{GHOST}")
        return " ".join(kept)

    def frame(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
        """Return rows of landing without the forgotten, and how many named one."""
        if not self or frame.is_empty():
            return frame, 0
        if "payload" in frame.columns:
            masked = frame.with_columns(applied(frame["payload"], self.payload))
        else:
            authors = applied(frame["author"], lambda name: None if self.is_one(name) else name)
            masked = frame.with_columns(authors, applied(frame["subject"], self.text))
        changed = [
            masked[name].ne_missing(frame[name]) for name in ("payload", "author", "subject")
            if name in frame.columns
        ]  # fmt: skip
        return masked, int(pl.DataFrame(changed).max_horizontal().sum()) if changed else 0


def applied(values: pl.Series, change: Any) -> pl.Series:
    """Return a column changed value by value; nulls stay."""
    told = [None if value is None else change(value) for value in values.to_list()]
    return pl.Series(values.name, told, pl.String)


def plain(name: str) -> str:
    """Return a name in the one form in which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def joined(words: Iterable[str]) -> str:
    """Return words in the one form in which they are compared."""
    return plain(" ".join(words))


def known(landing: Landing) -> Forgotten:
    """Return who is forgotten in a landing zone."""
    with suppress(FileNotFoundError):
        told = json.loads(landing.fs.cat_file(f"{landing.folder}/{FILE}"))
        return Forgotten(bytes.fromhex(told["salt"]), (Author(**one) for one in told["authors"]))
    return Forgotten(secrets.token_bytes(16))


def remember(landing: Landing, author: str) -> None:
    """Keep by which digests an author is masked from now on."""
    found = known(landing).with_one(author)
    told = {"salt": found.salt.hex(), "authors": list(map(asdict, found.authors))}
    landing.put(FILE, json.dumps(told, indent=1).encode())

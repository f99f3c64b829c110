"""Small real git repositories for tests, with every date fixed."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from connectors.git import Git
from connectors.records import Cursor, Record

WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "someone@example.invalid",
    "GIT_COMMITTER_NAME": "Bo",
    "GIT_COMMITTER_EMAIL": "someone@example.invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
START = 1_700_000_000


@dataclass
class Made:
    """A repository being made: every commit is a minute after the one before."""

    path: Path
    minute: int = 0

    def git(self, *arguments: str, stdin: bytes = b"", **variables: str) -> str:
        """Run git here and return what it prints."""
        at = f"{START + 60 * self.minute} +0000"
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            input=stdin,
            env={**os.environ, **WHO, **dates, **variables},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode(errors="replace").strip()

    def commit(self, message: str = "a change", *paths: str, **variables: str) -> str:
        """Commit a change of ``paths`` and return the sha."""
        self.minute += 1
        for path in paths:
            file = self.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{self.minute}")
            self.git("add", "--", path)
        told = ("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim")
        self.git(*told, "--file=-", stdin=message.encode(), **variables)
        return self.sha()

    def merge(self, *branches: str) -> str:
        """Merge ``branches`` into the branch checked out and return the sha."""
        self.minute += 1
        told = ("merge", "--quiet", "--no-ff", "--allow-unrelated-histories", "-m", "merged")
        self.git(*told, *branches)
        return self.sha()

    def written(self, raw: bytes) -> str:
        """Make a commit of exactly these bytes, however wrong, the head of `main`."""
        told = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        sha = self.git(*told, stdin=raw)
        self.git("update-ref", "refs/heads/main", sha)
        return sha

    def sha(self, revision: str = "HEAD") -> str:
        """Return the commit that ``revision`` means."""
        return self.git("rev-parse", f"{revision}^{{commit}}")

    def source(self, **fields: object) -> Git:
        """Return the connector that reads this repository in place."""
        return git_source(str(self.path), self.path.parent / "unused", **fields)


def make(path: Path) -> Made:
    """Make an empty repository whose branch is `main`."""
    path.mkdir(parents=True)
    made = Made(path)
    made.git("init", "--quiet", "--initial-branch=main", ".")
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "gc.auto", "0")
    return made


def git_source(location: str, clone: Path, **fields: object) -> Git:
    """Return a connector under the name `shop`."""
    return Git(location, "shop", clone, **fields)  # type: ignore[arg-type]


def commits(source: Git, cursor: Cursor = None) -> tuple[pl.DataFrame, Cursor]:
    """Return all commits that ``source`` yields after ``cursor``, and the next cursor."""
    batches = list(source.collect("commits", {source.repository: cursor} if cursor else {}))
    assert all(batch.cursor is None for batch in batches[:-1])
    frames = [batch.rows for batch in batches if isinstance(batch.rows, pl.DataFrame)]
    return (pl.concat(frames), batches[-1].cursor) if frames else (pl.DataFrame(), cursor)


def listing(source: Git, entity: str, cursor: Cursor = None) -> tuple[list[Record], Cursor] | None:
    """Return the whole listing of tags or heads and its cursor; null if none was yielded."""
    found = list(source.collect(entity, {source.repository: cursor} if cursor else {}))
    if not found:
        return None
    (batch,) = found
    assert batch.is_whole
    assert batch.scope == source.repository
    return [row for row in batch.rows if isinstance(row, Record)], batch.cursor

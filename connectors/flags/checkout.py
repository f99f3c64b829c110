"""One commit of a repository with all its files, fetched without history, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.git.clone import Remote
from connectors.git.command import Repository, run

HELD: Final = "refs/drumbeat/searched"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A bare repository at ``folder`` that holds one commit of what is at ``location``."""

    folder: Path
    location: str
    scope: str
    ca: Path | None = None

    def fetch(self, commit: str = "HEAD") -> str:
        """Fetch one commit, by its sha or as the remote's HEAD; return its sha."""
        if not (self.folder / "HEAD").is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            making = ["init", "--quiet", "--bare", "--template=", str(self.folder)]
            run(making, self.scope, {})
        asking = ["fetch", "--quiet", "--depth=1", "--no-tags", "--force", "--no-write-fetch-head"]
        variables = Remote(self.location, self.ca).variables()
        at = ["-C", str(self.folder)]
        run([*at, *asking, "origin", f"+{commit}:{HELD}"], self.scope, variables)
        return self._held.ask("rev-parse", HELD).strip()

    def grep(self, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield each key that stands in a file, and the file's path: one search for all of them."""
        # Words alone, and of keys that begin alike the longest.
        asking = ["grep", "-z", "-I", "-F", "-w", "-o", "--no-color", "-f", "-", HELD]
        done = run(
            ["-C", str(self.folder), *asking],
            self.scope,
            {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"},
            "\n".join(keys) + "\n",
            is_test=True,
        )
        seen = set()
        for line in done.stdout.splitlines():
            place, _, key = line.rpartition("\0")
            found = (key, place.removeprefix(f"{HELD}:"))
            if place and found not in seen:
                seen.add(found)
                yield found

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        told = self._held.ask("ls-tree", "-r", "-z", "--name-only", HELD)
        return [path for path in told.split("\0") if path]

    def read(self, paths: Sequence[str]) -> Mapping[str, str]:
        """Return the texts of some files."""
        return {path: self._held.ask("cat-file", "blob", f"{HELD}:{path}") for path in paths}

    @property
    def _held(self) -> Repository:
        return Repository(self.folder, self.scope)

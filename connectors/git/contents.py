"""Contents of files by their object ids: fetched in one batch where a clone lacks them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from connectors.git.clone import Remote
from connectors.git.command import Repository, run

LARGEST = 256 << 10
"""No migration or manifest that people write is larger; what is, stays unread."""
Fetch = Callable[[Sequence[str]], None]


def fetch(remote: Remote, folder: Path, scope: str, ids: Sequence[str]) -> None:
    """Fetch the objects into the clone in ``folder``, all of them in one request."""
    fetching = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none"]
    # What the clone has is no reason to leave an object out, as it would be between commits.
    variables = remote.variables({"fetch.negotiationAlgorithm": "noop"})
    command = ["-C", str(folder), *fetching, "--stdin", "origin"]
    run(command, scope, {**variables, "GIT_NO_LAZY_FETCH": "1"}, "".join(f"{id}\n" for id in ids))


@contextmanager
def store(repository: Repository) -> Iterator[Repository]:
    """Open the objects that a repository has under a name that knows of no remote.

    Asked for an object that it lacks, a clone made with a filter would fetch it, or fail.
    """
    where = repository.ask("rev-parse", "--git-path", "objects").strip()
    objects = (repository.path / where).resolve()
    with tempfile.TemporaryDirectory() as folder:
        run(["init", "--quiet", "--bare", "--template=", folder], repository.scope, {})
        shared = Path(folder) / "objects" / "info"
        shared.mkdir(exist_ok=True)
        (shared / "alternates").write_text(f"{objects}\n")
        yield Repository(Path(folder), repository.scope)


def sizes(repository: Repository, ids: Iterable[str]) -> dict[str, int]:
    """Return the size of each of the objects that is a file and is there."""
    asked = sorted(set(ids))
    if not asked:
        return {}
    told = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
    answer = repository.ask("cat-file", told, stdin="".join(f"{id}\n" for id in asked))
    rows = [line.split(" ") for line in answer.splitlines()]
    return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] == "blob"}


def read(repository: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of objects that are known to be there."""
    asked = sorted(set(ids))
    if not asked:
        return {}
    stdin = "".join(f"{id}\n" for id in asked)
    with repository.stream(["cat-file", "--batch"], stdin) as answer:
        found = {}
        for id in asked:
            size = int(answer.readline().split()[2])
            found[id] = answer.read(size)
            answer.read(1)
        return found


def in_parts(pairs: Sequence[tuple[str, str]], known: dict[str, int], most: int) -> Iterator[slice]:
    """Cut ``pairs`` of ids so that the contents of one part stay below ``most`` bytes, or one."""
    start = held = 0
    for place, pair in enumerate(pairs):
        size = sum(known.get(id, 0) for id in pair)
        if held + size > most and place > start:
            yield slice(start, place)
            start, held = place, 0
        held += size
    if start < len(pairs):
        yield slice(start, len(pairs))

"""How fast a clone's history is read, beside what `git log` alone takes in the same run."""

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from connectors.git import Git
from connectors.git.command import environment, program
from connectors.git.history import log_arguments

COMMITS = 1_000_000
START = 1_400_000_000
AUTHORS = tuple(f"Développeur {letter}" for letter in "ABCDEF")
WORDS = (
    "add",
    "remove",
    "refactor",
    "handle",
    "cache",
    "retry",
    "timeout",
    "queue",
    "worker",
    "index",
    "schema",
    "migration",
)
# A topic branch of four commits leaves the main line every twenty commits and is merged back.
CYCLE, TOPIC = 20, 4


def main() -> None:
    """Print the figures as JSON; the one argument is the folder that keeps the clone."""
    print(json.dumps(measure(synthetic_clone(Path(sys.argv[1]))), indent=2))


def measure(clone: Path) -> dict[str, float]:
    """Read all of ``clone`` as a first collection does, between two runs of git log alone."""
    alone = [_git_log(clone)]
    begun = time.perf_counter()
    source = Git(str(clone), "synthetic", clone.with_name("unused"))
    commits = sum(len(batch.rows) for batch in source.collect("commits", {}))
    seconds = time.perf_counter() - begun
    alone.append(_git_log(clone))
    return {
        "commits": commits,
        "seconds": round(seconds, 2),
        "git_log_seconds": round(min(alone), 2),
        "ratio": round(seconds / min(alone), 2),
        "commits_per_second": round(commits / seconds),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "git_peak_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def _git_log(clone: Path) -> float:
    """Return the seconds that git log takes when nobody reads what it prints."""
    tips = subprocess.run(
        ["git", "-C", clone, "for-each-ref", "--format=%(objectname)"],
        check=True,
        capture_output=True,
    )
    command = program(["-C", str(clone), *log_arguments(with_paths=False, since=None)])
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment({})
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(tips.stdout)
        process.stdin.close()
        while process.stdout.read(1 << 20):
            pass
    return time.perf_counter() - begun


def synthetic_clone(
    cache: Path, commits: int = COMMITS, every: int = 300, cycle: int = CYCLE
) -> Path:
    """Make (or find again) a bare repository of ``commits`` commits, one ``every`` so many seconds.

    A topic branch of four commits is merged back once a ``cycle``.

    The same every time; another number of commits has other words and so other shas.
    """
    clone = cache / f"history-{commits}.git"
    if clone.exists():
        return clone
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{clone.name}.", dir=cache))
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", unfinished], check=True
    )
    importing = ["git", "-C", str(unfinished), "fast-import", "--quiet"]
    with subprocess.Popen(importing, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for chunk in _stream(commits, every, cycle):
            process.stdin.write(chunk)
        process.stdin.close()
    if process.returncode:
        shutil.rmtree(unfinished)
        raise SystemExit("git fast-import could not make the synthetic history")
    unfinished.rename(clone)
    return clone


def _stream(commits: int, every: int, cycle: int) -> Iterator[bytes]:
    """Yield the fast-import stream: a main line, topic branches merged back, and tags."""
    chance = random.Random(commits)
    merging = 0
    start = max(cycle - 2 * TOPIC, 1)
    lines: list[str] = []
    for mark in range(1, commits + 1):
        place = mark % cycle
        on_topic = start <= place < start + TOPIC and mark > cycle
        lines.append(f"commit refs/heads/{'topic' if on_topic else 'main'}\nmark :{mark}\n")
        lines.append(_who_and_what(mark, START + mark * every, chance))
        if place == start and on_topic:
            lines.append(f"from :{mark - min(TOPIC, start)}\n")
            merging = mark + TOPIC - 1
        elif place == 0 and merging:
            lines.append(f"merge :{merging}\n")
        if mark % max(commits // 200, 1) == 0:
            lines.append(_tag(mark, START + mark * every))
        if len(lines) > 10_000:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def _who_and_what(mark: int, at: int, chance: random.Random) -> str:
    """Return author, committer and message of a commit."""
    who = f"{AUTHORS[mark % len(AUTHORS)]} <someone@example.invalid>"
    words = chance.choices(WORDS, k=30)
    message = f"{' '.join(words[:7])} (#{mark})\n\n{' '.join(words[7:])}\n"
    if mark % 500 == 0:
        message += f"\nThis reverts commit {chance.getrandbits(160):040x}.\n"
    return (
        f"author {who} {at - 3000} +0000\ncommitter {who} {at} +0000\n"
        f"data {len(message)}\n{message}"
    )


def _tag(mark: int, at: int) -> str:
    """Return a tag of the commit ``mark``, annotated or lightweight by turns."""
    name = f"v1.{mark}"
    if mark % 400:
        return f"reset refs/tags/{name}\nfrom :{mark}\n\n"
    tagger = f"tagger Release <someone@example.invalid> {at + 600} +0000"
    return f"tag {name}\nfrom :{mark}\n{tagger}\ndata 7\nrelease\n"


if __name__ == "__main__":
    main()

"""How fast changed files are read, beside what `git log --raw` alone takes in the same run."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from connectors.git import Git, files, refs
from connectors.git.command import Repository, environment, program
from pipelines.configuration import parse
from pipelines.looking import Files, path_rules

COMMITS = 200_000
START = 1_700_000_000
DAYS = 548
PARTS = 400
# One commit of so many is a migration, and one a manifest.
MIGRATION, MANIFEST = 40, 60


def main() -> None:
    """Print the figures as JSON; the arguments are the folder of the clone and its commits."""
    commits = int(sys.argv[2]) if len(sys.argv) > 2 else COMMITS
    print(json.dumps(measure(synthetic_clone(Path(sys.argv[1]), commits)), indent=2))


def measure(clone: Path) -> dict[str, float]:
    """Read all of ``clone`` as a first collection does, between two runs of git log alone."""
    rules = path_rules(parse("sources: [{kind: demo}]", clone.parent / "drumbeat.yaml"))
    source = Git(
        str(clone), "synthetic", clone.with_name("unused"), looking=Files(tuple(rules), DAYS)
    )
    alone = [_git_log(clone)]
    begun = time.perf_counter()
    batches = list(source.collect(files.ENTITY, {}))
    seconds = time.perf_counter() - begun
    alone.append(_git_log(clone))
    commits = sum(len(batch.rows) for batch in batches[:-1])
    return {
        "commits": commits,
        "contents_read": len(batches[-1].rows),
        "seconds": round(seconds, 2),
        "git_log_raw_seconds": round(min(alone), 2),
        "ratio": round(seconds / min(alone), 2),
        "commits_per_second": round(commits / seconds),
    }


def _git_log(clone: Path) -> float:
    """Return the seconds that git log takes when nobody reads what it prints."""
    tips = [ref.sha for ref in refs.listing(Repository(clone, "synthetic")).values()]
    command = program(["-C", str(clone), *files.log_arguments(0)])
    begun = time.perf_counter()
    subprocess.run(
        command, input="\n".join(tips).encode(), stdout=subprocess.DEVNULL, env=environment({}),
        check=True,
    )  # fmt: skip
    return time.perf_counter() - begun


def synthetic_clone(cache: Path, commits: int = COMMITS) -> Path:
    """Make (or find again) a bare repository whose commits change two files each."""
    clone = cache / f"files-{commits}.git"
    if clone.exists():
        return clone
    cache.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{clone.name}.", dir=cache))
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", made], check=True)
    importing = ["git", "-C", str(made), "fast-import", "--quiet"]
    stream = b"".join(_stream(commits))
    if subprocess.run(importing, input=stream, check=False).returncode:
        shutil.rmtree(made)
        raise SystemExit("git fast-import could not make the synthetic history")
    made.rename(clone)
    return clone


def _stream(commits: int) -> Iterator[bytes]:
    """Yield one line of commits, evenly over the days that are read."""
    every = DAYS * 86_400 // commits
    for mark in range(1, commits + 1):
        at = START + mark * every
        changed = {f"src/part_{mark % 20}/file_{mark * 7 % PARTS}.py": f"{mark}"}
        changed["src/shared.py"] = f"{mark}"
        if mark % MIGRATION == 0:
            changed[f"db/migrate/{mark}.up.sql"] = f"alter table t add c{mark} int;"
        if mark % MANIFEST == 0:
            changed["k8s/app.yaml"] = f"apiVersion: v1\nimage: app:{mark}\n"
        lines = [
            f"commit refs/heads/main\ncommitter A <a@example.invalid> {at} +0000\ndata 1\nx\n",
            *(
                f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"
                for path, text in changed.items()
            ),
        ]
        yield "".join(lines).encode()


if __name__ == "__main__":
    main()

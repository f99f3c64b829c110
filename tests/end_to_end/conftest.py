"""A demo built once, a small project of files and git, and the command line as a process."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines import command_line, publishing, refreshing
from pipelines.configuration import load
from pipelines.progress import Progress
from pipelines.project import Project
from pipelines.settings import Run
from tests.support import begin

ROOT = Path(publishing.__file__).parents[1]
AS_OF = "2026-04-01T00:00:00+00:00"
MOMENT = datetime.fromisoformat(AS_OF)
# When a source was last asked, and when a run began, is the clock's business, not the data's.
LEFT_OUT = {
    "marts.sources": "exclude (latest_fetched_at)",
    "facts.definition_changes": "exclude (since_at)",
}
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "someone@example.invalid",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "someone@example.invalid",
}


def start(*words: str, code: str = "", **settings: Any) -> subprocess.Popen[str]:
    """Start ``drumbeat`` as a process of its own group, or ``code`` that ends in it."""
    program = ["-c", code] if code else ["-m", "pipelines"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-W", "error", *program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
        **settings,
    )


def run(*words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run ``drumbeat`` to its end."""
    with start(*words, **settings) as process:
        out, error = process.communicate(timeout=300)
    return subprocess.CompletedProcess(words, process.returncode, out, error)


def run_here(
    *words: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    is_merged: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run ``drumbeat`` to its end in this process, which costs no start.

    Where it ``is_merged``, what it says aside stands in its output, as in a terminal.
    """
    out, aside = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    error = out if is_merged else aside
    status = 0
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(error):
        patched.setattr(sys, "argv", ["drumbeat", *words])
        patched.chdir(cwd or Path.cwd())
        for name, value in (env or {}).items():
            patched.setenv(name, value)
        try:
            command_line.main()
        except SystemExit as end:
            status = int(end.code or 0)
    said = (stream.buffer.getvalue().decode() for stream in (out, aside))
    return subprocess.CompletedProcess(words, status, *said)


def parts(script: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a script of whole lines, each with whether it is a command of ours."""
    for is_ours, lines in groupby(script.splitlines(), lambda line: line.startswith("drumbeat ")):
        if is_ours:
            yield from ((True, line) for line in lines)
        else:
            yield False, "\n".join(lines)


def spoken(line: str, **settings: Any) -> str:
    """Run a line of a page that is a command of ours, which must end well; return what it says."""
    made = run_here(*shlex.split(line)[1:], **settings)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and all its children, and wait until it is gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


def contents(path: Path, *layers: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of the layers, ordered by all columns."""
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        names = con.sql(
            "select concat(schema_name, '.', table_name) from duckdb_tables() "
            "where list_contains($1, schema_name) order by all",
            params=[list(layers or ("facts", "marts"))],
        ).fetchall()
        return {
            name: con.sql(f"select * {LEFT_OUT.get(name, '')} from {name} order by all").fetchall()
            for (name,) in names
        }


class Silent(Progress):
    """Progress that says nothing."""

    def say(self, text: str) -> None:
        """Keep quiet."""


def refresh(config: Path, data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Refresh in this process, which costs no start; return what is published then."""
    begin(data)
    outcome = refreshing.refresh(
        Project(load(config), data), Run(MOMENT, MOMENT), Silent(is_terminal=False)
    )
    assert [one.error for one in outcome.collected if one.error] == []
    assert outcome.published == publishing.current(data / "serving")
    return contents(outcome.published)


def different(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[str]:
    """Name the tables that are not the same."""
    return [name for name in {**left, **right} if left.get(name) != right.get(name)]


@pytest.fixture(scope="session")
def demo_file(demo: Path) -> Path:
    """What the demo published, for tests that read it in this process."""
    return publishing.current(demo / "serving")


@dataclass(frozen=True)
class Inputs:
    """A folder with drumbeat.yaml, a files source and a git source, at a first or second state."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "drumbeat.yaml"

    def git(self, *words: str, at: str = "2026-03-01T00:00:00Z") -> None:
        moments = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        subprocess.run(
            ["git", "-C", str(self.folder / "code"), *words],
            check=True,
            capture_output=True,
            env={**os.environ, **GIT, **moments},
        )

    def commit(self, number: int) -> None:
        at = f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}T08:00:00Z"
        self.git("commit", "--allow-empty", "-m", f"Change {number}", at=at)
        if number % 3 == 2:
            self.git("tag", "-a", f"v1.{number}.0", "-m", "release", at=at.replace("T08", "T12"))

    def write(self, table: str, rows: list[dict[str, Any]]) -> None:
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (self.folder / "files" / f"{table}.ndjson").write_text(text)

    def first(self) -> None:
        """Make the first state."""
        (self.folder / "files").mkdir(parents=True)
        (self.folder / "code").mkdir()
        self.git("init", "-b", "main")
        for number in range(12):
            self.commit(number)
        self.tables(range(60))
        sources = [
            {"kind": "files", "name": "files", "path": "files"},
            {"kind": "git", "name": "code", "location": (self.folder / "code").as_uri()},
        ]
        services = [
            {"name": "till", "team": "shops", "deployments": {"source": "files"}},
            {"name": "cart", "team": "shops", "deployments": {"source": "files"}},
            {"name": "code", "repository": "code", "deployments": {"source": "code"}},
        ]
        self.config.write_text(yaml.safe_dump({"sources": sources, "services": services}))

    def second(self) -> None:
        """Go on to the second state: more, other, and fewer rows; more commits and tags."""
        for number in range(12, 18):
            self.commit(number)
        self.git("tag", "-d", "v1.2.0")
        self.tables(range(5, 80))

    def tables(self, numbers: range) -> None:
        """Write the neutral tables; what row n says depends on how many rows there are."""
        moment = "2026-{:02d}-{:02d}T{:02d}:00:00Z".format
        days = [(1 + n // 28, 1 + n % 28) for n in numbers]
        ends = list(zip(numbers, days, strict=True))
        service = ("till", "cart")
        self.write(
            "deployments",
            [
                {
                    "deployment_id": f"d{n}",
                    "service": service[n % 2],
                    "version": f"1.{n}",
                    "finished_at": moment(*day, 10 + n % 3),
                    "status": ("success", "failure")[n % 7 == 6],
                }
                for n, day in ends
            ]
            + [{"deployment_id": "bad", "service": "till", "finished_at": f"{len(numbers)}"}],
        )
        self.write(
            "changes",
            [
                {
                    "change_id": f"c{n}",
                    "service": service[n % 2],
                    "title": f"Change {n}",
                    "merged_at": moment(*day, 8),
                    "first_commit_at": moment(*day, n % 8),
                }
                for n, day in ends
            ],
        )
        self.write("incidents", [
            {"incident_id": f"i{n}", "service": service[n % 2], "started_at": moment(*day, 13),
             "resolved_at": moment(*day, 14 + len(numbers) % 5)}
            for n, day in ends if n % 9 == 0
        ])  # fmt: skip


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    """A project at its first state, and data to begin with where commands keep theirs."""
    made = Inputs(tmp_path / "project")
    made.first()
    begin(tmp_path / "data")
    return made

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines import publishing
from pipelines.orchestration import launching
from tests.orchestration.running import AS_OF, small
from tests.support import project, refresh

PATIENCE = 180
LAUNCH = """
mutation($job: ExecutionParams!) {
  launchPipelineExecution(executionParams: $job) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
LOCATION = """
{ workspaceOrError { ... on Workspace { locationEntries {
  name locationOrLoadError { __typename ... on PythonError { errorChain { error { message } } } }
} } } }
"""


def written(folder: Path) -> Path:
    """Write the small organisation, and the configuration that names it."""
    small(folder)
    source = {"kind": "files", "name": "files", "path": "files"}
    (folder / "drumbeat.yaml").write_text(
        yaml.safe_dump({"sources": [source], "report": {"out": "out"}})
    )
    return folder / "drumbeat.yaml"


@contextmanager
def served(config: Path, data: Path, folder: Path) -> Iterator[int]:
    """Serve Dagster's pages as `drumbeat dagster` does, from a directory of no meaning."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = launching.environment(config, data)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            launching.command(port), cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        until(lambda: listening(port))
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


def until(told: Any) -> Any:
    """Wait until ``told`` returns something."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := told():
            return found
        time.sleep(0.5)
    raise TimeoutError


def listening(port: int) -> bool:
    """Tell whether somebody answers."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def ask(port: int, query: str, **variables: Any) -> Any:
    """Ask what the pages ask."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", body, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


LAST = [{"path": ["serving", "published"]}, {"path": ["reports", "weekly"]}]
"""The assets that make what people see of what is there already."""


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [LAST, None])
def test_a_job_and_what_is_chosen_of_it_materialise_from_the_pages(tmp_path, chosen):
    config = written(tmp_path)
    if chosen:
        refresh(project(tmp_path), AS_OF)
        shutil.rmtree(tmp_path / "data" / "serving")
    with served(config, tmp_path / "data", tmp_path) as port:
        (entry,) = until(lambda: ask(port, LOCATION)["workspaceOrError"]["locationEntries"])
        job = {
            "repositoryLocationName": entry["name"],
            "repositoryName": "__repository__",
            "jobName": "weekly_report",
            **({"assetSelection": chosen, "assetCheckSelection": []} if chosen else {}),
        }
        launched = ask(port, LAUNCH, job={"selector": job, "runConfigData": {}})
        run = launched["launchPipelineExecution"]["run"]["runId"]

        def ended() -> str | None:
            status: str = ask(port, STATUS, run=run)["runOrError"]["status"]
            return status if status in {"SUCCESS", "FAILURE", "CANCELED"} else None

        assert until(ended) == "SUCCESS"

    assert publishing.current(tmp_path / "data" / "serving").is_file()
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.slow
def test_the_pages_say_what_to_do_without_a_configuration(tmp_path):
    with served(tmp_path / "drumbeat.yaml", tmp_path / "data", tmp_path) as port:
        (entry,) = until(lambda: ask(port, LOCATION)["workspaceOrError"]["locationEntries"])

    error = entry["locationOrLoadError"]
    told = [one["error"]["message"] for one in error["errorChain"]]
    assert error["__typename"] == "PythonError"
    assert "drumbeat.yaml: is not a file; write one with `drumbeat init`" in told[-1]
    assert "reload the code location" in told[-1]


@pytest.mark.slow
def test_the_whole_graph_materialises_without_pages(tmp_path):
    environment = launching.environment(written(tmp_path), tmp_path / "data")
    words = ["asset", "materialize", "--select", "*", "-m", "pipelines.definitions"]

    subprocess.run(
        [sys.executable, "-m", "dagster", *words],
        cwd=launching.ROOT,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )

    assert publishing.current(tmp_path / "data" / "serving").is_file()
    assert len(list((tmp_path / "out").iterdir())) == 2

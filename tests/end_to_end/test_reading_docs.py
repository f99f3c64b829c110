"""What docs/reading.md and docs/privacy.md show is what happens, in their order."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from pipelines.configuration import parse
from pipelines.receiving import asked, exposition, gauges, readers, reading
from pipelines.receiving.openapi_reading import READERS
from pipelines.receiving.tally import Tally
from tests.end_to_end.conftest import kill, parts, spoken

ROOT = Path(__file__).parents[2]
READING, PRIVACY = ((ROOT / "docs" / f"{name}.md").read_text() for name in ("reading", "privacy"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n\n^```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
BLOCKS = [found for page in (READING, PRIVACY) for found in BLOCK.findall(page)]
SERVERS = re.compile(r"^drumbeat receive", re.MULTILINE)
ELSEWHERE = ("--source hooks",)
needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("bash", "curl", "grep")), reason="no bash, curl or grep"
)


def alike(text):
    """Return what was said without what differs from run to run."""
    text = re.sub(r"(?m)^(?:Collecting|Building|Publishing): .*\n", "", text)
    text = re.sub(r"@[0-9a-f]{8}\b", "@RULES", text)
    text = re.sub(r"Landed \S+ \S+ UTC", "Landed WHEN", text)
    return re.sub(r"(Published: ).*", r"\1", text)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A folder with drumbeat on the path."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "bin").mkdir()
    shim = folder / "bin" / "drumbeat"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -W error -m pipelines "$@"\n')
    shim.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def said(machine):
    """What every script of both pages says, one after the other; curl meets a server."""
    found, server, port = [], None, 0
    env = {**os.environ, "PATH": f"{machine}/bin:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    env.pop(readers.TOKEN, None)

    def shell(script, **more):
        script = script.replace("127.0.0.1:8503", f"127.0.0.1:{port}")
        return subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail", "-c", script], cwd=machine, env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **more,
        )  # fmt: skip

    def ended(started):
        with started as process:
            told = process.communicate(timeout=120)[0]
        assert process.returncode == 0, told
        return told

    try:
        for language, script, answer in BLOCKS:
            if language != "sh" or any(word in script for word in ELSEWHERE):
                continue
            if SERVERS.search(script):
                if server is None:
                    with socket.create_server(("127.0.0.1", 0)) as free:
                        port = free.getsockname()[1]
                    server = shell(f"exec {script.strip()} --port {port}")
                    lines = [server.stdout.readline() for _ in range(2)]
                    found.append(("server", answer, "".join(lines).replace(f":{port}", ":8503")))
                    time.sleep(1)
                continue
            told = "".join(
                spoken(part, cwd=machine, is_merged=True) if is_ours else ended(shell(part))
                for is_ours, part in parts(script)
            )
            found.append((script, answer, told.replace(f":{port}", ":8503")))
    finally:
        if server:
            kill(server)
    return found


@needs_tools
def test_every_command_says_what_the_page_shows(said):
    shown = [(script, answer, told) for script, answer, told in said if answer]
    assert len(shown) >= 7
    stamped = re.compile(r"(?m)^\S+ \S+ ")
    pairs = {
        script: [alike(stamped.sub("", text) if script == "server" else text) for text in texts]
        for script, *texts in shown
    }
    assert {script: told for script, (_, told) in pairs.items()} == {
        script: answer for script, (answer, _) in pairs.items()
    }


@needs_tools
def test_nothing_of_the_author_is_left_in_the_data(machine, said):
    from tests.pipelines.keeping import standing

    assert standing(machine / "data", "Ada Moor", '"ada"') == []
    assert standing(machine / "data", "dev-two") != []


def test_every_parameter_answer_and_gauge_is_told():
    assert [name for name in asked.PARAMETERS if f"| `{name}` | " not in READING] == []
    meanings = [said[:-1].split(":")[0] for said in asked.PARAMETERS.values()]
    assert [said for said in meanings if said not in READING] == []
    assert [status for status in READERS if f"| {status} | " not in READING] == []
    names = {f"drumbeat_metric_{name}" for _, name, _ in gauges.VALUES}
    tally = Tally(print)
    tally.accept("plain", 1)
    tally.refuse("GET", 400, "")
    families = [*reading.counters(tally), reading.is_published(True)]
    text = exposition.text(families).decode()
    names |= set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))
    assert [name for name in names if f"`{name}`" not in READING] == []
    assert f"{asked.MOST_DAYS_OF_ALL:,} days" in READING
    assert f"`by=day` {asked.MOST_DAYS['day']}" in READING


def test_every_block_of_yaml_is_yaml_and_retention_is_a_setting():
    for language, body, _ in BLOCKS:
        if language == "yaml":
            told = yaml.safe_load(body)
            if "retention" in told:
                sources = [{"kind": "files", "name": "github", "path": "x"}]
                parse(yaml.safe_dump({"sources": sources, **told}), Path("drumbeat.yaml"))


@pytest.mark.skipif(not shutil.which("promtool"), reason="Debian's prometheus has it")
def test_prometheus_takes_the_rules(tmp_path):
    (rules,) = [body for language, body, _ in BLOCKS if language == "yaml" and "alert:" in body]
    (tmp_path / "rules.yaml").write_text(rules)

    made = subprocess.run(
        ["promtool", "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True
    )

    assert made.returncode == 0, made.stderr

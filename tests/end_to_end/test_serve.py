"""`drumbeat serve`: all parts as one process tree, on real ports."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.end_to_end.conftest import ROOT, run

PATIENCE = 180
HEALTH = "/_stcore/health"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "deployments.csv").write_text(
        "deployment_id,service,finished_at\none,shop,2026-03-09T10:00:00Z\n"
    )
    (tmp_path / "drumbeat.yaml").write_text("sources: [{kind: files, path: tables}]\n")
    return tmp_path


def free_ports(count):
    opened = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in opened]
    for one in opened:
        one.close()
    return ports


def words(project, ports):
    names = ("--port", "--receiver-port", "--schedules-port")
    chosen = [word for pair in zip(names, map(str, ports), strict=True) for word in pair]
    return ["serve", "--config", str(project / "drumbeat.yaml"), "--data-dir",
            str(project / "data"), *chosen]  # fmt: skip


def answers(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read()
    except (OSError, urllib.error.HTTPError):
        return b""


def until(told, log):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := told():
            return found
        time.sleep(0.5)
    pytest.fail(log.read_text())


def below(pid):
    """Return every process that descends from one, by what the kernel says."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def command(pid):
    """Return the command of a process, empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_all_parts_are_served_kept_alive_and_ended_together(project):
    ports, log = free_ports(3), project / "log"
    with log.open("wb") as out:
        served = subprocess.Popen(
            [sys.executable, "-m", "pipelines", *words(project, ports)],
            cwd=project, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        until(lambda: answers(ports[0], HEALTH) == b"ok", log)
        # The first refresh published what the receiver tells of.
        until(lambda: b'"rows"' in answers(ports[1], "/api/metrics"), log)
        until(lambda: answers(ports[2], "/server_info"), log)

        (pages,) = [
            one for one in below(served.pid)
            if b"streamlit" in command(one)
        ]  # fmt: skip
        os.kill(pages, signal.SIGKILL)
        until(lambda: "dashboard was ended by SIGKILL" in log.read_text(), log)
        until(lambda: answers(ports[0], HEALTH) == b"ok", log)

        tree = below(served.pid)
        served.send_signal(signal.SIGTERM)
        assert served.wait(PATIENCE) == 0
        assert log.read_text().endswith("All parts have ended.\n")
        assert [name for one in tree if (name := command(one))] == []
    finally:
        served.kill()
        served.wait()


def test_a_port_that_is_taken_is_told_before_anything_starts(project):
    ports = free_ports(3)
    with socket.create_server(("127.0.0.1", ports[1])):
        ended = run(*words(project, ports))

    assert ended.returncode == 1
    assert f"127.0.0.1:{ports[1]} can not be listened on by the receiver" in ended.stderr
    assert "--receiver-port" in ended.stderr
    assert not (project / "data" / "serving").exists()

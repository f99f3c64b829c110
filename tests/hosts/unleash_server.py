"""A real Unleash with a PostgreSQL of its own; tests skip where one of them is not installed."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.emulator import free_port

VERSION = "7.5.1"
TOKEN = "*:*.unleash-insecure-admin-api-token"
PATIENCE = 60


def package() -> Path:
    """Return the installed server's program, or skip the test."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    beside = Path(cache) / "drumbeat" / f"unleash-server-{VERSION}"
    folder = Path(os.environ.get("DRUMBEAT_UNLEASH") or beside)
    found = folder / "node_modules" / "unleash-server" / "dist" / "server.js"
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    if not found.is_file():
        pytest.skip(f"no unleash-server in {folder}; .ci/run installs it there")
    return found


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, or skip the test."""
    named = shutil.which("initdb")
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = [Path(named).resolve().parent] if named else known
    if not found or not (found[-1] / "initdb").is_file():
        pytest.skip("PostgreSQL is not installed")
    return found[-1]


class PostgreSql:
    """A server in a folder of its own, run by nobody who may do anything else."""

    def __init__(self, folder: Path):
        self.bin, self.folder, self.port = programs(), folder, free_port()
        # PostgreSQL refuses to be run by root.
        self.user = {"user": "postgres"} if os.geteuid() == 0 else {}
        if self.user:
            with suppress(LookupError):
                shutil.chown(folder, "postgres")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, name: str, *arguments: str) -> str:
        """Run one of its programs to the end."""
        command = [str(self.bin / name), *arguments]
        told = {"capture_output": True, "text": True, "cwd": self.folder, "timeout": PATIENCE}
        return subprocess.run(command, check=True, **told, **self.user).stdout

    def start(self) -> None:
        """Make the database and serve it."""
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync")
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        # It stays behind, so nothing of this process may be open in it.
        command = [str(self.bin / "pg_ctl"), "-D", data, "-l", log, "-o", settings, "-w", "start"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self.folder}
        subprocess.run(command, check=True, timeout=PATIENCE, **quiet, **self.user)

    def stop(self) -> None:
        """End it at once."""
        with suppress(subprocess.SubprocessError):
            self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def ask(self, query: str) -> None:
        """Run a statement."""
        self.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c", query)


class Unleash:
    """A running Unleash, spoken to as its own pages do."""

    def __init__(self, url: str, database: PostgreSql):
        self.url, self.database = url, database

    def tell(self, path: str, body: Any = None, verb: str = "POST", token: str = TOKEN) -> Any:
        """Ask for a change, and return what is answered."""
        headers = {"Authorization": token, "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", content, headers, method=verb)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        with suppress(ValueError):
            return json.loads(text)
        return None

    def flag(self, name: str, kind: str, description: str = "", tags: tuple[str, ...] = ()) -> str:
        """Make a flag; return the path of its project's page of it."""
        path = "/api/admin/projects/default/features"
        self.tell(path, {"name": name, "type": kind, "description": description})
        for tag in tags:
            self.tell(f"/api/admin/features/{name}/tags", {"type": "simple", "value": tag})
        return f"{path}/{name}"

    def roll_out(self, name: str, share: int, constraints: tuple[dict[str, Any], ...] = ()) -> str:
        """Give a flag a strategy in production; return the strategy's path."""
        path = f"/api/admin/projects/default/features/{name}/environments/production/strategies"
        parameters = {"rollout": str(share), "stickiness": "default", "groupId": name}
        body = {"name": "flexibleRollout", "parameters": parameters, "constraints": constraints}
        return f"{path}/{self.tell(path, body)['id']}"

    def turn(self, name: str, state: str) -> None:
        """Switch a flag on or off in production."""
        self.tell(f"/api/admin/projects/default/features/{name}/environments/production/{state}")

    def age(self, name: str, days: int) -> None:
        """Let a flag rot: it was made so many days earlier."""
        self.database.ask(
            f"update features set created_at = created_at - interval '{days} days' "
            f"where name = '{name}'"
        )

    def seen(self, name: str, days: int) -> None:
        """Let a flag have been evaluated in production so many days ago."""
        self.database.ask(
            "insert into last_seen_at_metrics (feature_name, environment, last_seen_at) "
            f"values ('{name}', 'production', now() - interval '{days} days')"
        )


@contextmanager
def unleash():
    """Serve Unleash and yield it."""
    program = package()
    folder = Path(tempfile.mkdtemp(prefix="drumbeat-unleash-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = PostgreSql(folder)
        stack.callback(database.stop)
        database.start()
        port = free_port()
        settings = {
            "DATABASE_URL": database.url,
            "DATABASE_SSL": "false",
            "HTTP_HOST": "127.0.0.1",
            "PORT": str(port),
            "CHECK_VERSION": "false",
            "SEND_TELEMETRY": "false",
            "INIT_ADMIN_API_TOKENS": TOKEN,
        }
        log = stack.enter_context((folder / "unleash.log").open("wb"))
        command = ["node", str(program)]
        process = subprocess.Popen(
            command, env=os.environ | settings, stdout=log, stderr=log, cwd=folder
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        until_healthy(f"http://127.0.0.1:{port}", process)
        yield Unleash(f"http://127.0.0.1:{port}", database)


def until_healthy(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "Unleash ended before it served"
        with suppress(OSError), urllib.request.urlopen(f"{url}/health", timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError("Unleash does not answer")

"""Prism serving the official description of GitHub's REST API; tests skip where Node is absent.

with prism(request.config, tmp_path) as url: requests.get(f"{url}/repos/acme/shop")
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.emulator import free_port
from tests.hosts.node_packages import installed, one_file
from tests.hosts.testbeds import find_testbeds

PACKAGE = "@stoplight/prism-cli@5.14.2"
# The subset of the test beds was taken from this description, and lacks what tells of settings.
DESCRIPTION = "@octokit/openapi@23.0.2", "generated/api.github.com.json"
MORE = (
    "actions/secrets", "actions/variables", "actions/organization-secrets",
    "actions/organization-variables", "rulesets", "rulesets/rule-suites",
)  # fmt: skip


@contextmanager
def prism(config: pytest.Config, folder: Path) -> Iterator[str]:
    """Serve the description and yield the address; an answer is the example that it gives."""
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed")
    beds, modules = find_testbeds(), installed(config, PACKAGE)
    inner, outer = free_port(), free_port()
    specification = folder / "github.json"
    prepared = [node, beds / "tools" / "prep_github_spec.mjs"]
    source = folder / "described.json"
    described = (beds / "openapi" / "github-dora-subset.json").read_text(encoding="utf-8")
    whole = one_file(config, *DESCRIPTION).read_text(encoding="utf-8")
    source.write_text(json.dumps(completed(json.loads(described), json.loads(whole))))
    base = f"http://127.0.0.1:{outer}"
    subprocess.run([*prepared, source, specification, base], check=True, capture_output=True)
    mend(specification)
    program = modules / "@stoplight" / "prism-cli" / "dist" / "index.js"
    serving = [node, program, "mock", "--port", str(inner), "--host", "127.0.0.1", specification]
    before = [node, beds / "tools" / "fixproxy.mjs", str(outer), str(inner)]
    with started(serving) as process, started(before):
        assert process.stdout is not None
        assert any("is listening" in line for line in process.stdout), "Prism did not start"
        yield base


def completed(told: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Add the calls for settings to a description, with all that they refer to."""
    paths = [f"/repos/{{owner}}/{{repo}}/{path}" for path in MORE]
    told["paths"] |= {path: whole["paths"][path] for path in paths}
    wanted = references([told["paths"][path] for path in paths])
    while wanted:
        _, _, kind, name = wanted.pop().split("/")
        if name not in told["components"].setdefault(kind, {}):
            told["components"][kind][name] = whole["components"][kind][name]
            wanted |= references(whole["components"][kind][name])
    return told


def references(described: Any) -> set[str]:
    """Return the components that a part of a description refers to."""
    return set(re.findall(r'"\$ref": "(#/components/[^"]+)"', json.dumps(described)))


@contextmanager
def started(command: list[Any]) -> Iterator["subprocess.Popen[str]"]:
    """Run a program until the block ends."""
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen([str(part) for part in command], **told)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def mend(specification: Path) -> None:
    """Let `created` be a range, as GitHub documents it: its description claims a plain time."""
    told = json.loads(specification.read_text(encoding="utf-8"))
    for parameter in told["components"]["parameters"].values():
        if parameter.get("name") == "created":
            parameter["schema"].pop("format", None)
    specification.write_text(json.dumps(told), encoding="utf-8")

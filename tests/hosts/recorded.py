"""Recorded answers of the real GitHub as state for our GraphQL.

    with FakeGitHub(state=load(find_testbeds())) as github: ...

Pull requests, commits, reviews, runs and issues are those of ``panjf2000/ants``;
deployments, statuses, releases and environments those of the repositories recorded for PyGithub.
Commits keep their real shas and have no files, so that git can not clone them.
"""

import ast
import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.hosts.git_objects import Commit
from tests.hosts.github_repository import Repository
from tests.hosts.github_state import State, moment

ANTS = "panjf2000/ants"


def load(folder: Path, now: str = "2022-10-01 00:00") -> State:
    """Return everything recorded, as of ``now``."""
    state = State(moment("2018-05-01 00:00"))
    ants = state.repository(ANTS, owner="User", default_branch="master")
    for kind, take in TAKEN.items():
        for told, asked in bodies(folder, kind):
            take(ants, told, asked)
    for told in answers(folder):
        take_delivery(state, told)
    state.now = moment(now)
    for one in state.repositories.values():
        one.pushed_at = one.updated_at = state.now
    return state


def bodies(folder: Path, kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield the bodies of a kind, each once, with what was asked for."""
    csv.field_size_limit(sys.maxsize)
    seen = set()
    path = folder / "recorded" / "api-bodies" / f"_raw_github_api_{kind}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            told = json.loads(row["data"])
            asked = json.loads(row["input"] or "null") or {}
            key = (told.get("id") or told.get("sha"), asked.get("Number"))
            if key not in seen:
                seen.add(key)
                yield told, asked


def answers(folder: Path) -> Iterator[Any]:
    """Yield the JSON of every good answer recorded for PyGithub to a plain GET."""
    for file in sorted((folder / "recorded" / "pygithub").glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
        for at in range(0, len(lines) - 9):
            if lines[at] not in ("https", "http") or lines[at + 7] != "200":
                continue
            assert isinstance(ast.literal_eval(lines[at + 8]), list)
            if lines[at + 1] == "GET" and lines[at + 9].startswith(("{", "[")):
                told = json.loads(lines[at + 9])
                yield from told if isinstance(told, list) else [told]


def login(told: dict[str, Any] | None) -> str | None:
    """Return the login of a user; null where there is none."""
    return told["login"] if told else None


def at(told: str | None) -> datetime | None:
    """Return a time."""
    return moment(told) if told else None


def take_pull(ants: Repository, told: dict[str, Any], _: dict[str, Any]) -> None:
    ants.state.now = moment(told["created_at"])
    pull = ants.pull(told["title"], author=login(told["user"]), commits=0)
    del ants.pulls[pull.number]
    ants.pulls[told["number"]] = pull
    pull.number, pull.body = told["number"], told["body"] or ""
    pull.head_ref_name, pull.base_ref_name = told["head"]["ref"], told["base"]["ref"]
    head, base = (told[end].get("repo") or {} for end in ("head", "base"))
    pull.is_cross_repository = head.get("id") != base.get("id")
    pull.is_draft, pull.labels = bool(told["draft"]), [one["name"] for one in told["labels"]]
    pull.merged_at, pull.closed_at = at(told["merged_at"]), at(told["closed_at"])
    pull.merge_oid = told["merge_commit_sha"] if pull.merged_at else None
    if pull.merge_oid:
        keep(ants, pull.merge_oid, (told["base"]["sha"],), pull.merged_at, pull.title)
    pull.known(told["id"], moment(told["created_at"]), at(told["updated_at"]))


def keep(
    ants: Repository, sha: str, parents: tuple[str, ...], when: datetime | None, message: str
) -> None:
    """Keep a commit under its real sha."""
    moment_told = when or ants.state.now
    people = ("someone", "someone")
    made = Commit(sha, message, parents, moment_told, moment_told, *people)
    ants.objects.commits.setdefault(sha, made)


def take_commit(ants: Repository, told: dict[str, Any], asked: dict[str, Any]) -> None:
    written = told["commit"]
    authored, committed = (moment(written[role]["date"]) for role in ("author", "committer"))
    above = tuple(one["sha"] for one in told["parents"])
    message = written["message"].partition("\n")[0]
    people = (login(told["author"]) or "someone", login(told["committer"]) or "someone")
    made = Commit(told["sha"], message, above, authored, committed, *people)
    ants.objects.commits[told["sha"]] = made
    if asked.get("Number") in ants.pulls:
        ants.pulls[asked["Number"]].commit_oids.append(told["sha"])


def take_review(ants: Repository, told: dict[str, Any], asked: dict[str, Any]) -> None:
    if (pull := ants.pulls.get(asked.get("Number", 0))) is None:
        return
    updated = pull.updated_at
    review = pull.review(told["state"], by=login(told["user"]))
    review.known(told["id"], moment(told["submitted_at"]))
    pull.updated_at = updated


def take_run(ants: Repository, told: dict[str, Any], _: dict[str, Any]) -> None:
    ants.state.now = moment(told["created_at"])
    run = ants.run(
        told["name"], None, path=told["path"], sha=told["head_sha"], branch=told["head_branch"],
        event=told["event"], actor=told["actor"]["login"], jobs=(),
    )  # fmt: skip
    run.status, run.conclusion = told["status"], told["conclusion"]
    run.workflow_id, run.run_attempt = told["workflow_id"], told["run_attempt"]
    run.run_number, run.run_started_at = told["run_number"], at(told["run_started_at"])
    run.known(told["id"], moment(told["created_at"]), at(told["updated_at"]))


def take_issue(ants: Repository, told: dict[str, Any], _: dict[str, Any]) -> None:
    if told.get("pull_request"):
        return
    issue = ants.issue(told["title"], author=login(told["user"]), body=told["body"] or "")
    del ants.issues[issue.number]
    issue.number, issue.labels = told["number"], [one["name"] for one in told["labels"]]
    issue.closed_at = at(told["closed_at"])
    issue.state_reason = (told["state_reason"] or "").upper() or None
    issue.known(told["id"], moment(told["created_at"]), at(told["updated_at"]))
    ants.issues[issue.number] = issue


TAKEN = {
    "pull_requests": take_pull,
    "pull_request_commits": take_commit,
    "pull_request_reviews": take_review,
    "runs": take_run,
    "issues": take_issue,
}


def take_delivery(state: State, told: Any) -> None:
    """Take over a deployment, one of its states, or a release; leave anything else."""
    if not isinstance(told, dict) or "created_at" not in told or "id" not in told:
        return
    parts = str(told.get("url", "")).partition("/repos/")[2].split("/")
    if len(parts) < 4:
        return
    state.now = moment(told["created_at"])
    if "original_environment" in told:
        take_deployment(state.repository("/".join(parts[:2]), owner="User"), told)
    elif parts[2] == "deployments" and "state" in told:
        take_status(state, int(parts[3]), told)
    elif parts[2] == "releases" and "tag_name" in told:
        take_release(state.repository("/".join(parts[:2]), owner="User"), told)


def take_deployment(made: Repository, told: dict[str, Any]) -> None:
    if told["id"] in [one.database_id for one in made.deployments]:
        return
    creator = login(told["creator"]) or "ghost"
    deployment = made.deploy(told["environment"], sha=told["sha"], ref=told["ref"], creator=creator)
    deployment.task, deployment.description = told["task"], told["description"]
    deployment.original_environment = told["original_environment"]
    deployment.known(told["id"], moment(told["created_at"]), at(told["updated_at"]))


def take_status(state: State, deployment_id: int, told: dict[str, Any]) -> None:
    for made in state.repositories.values():
        for deployment in made.deployments:
            is_new = told["id"] not in [one.database_id for one in deployment.statuses]
            if deployment.database_id == deployment_id and is_new:
                updated = deployment.updated_at
                status = deployment.status(told["state"], login(told["creator"]))
                status.known(told["id"], moment(told["created_at"]))
                deployment.statuses.sort(key=lambda one: one.created_at)
                deployment.updated_at = max(updated, status.created_at)


def take_release(made: Repository, told: dict[str, Any]) -> None:
    if told["id"] in [one.database_id for one in made.releases]:
        return
    author = login(told["author"]) or "ghost"
    release = made.release(told["tag_name"], name=told["name"], author=author, is_draft=True)
    release.is_draft, release.is_prerelease = told["draft"], told["prerelease"]
    release.published_at = at(told["published_at"])
    release.known(told["id"], moment(told["created_at"]), release.published_at)
    if not release.is_draft:
        made.tag(told["tag_name"], release.oid)

"""What docs/events.md shows is what happens: its configurations, commands, answers, snippets."""

import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml
from click.testing import CliRunner

from connectors.events import argo_rollouts, argocd
from pipelines import refreshing
from pipelines.command_line import drumbeat
from pipelines.configuration import parse
from pipelines.configuration.receiving import Format
from pipelines.project import Project
from pipelines.receiving import limits
from pipelines.receiving.authority import authority
from pipelines.receiving.examples import CDEVENT
from pipelines.receiving.openapi import REFUSALS
from pipelines.receiving.serving import CONNECTIONS, told
from pipelines.settings import Run
from tests.end_to_end.conftest import Silent
from tests.pipelines.receiving.serving import running
from tests.pipelines.receiving.writing import landed

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n\n^```\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(DOC)
SECRETS = {name: f"{name.lower()}-of-the-docs" for name in re.findall(r"\$\{([A-Z_]+)\}", DOC)}
COMMANDS = [
    (body, answer)
    for language, body, answer in BLOCKS
    if language == "sh" and re.search(r"^ *(curl|drumbeat event) ", body, re.MULTILINE)
]
CONFIGURATIONS = [body for language, body, _ in BLOCKS if body.startswith("sources:")]
MOMENT = datetime(2025, 8, 1, tzinfo=UTC)
SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
# What each CI system sets in a job.
CI = {
    "GITHUB_RUN_ID": "99",
    "GITHUB_RUN_ATTEMPT": "1",
    "GITHUB_SHA": SHA,
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "CI_JOB_ID": "796",
    "CI_ENVIRONMENT_NAME": "production",
    "CI_COMMIT_SHA": SHA,
    "CI_PROJECT_PATH": "acme/shop",
    "CI_JOB_STARTED_AT": "2026-11-23T10:35:00Z",
    "CI_JOB_URL": "https://gitlab.example.org/acme/shop/-/jobs/796",
    "BUILD_TAG": "jenkins-shop-12",
    "GIT_COMMIT": SHA,
    "BUILD_URL": "https://jenkins.example.org/job/shop/12/",
    "CIRCLE_WORKFLOW_JOB_ID": "5d1c",
    "CIRCLE_SHA1": SHA,
    "CIRCLE_PROJECT_USERNAME": "acme",
    "CIRCLE_PROJECT_REPONAME": "shop",
    "CIRCLE_BUILD_URL": "https://circleci.example.org/jobs/12",
}
needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("bash", "curl", "git", "openssl")),
    reason="bash, curl, git or openssl is missing",
)


def snippet(word):
    """Return the only YAML block that has a word in it."""
    (found,) = [body for language, body, _ in BLOCKS if language == "yaml" and word in body]
    return yaml.safe_load(found)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A machine with a clone, something to deploy it by, and drumbeat."""
    folder = tmp_path_factory.mktemp("machine")
    for name, text in {
        "drumbeat": f'exec "{sys.executable}" -W error -m pipelines "$@"',
        "deploy.sh": "true",
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    who = ("-c", "user.name=Dev One", "-c", "user.email=someone@example.invalid")
    for words in (("init",), (*who, "commit", "--allow-empty", "--message", "Begin")):
        subprocess.run(["git", *words, "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The first configuration of the page, and a folder for its data."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        return Project(parse(CONFIGURATIONS[0], folder / "drumbeat.yaml"), folder / "data")


@pytest.fixture(scope="module")
def receiver(project):
    """A receiver of the first configuration of the page."""
    with running(project) as client:
        yield client


@pytest.fixture
def shell(machine, receiver):
    """Return what runs a script with what a job has set, and gives all that it says."""

    def run(script, **settings):
        made = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", script],
            cwd=machine,
            env={
                **os.environ,
                **SECRETS,
                **settings,
                "PATH": f"{machine}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "DRUMBEAT_URL": f"http://127.0.0.1:{receiver.port}",
                "DRUMBEAT_TOKEN": SECRETS["CI_EVENT_TOKEN"],
                "DRUMBEAT_SPOOL": str(machine / "spool"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stdout
        return made.stdout

    return run


def spooled(text):
    """Return what was said with the same file in the spool, whatever its name."""
    return re.sub(r"\S+/\d{8}T\d{12}-[0-9a-f-]{36}\.json", "FILE", text)


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_every_configuration_is_one(text, monkeypatch, tmp_path):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    assert authority(parse(text, tmp_path / "drumbeat.yaml"))


def test_the_receiver_says_for_whom_it_listens(receiver):
    said = f"Listening on http://127.0.0.1:8503 for {told(receiver.intake.authority)}; "

    assert said in DOC


@needs_tools
@pytest.mark.parametrize(("script", "answer"), COMMANDS)
def test_every_command_is_answered_as_shown(script, answer, shell):
    said = shell(script)

    if answer:
        assert spooled(said) == spooled(answer)
    elif "curl" in script:
        assert json.loads(said)["accepted"] == 1
    else:
        assert said == ""


@needs_tools
def test_what_ci_and_github_tell_of_is_one_deployment(shell, receiver, project):
    (script,) = [script for script, _ in COMMANDS if "ci-1" in script]
    ((command, answer),) = [
        (body.split(), answer) for _, body, answer in BLOCKS if body.startswith("drumbeat explain")
    ]
    body = json.dumps(
        {
            "repository": {"full_name": "acme/shop"},
            "deployment": {"id": 42, "sha": SHA, "environment": "production"},
            "deployment_status": {"state": "success", "created_at": "2025-07-16T10:41:00Z"},
        }
    )
    secret = SECRETS["GITHUB_WEBHOOK_SECRET"].encode()
    signature = hmac.new(secret, body.encode(), "sha256").hexdigest()
    headers = {"X-GitHub-Event": "deployment_status", "X-Hub-Signature-256": f"sha256={signature}"}

    shell(script)
    assert receiver.post("/webhooks/github", body, headers=headers, token=None).status == 202
    refreshing.rebuild(project, Run(MOMENT, MOMENT), Silent(is_terminal=False))
    explained = CliRunner().invoke(
        drumbeat, [*command[1:], "--data-dir", str(project.data_dir)], catch_exceptions=False
    )

    assert explained.stdout.split() == answer.split()


def scripts():
    """Yield the script of each CI system, what is set besides, and the state that it tells."""
    step = snippet("GITHUB_RUN_ID")["jobs"]["deploy"]["steps"][-1]
    assert step["env"]["STATUS"] == "${{ job.status }}"
    job = snippet("CI_JOB_ID")["deploy"]
    run = snippet("CIRCLE_SHA1")["commands"]["tell_drumbeat"]["steps"][0]["run"]
    (groovy,) = [body for language, body, _ in BLOCKS if language == "groovy"]
    # A backslash at the end of a line joins it with the next, in Groovy as in the shell.
    jenkins = re.search(r"'''\n(.*?)'''", groovy, re.DOTALL)[1]
    for state in ("success", "failure", "cancelled"):
        status = {"failure": "failed", "cancelled": "canceled"}.get(state, state)
        yield "github-99-1", step["run"], {"STATUS": state}, state
        yield "gitlab-796", job["after_script"][0], {"CI_JOB_STATUS": status}, state
        yield "jenkins-shop-12", jenkins, {"STATUS": state}, state
        yield "circleci-5d1c", run["command"], {"STATUS": state}, state


@needs_tools
def test_every_ci_system_tells_its_deployment(shell, receiver):
    for _, script, settings, _ in scripts():
        assert json.loads(shell(script, **CI, **settings))["accepted"] == 1

    receiver.intake.sealer.seal()
    rows = [json.loads(row) for row in landed(receiver.found.landing)["payload"]]
    expected = {(name, state, "production", SHA) for name, _, _, state in scripts()}
    found = {
        (row["subject_id"], row["state"], row.get("environment"), row.get("sha")) for row in rows
    }
    assert expected - found == set()


def test_circleci_tells_success_and_failure():
    steps = snippet("CIRCLE_SHA1")["jobs"]["deploy"]["steps"]

    assert [step["tell_drumbeat"] for step in steps if "tell_drumbeat" in step] == [
        {"status": "success", "when": "on_success"},
        {"status": "failure", "when": "on_fail"},
    ]


def test_argo_cd_sends_our_template():
    data = snippet("argocd-notifications-cm")["data"]

    parts = {name: yaml.safe_load(text) for name, text in data.items()}
    assert parts["template.drumbeat"]["webhook"]["drumbeat"]["body"] == argocd.TEMPLATE
    assert parts["service.webhook.drumbeat"]["url"].endswith("/webhooks/argocd")
    assert parts["trigger.drumbeat"][0]["send"] == ["drumbeat"]
    assert parts["subscriptions"][0]["recipients"] == ["drumbeat"]


def test_argo_rollouts_sends_our_template():
    data = snippet("argo-rollouts-notification-configmap")["data"]

    parts = {name: yaml.safe_load(text) for name, text in data.items()}
    assert parts["template.drumbeat"]["webhook"]["drumbeat"]["body"] == argo_rollouts.TEMPLATE
    assert parts["service.webhook.drumbeat"]["url"].endswith("/webhooks/argo_rollouts")
    triggers = {name.removeprefix("trigger.") for name in parts if name.startswith("trigger.")}
    assert set(parts["subscriptions"][0]["triggers"]) == triggers


@pytest.mark.skipif(not shutil.which("amtool"), reason="Debian's prometheus-alertmanager has it")
def test_alertmanager_takes_its_configuration(tmp_path):
    path = tmp_path / "alertmanager.yml"
    path.write_text(yaml.safe_dump(snippet("webhook_configs")))

    made = subprocess.run(["amtool", "check-config", path], capture_output=True, text=True)

    assert made.returncode == 0, made.stderr


def test_every_block_of_yaml_is_yaml():
    for language, body, _ in BLOCKS:
        if language == "yaml":
            assert isinstance(yaml.safe_load(body), dict)


def test_the_cdevent_is_the_receivers_own_example():
    assert json.dumps(CDEVENT, indent=2) in DOC


def test_every_sender_answer_and_limit_is_there():
    senders = set(get_args(Format)) - {"plain", "cdevents"}
    limited = (
        f"{limits.MOST_BYTES:,} bytes, {limits.MOST_EVENTS:,} events",
        f"| {CONNECTIONS} |",
        f"| {limits.REMEMBERED:,}, for a day |",
        f"{limits.BODY_SECONDS:g} seconds each",
    )

    assert {name for name in senders if f"/webhooks/{name}" not in DOC} == set()
    assert {
        status for status in REFUSALS if not re.search(rf"^\|.*\b{status}\b", DOC, re.M)
    } == set()
    assert [text for text in limited if text not in DOC] == []

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import (
    DEPLOYMENT,
    ISSUE,
    PULL,
    RELEASE,
    REVIEW,
    RUN,
    SHA,
    STATUS,
    github_hook,
)
from tests.connectors.events.translating import events, has, payload

EXAMPLES = "@octokit/webhooks-examples"
VERSION = "7.6.1"
PULL_TIMES = {"closed_at": "2026-11-23T10:00:00Z", "updated_at": "2026-11-23T10:00:01Z"}


def told(event, **body):
    headers, body = github_hook(event, **body)
    return payload("github", body, headers)


@pytest.mark.parametrize(
    ("word", "state", "is_over"),
    [
        ("success", "success", True),
        ("failure", "failure", True),
        ("error", "failure", True),
        ("inactive", "removed", False),
        ("in_progress", "started", False),
        ("queued", "waiting", False),
        ("pending", "waiting", False),
        ("waiting", "waiting", False),
    ],
)
def test_a_deployment_follows_its_statuses(word, state, is_over):
    status = {**STATUS, "state": word, "target_url": "https://ci.example.org/1"}
    found = told("deployment_status", deployment=DEPLOYMENT, deployment_status=status)

    assert has(
        found,
        subject="deployment",
        subject_id="github.com/acme/shop/42",
        state=state,
        repository="acme/shop",
        environment="production",
        tier="production",
        sha=SHA,
        started_at="2026-11-23T10:30:00Z",
        finished_at="2026-11-23T10:40:00Z" if is_over else None,
        author="deployer[bot]",
        is_bot=True,
        url="https://ci.example.org/1",
    )


def test_a_deployment_that_was_asked_for_waits():
    found = told("deployment", deployment=DEPLOYMENT)
    assert has(found, state="waiting", at="2026-11-23T10:30:00Z")


def test_the_host_is_the_one_of_the_source():
    headers, body = github_hook("deployment", deployment=DEPLOYMENT)
    found = payload("github", body, headers, host="git.example.org")
    assert found["subject_id"] == "git.example.org/acme/shop/42"


def test_a_ref_that_is_the_commit_is_no_branch():
    found = told("deployment", deployment={**DEPLOYMENT, "ref": SHA})
    assert "branch" not in found


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("completed", "success", "success"),
        ("completed", "timed_out", "failure"),
        ("completed", "cancelled", "cancelled"),
        ("in_progress", None, "started"),
        ("queued", None, "waiting"),
        ("requested", None, "waiting"),
    ],
)
def test_a_run_ends_when_it_is_completed(status, conclusion, state):
    found = told("workflow_run", workflow_run={**RUN, "status": status, "conclusion": conclusion})

    assert has(
        found,
        subject="run",
        subject_id="github.com/acme/shop/run/99",
        kind="workflow_run",
        state=state,
        path=".github/workflows/deploy.yml",
        trigger="manual",
        started_at="2026-11-23T10:30:00Z",
        finished_at="2026-11-23T10:40:00Z" if status == "completed" else None,
    )


@pytest.mark.parametrize(
    ("action", "state"),
    [("published", "published"), ("released", "published"), ("edited", "updated"),
     ("deleted", "removed")],
)  # fmt: skip
def test_a_release_is_known_by_its_id(action, state):
    assert has(
        told("release", action=action, release=RELEASE),
        subject="release",
        subject_id="github.com/acme/shop/releases/5",
        state=state,
        version="v1.42.0",
        is_pre_release=False,
    )


@pytest.mark.parametrize(
    ("action", "changed", "state", "at"),
    [
        ("opened", {}, "opened", "2026-11-20T09:00:00Z"),
        ("reopened", {}, "opened", "2026-11-23T10:00:00Z"),
        ("ready_for_review", {}, "ready", "2026-11-23T10:00:00Z"),
        ("converted_to_draft", {}, "draft", "2026-11-23T10:00:00Z"),
        ("closed", PULL_TIMES, "closed", "2026-11-23T10:00:00Z"),
        ("closed", {**PULL_TIMES, "merged_at": "2026-11-23T10:00:00Z"}, "merged",
         "2026-11-23T10:00:00Z"),
        ("labeled", {}, "updated", "2026-11-23T10:00:00Z"),
    ],
)  # fmt: skip
def test_a_pull_request_is_opened_readied_and_merged_or_closed(action, changed, state, at):
    found = told("pull_request", action=action, pull_request={**PULL, **changed})

    assert has(
        found,
        subject="change",
        subject_id="acme/shop#12",
        state=state,
        at=at,
        number=12,
        branch="mend-cart",
        base_branch="main",
        author="kim",
        labels="bug;cart,checkout",
        opened_at="2026-11-20T09:00:00Z",
        merge_sha=SHA[::-1] if state == "merged" else None,
    )


def test_of_a_description_only_what_it_refers_to_stays():
    found = told("pull_request", action="opened", pull_request=PULL)
    assert has(found, mentions="#9 v1.2.3", reverts_numbers="9")
    assert "person" not in json.dumps(found)


@pytest.mark.parametrize(
    ("action", "word", "state"),
    [
        ("submitted", "approved", "approved"),
        ("submitted", "APPROVED", "approved"),
        ("submitted", "commented", "reviewed"),
        ("submitted", "changes_requested", "reviewed"),
        ("dismissed", "dismissed", "updated"),
    ],
)
def test_a_review_tells_who_reviewed(action, word, state):
    found = told(
        "pull_request_review", action=action, pull_request=PULL, review={**REVIEW, "state": word}
    )
    at = "2026-11-22T08:00:00Z" if action == "submitted" else "2026-11-23T10:00:00Z"
    assert has(found, subject="change", state=state, reviewer="sam", author="kim", at=at)


def test_a_push_is_only_a_hint_that_there_is_something_new():
    commits = [{"id": SHA, "author": {"email": "kim@example.org"}}]
    found = told("push", ref="refs/heads/main", after=SHA, commits=commits)
    assert has(found, subject="push", state="pushed", branch="main", sha=SHA, version=None)

    found = told("push", ref="refs/tags/v1.2.3", after=SHA)
    assert has(found, branch=None, version="v1.2.3")

    found = told("push", ref="refs/heads/gone", after="0" * 40, deleted=True)
    assert has(found, state="removed", sha=None)


@pytest.mark.parametrize(
    ("action", "state"),
    [("opened", "opened"), ("reopened", "reopened"), ("closed", "resolved"),
     ("labeled", "updated"), ("deleted", "removed")],
)  # fmt: skip
def test_an_issue_is_told_with_type_and_labels(action, state):
    closed_at = "2026-11-23T11:20:00Z" if action == "closed" else None
    found = told("issues", action=action, issue={**ISSUE, "closed_at": closed_at})

    assert has(
        found,
        subject="issue",
        subject_id="acme/shop#31",
        state=state,
        kind="incident",
        labels="incident",
        started_at="2026-11-23T10:52:00Z",
        resolved_at=closed_at,
        mentions=SHA[:9],
    )


def test_other_events_are_kept_as_unknown():
    assert has(told("star", action="created"), subject="unknown", type="star.created")
    assert has(told("ping", zen="..."), subject="unknown", type="ping")


def test_a_delivery_without_its_kind_or_its_subject_is_refused():
    with pytest.raises(Untranslatable, match=r"^X-GitHub-Event: is missing$"):
        events("github", {})
    with pytest.raises(Untranslatable, match=r"^deployment: is missing$"):
        told("deployment")


def installed():
    """Return the folder of GitHub's own examples, installed once; skip where npm can not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "drumbeat-tests" / f"webhooks-examples-{VERSION}"
    found = folder / "node_modules" / EXAMPLES
    if (found / "api.github.com" / "index.json").is_file():
        return found
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("needs npm, to install GitHub's webhook examples")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-save", "--fetch-retries=1", "--prefix", str(folder)]
    try:
        subprocess.run(
            [*command, f"{EXAMPLES}@{VERSION}"], check=True, capture_output=True, timeout=60
        )
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"npm could not install {EXAMPLES}: {error}")
    return found


def test_all_real_webhooks_of_github_are_understood_or_kept():
    known, count = set(), 0
    files = sorted(installed().glob("*/index.json"))
    assert files
    for file in files:
        for kind in json.loads(file.read_text(encoding="utf-8")):
            for body in kind["examples"]:
                found = payload("github", body, {"X-GitHub-Event": kind["name"]})
                count += 1
                assert "@users.noreply" not in json.dumps(found)
                known |= {kind["name"]} if found["subject"] != "unknown" else set()

    assert count > 300
    assert known == {
        "deployment", "deployment_status", "workflow_run", "release", "pull_request",
        "pull_request_review", "push", "issues",
    }  # fmt: skip

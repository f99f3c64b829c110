import json

import pytest

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import (
    FLAG,
    GITLAB_ISSUE,
    GITLAB_PUSH,
    GITLAB_RELEASE,
    JOB,
    PIPELINE,
    PROJECT,
    SHA,
    gitlab_deployment,
    merge_request,
)
from tests.connectors.events.translating import events, has, payload


def told(body, headers=None):
    return payload("gitlab", body, headers, host="gitlab.example.com")


def attributes(body, **changed):
    return {**body, "object_attributes": {**body["object_attributes"], **changed}}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("success", "success"),
        ("failed", "failure"),
        ("canceled", "cancelled"),
        ("skipped", "cancelled"),
        ("running", "started"),
        ("created", "waiting"),
        ("blocked", "waiting"),
    ],
)
def test_a_deployment_follows_its_status(word, state):
    at = "2026-11-23T10:40:00Z"
    is_over = state in {"success", "failure", "cancelled"}

    assert has(
        told(gitlab_deployment(word)),
        subject="deployment",
        subject_id="gitlab.example.com/acme/shop/15",
        state=state,
        at=at,
        environment="eu",
        tier="production",
        sha=SHA,
        branch="main",
        started_at=at if state == "started" else None,
        finished_at=at if is_over else None,
        author="project_3_bot_9",
        is_bot=True,
    )


def test_the_short_sha_serves_where_the_commit_has_no_page():
    assert told(gitlab_deployment(commit_url=None))["sha"] == SHA[:8]


def test_a_pipeline_and_a_job_are_runs():
    assert has(
        told(PIPELINE),
        subject="run",
        subject_id="gitlab.example.com/acme/shop/pipeline/31",
        kind="pipeline",
        state="success",
        trigger="manual",
        branch="main",
        finished_at="2026-11-23T10:40:00Z",
    )
    assert has(
        told(JOB),
        subject="run",
        subject_id="gitlab.example.com/acme/shop/job/1977",
        kind="job",
        state="failure",
        name="deploy",
        environment="production",
        tier="production",
        version="v1.4.2",
        finished_at="2026-11-23T10:35:00Z",
    )


def test_a_job_of_an_older_gitlab_tells_its_project_by_its_home_page():
    body = {key: value for key, value in JOB.items() if key not in {"project", "environment"}}
    body["repository"] = {"homepage": "https://gitlab.example.com/acme/shop"}
    assert told(body)["subject_id"] == "gitlab.example.com/acme/shop/job/1977"


def test_a_run_that_goes_on_has_no_end():
    body = attributes(PIPELINE, status="running", finished_at=None)
    assert has(told(body), state="started", finished_at=None)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("open", "opened"),
        ("reopen", "opened"),
        ("close", "closed"),
        ("merge", "merged"),
        ("approval", "approved"),
        ("approved", "approved"),
        ("unapproved", "updated"),
        ("update", "updated"),
    ],
)
def test_a_merge_request_is_opened_approved_and_merged_or_closed(action, state):
    body = attributes(merge_request(action), merge_commit_sha=SHA[::-1])
    at = "2026-11-20T09:00:00Z" if action == "open" else "2026-11-23T10:00:00Z"

    assert has(
        told(body),
        subject="change",
        subject_id="acme/shop!7",
        state=state,
        at=at,
        number=7,
        labels="bug",
        mentions="!5",
        merged_at=at if state == "merged" else None,
        merge_sha=SHA[::-1] if state == "merged" else None,
        reviewer="kim" if state == "approved" else None,
        author="kim" if action == "open" else None,
    )


@pytest.mark.parametrize(("current", "state"), [(False, "ready"), (True, "draft")])
def test_an_update_that_drafts_or_readies_says_so(current, state):
    changes = {"draft": {"previous": not current, "current": current}}
    assert told(merge_request("update", changes=changes))["state"] == state


@pytest.mark.parametrize(
    ("action", "state"), [("create", "published"), ("update", "updated"), ("delete", "removed")]
)
def test_a_release_is_known_by_its_tag(action, state):
    assert has(
        told({**GITLAB_RELEASE, "action": action}),
        subject="release",
        subject_id="gitlab.example.com/acme/shop/releases/v1.4.2",
        state=state,
        version="v1.4.2",
        sha=SHA,
    )


@pytest.mark.parametrize(
    ("action", "state"), [("open", "opened"), ("reopen", "reopened"), ("close", "resolved")]
)
def test_an_issue_is_told_with_type_and_labels(action, state):
    found = told(attributes(GITLAB_ISSUE, action=action))
    assert has(
        found,
        subject="issue",
        subject_id="acme/shop#23",
        state=state,
        kind="incident",
        severity="critical",
        labels="sev1",
        mentions="v1.4.2",
        started_at="2026-11-23T10:52:00Z",
    )
    assert "person" not in json.dumps(found)


def test_flags_and_pushes_are_told():
    assert has(told(FLAG), subject="flag", state="enabled", name="checkout-v2")
    assert has(told(GITLAB_PUSH), subject="push", version="v1.4.2", sha=SHA)
    assert has(told({**GITLAB_PUSH, "checkout_sha": None}), state="removed", sha=None)


def test_other_hooks_are_kept_as_unknown():
    body = {"object_kind": "note", "project": PROJECT, "object_attributes": {"note": "prose"}}
    found = told(body)
    assert has(found, subject="unknown", type="note", repository="acme/shop")
    assert "prose" not in found["raw"]
    assert told({"event_name": "project_create"})["type"] == "project_create"


def test_a_delivery_is_known_by_the_id_that_stays_when_it_is_tried_again():
    def record_id(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        (event,) = events("gitlab", gitlab_deployment(), named)
        return event.record().record_id

    assert record_id(webhook_id="w-1", Idempotency_Key="k-1", X_Gitlab_Event_UUID="u-1") == "w-1"
    assert record_id(Idempotency_Key="k-1", X_Gitlab_Event_UUID="u-1") == "k-1"
    assert record_id(X_Gitlab_Event_UUID="u-1").startswith("u-1/")
    assert len(record_id()) == 32


def test_hooks_that_one_event_sets_off_stay_apart():
    headers = {"X-Gitlab-Event-UUID": "u-1"}
    (one,) = events("gitlab", gitlab_deployment("running"), headers)
    (other,) = events("gitlab", gitlab_deployment("success"), headers)
    assert one.record().record_id != other.record().record_id


def test_what_is_missing_is_named():
    with pytest.raises(Untranslatable, match=r"^deployment_id: is missing$"):
        told(gitlab_deployment(deployment_id=None))
    with pytest.raises(Untranslatable, match=r"^object_attributes\.iid: is missing$"):
        told(attributes(merge_request("open"), iid=None))

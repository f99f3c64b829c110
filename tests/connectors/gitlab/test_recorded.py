"""Bodies that real GitLabs sent, served to the real client."""

import csv
import json
import re
import sys

import pytest

from tests.connectors.gitlab.collecting import collect
from tests.hosts.gitlab_state import Project
from tests.hosts.testbeds import find_testbeds

SCOPE = "acme/recorded"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def bodies(kind):
    csv.field_size_limit(sys.maxsize)
    file = find_testbeds() / "recorded" / "api-bodies" / f"_raw_gitlab_api_{kind}.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield json.loads(row["data"]), json.loads(row["input"] or "null") or {}


@pytest.fixture
def recorded(gitlab):
    return recorded_project(gitlab)


def recorded_project(gitlab):
    """Return the project that has what was recorded."""
    made = gitlab.state.project(SCOPE, id=12345678)
    made.deployments += [body for body, _ in bodies("deployments")]
    made.issues += [body | {"_notes": []} for body, _ in bodies("issues")]
    made.merge_requests += [
        body | {"_notes": [], "_commits": []} for body, _ in bodies("merge_requests")
    ]
    take_details(made)
    take_pipelines(made)
    return made


def take_details(made: Project):
    """Give merge requests their recorded commits and notes, in the form of GraphQL."""
    requests = {one["iid"]: one for one in made.merge_requests}
    for body, asked in bodies("merge_request_commits"):
        if asked["Iid"] in requests:
            told = {"sha": body["id"], "authoredDate": body["authored_date"]}
            requests[asked["Iid"]]["_commits"].append(told)
    for body, asked in bodies("merge_request_notes"):
        if asked["Iid"] in requests:
            author = {"username": body["author"]["username"], "bot": False}
            told = {"system": body["system"], "body": body["body"], "author": author}
            told |= {"createdAt": body["created_at"]}
            requests[asked["Iid"]]["_notes"].append(told)


def take_pipelines(made: Project):
    """Take over the pipelines, and those of the recorded jobs with these in them."""
    found = {}
    for body, _ in bodies("pipeline"):
        if "data" not in body:
            found[body["id"]] = body | {"_jobs": [], "_user": "someone"}
    for body, _ in bodies("job"):
        told = body["pipeline"]
        pipeline = found.setdefault(
            told["id"], {**told, "iid": told["id"], "_jobs": [], "_user": "someone"}
        )
        pipeline["project_id"] = made.id
        pipeline["_jobs"].append({k: body[k] for k in ("id", "name", "status", *TIMES)})
    made.pipelines += [one | {"project_id": made.id} for one in found.values()]


TIMES = ("created_at", "started_at", "finished_at")


def landed(gitlab, entity, **told):
    found = collect(gitlab, repositories=(SCOPE,), entities=(entity,), **told)
    assert found.failures == []
    told_now = found.of(entity, SCOPE)
    for payload in told_now.values():
        assert not re.search(r"[\w.]@[\w-]+\.\w", json.dumps(payload))
        for key, value in payload.items():
            if key.endswith("_at"):
                assert TIME.fullmatch(value)
    return told_now


def test_recorded_merge_requests_land(gitlab, recorded):
    told = landed(gitlab, "changes")

    assert len(told) == len(recorded.merge_requests)
    first = told["1"]
    assert first["title"] == 'Resolve "Add documentation to snowflake spend package"'
    assert first["merge_sha"] == "da1d6dea48f5972ffc683da6cff30934e7d6c52c"
    assert (first["state"], first["merge_method"]) == ("merged", "merge")
    assert first["commit_shas"].split()[-1] == "ad25fcda15e310a7eb34b3e38ff9b962b54f0e03"
    assert first["merged_at"] == "2019-06-28T14:32:06Z"
    assert {one["state"] for one in told.values()} <= {"open", "merged", "closed"}
    assert any("reviews" in one for one in told.values())
    assert all(one["merge_sha"] for one in told.values() if one["state"] == "merged")


def test_recorded_deployments_land(gitlab, recorded):
    told = landed(gitlab, "deployments")

    assert len(told) == len({body["id"] for body in recorded.deployments})
    assert told["13426753"]["statuses"] == (
        "created@2019-03-13T14:14:24Z running@2019-03-13T14:17:33Z success@2019-03-13T14:17:47Z"
    )
    assert told["13426753"]["environment"] == "staging"
    for one in told.values():
        times = [status.partition("@")[2] for status in one["statuses"].split()]
        assert times == sorted(times)


def test_recorded_issues_land(gitlab, recorded):
    everything = ("issue", "incident")
    told = landed(gitlab, "issues", incident_types=everything)

    assert len(told) == len(recorded.issues)
    assert told["1"]["closed_at"] == "2019-06-28T14:32:05Z"
    assert landed(gitlab, "issues") == {}


def test_recorded_pipelines_and_jobs_land(gitlab, recorded):
    told = landed(gitlab, "runs", runs=("*",))

    jobs = {job["id"] for one in recorded.pipelines for job in one["_jobs"]}
    assert {key for key in told if key.startswith("job/")} == {f"job/{id_}" for id_ in jobs}
    pipelines = {f"pipeline/{one['id']}" for one in recorded.pipelines}
    assert {key for key in told if key.startswith("pipeline/")} <= pipelines
    assert told["job/152"]["state"] == "failed"
    assert told["job/152"]["finished_at"] == "2022-08-25T23:00:08Z"

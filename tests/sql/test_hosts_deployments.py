"""What a code host's deployments, runs, releases and tags come to, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, march, organisation, sha
from tests.support import rows

HUB, LAB = CodeHost(), CodeHost("gitlab")
RUNS = {"runs": ["Deploy*", ".github/workflows/ship.yml", ".gitlab-ci.yml"]}
SERVICES = [
    {"name": "status", "repository": "acme/status"},
    {"name": "lab", "repository": "acme/lab", "deployments": {"source": "gitlab"}},
    {"name": "runs", "repository": "acme/runs", "deployments": RUNS},
    {"name": "pipes", "repository": "acme/pipes", "deployments": {"source": "gitlab", **RUNS}},
    {"name": "releases", "repository": "acme/releases"},
    {"name": "early", "repository": "acme/early", "deployments": {"pre_releases": True}},
    {"name": "tags", "repository": "acme/tags"},
]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deployments")
    with organisation(folder, HUB, LAB, services=SERVICES) as found:
        yield found


def ended(con, deployment_id):
    query = "select status, finished_at from facts.deployments where deployment_id = $1"
    return rows(con, query, deployment_id)


STATUS = HUB.repository("acme/status")
COURSES = {
    1: ("queued 2 09:00", "in_progress 2 09:01", "success 2 09:05"),
    2: ("failure 2 10:00", "success 2 11:00", "success 2 12:00"),
    3: ("in_progress 3 09:00", "error 3 09:05", "failure 3 09:06"),
    4: ("in_progress 4 09:00", "inactive 4 10:00"),
    5: ("success 5 09:00", "inactive 5 10:00"),
    6: ("in_progress 6 09:00", "inactive 6 10:00", "success 13 09:00"),
    7: ("success 7 09:00", "failure 7 10:00"),
}
for number, course in COURSES.items():
    HUB.deployment(STATUS, number, *course)
HUB.deployment(STATUS, 8, created_at="8 09:00", updated_at="8 10:00")


@pytest.mark.parametrize(
    ("number", "status", "finished"),
    [
        (1, "success", "2 09:05"),
        (2, "success", "2 11:00"),
        (3, "failure", "3 09:05"),
        (5, "success", "5 09:00"),
        (6, "success", "13 09:00"),
        (7, "success", "7 09:00"),
    ],
    ids=["success", "after failure", "failure", "then inactive", "late", "then failure"],
)
def test_a_success_counts_from_the_first_else_a_failure_from_the_first(
    con, number, status, finished
):
    assert ended(con, f"github.com/acme/status/{number}") == [(status, march(finished))]


def test_inactive_alone_and_an_update_end_nothing(con):
    assert ended(con, "github.com/acme/status/4") == [("in_progress", None)]
    assert ended(con, "github.com/acme/status/8") == [("in_progress", None)]


def test_a_deployment_starts_when_it_is_first_in_progress_else_when_it_was_created(con):
    query = "select started_at from facts.deployments where deployment_id = $1"
    assert rows(con, query, "github.com/acme/status/1") == [(march("2 09:01"),)]
    assert rows(con, query, "github.com/acme/status/8") == [(march("8 09:00"),)]


WORK = LAB.repository("acme/lab")
LAB.deployment(WORK, 1, "created 2 09:00", "running 2 09:01", "success 2 09:02", sha=sha("A"))
LAB.deployment(WORK, 2, "created 2 10:00", "failed 2 10:02")
LAB.deployment(WORK, 3, "created 2 11:00", "canceled 2 11:02")
LAB.deployment(WORK, 4, "created 2 12:00", "skipped 2 12:02")
LAB.deployment(WORK, 5, "created 2 13:00", "blocked 2 13:01")
LAB.deployment(WORK, 6, "success 2 14:00", environment="live", tier="production")
LAB.deployment(WORK, 7, "success 2 15:00", environment="live", tier="staging")
LAB.deployment(WORK, 8, "success 2 16:00", ref="v1.2", is_tag=True, is_bot=True)


def test_gitlabs_words_mean_the_same(con):
    found = rows(
        con,
        "select deployment_id, status from facts.deployments where service = 'lab' order by all",
    )
    assert [status for _, status in found[:5]] == [
        "success", "failure", "cancelled", "cancelled", "in_progress",
    ]  # fmt: skip
    assert found[0][0] == "gitlab.com/acme/lab/1"


def test_of_gitlab_the_tier_says_production_as_the_name_does(con):
    query = "select is_production from facts.deployments where deployment_id = $1"
    assert rows(con, query, "gitlab.com/acme/lab/6") == [(True,)]
    assert rows(con, query, "gitlab.com/acme/lab/7") == [(False,)]


def test_a_deployment_of_a_tag_has_its_version_and_a_bots_counts(con):
    query = "select version, is_bot, status from facts.deployments where deployment_id = $1"
    assert rows(con, query, "gitlab.com/acme/lab/8") == [("v1.2", True, "success")]


RUN = HUB.repository("acme/runs")
for place, state in enumerate(
    ("success", "failure", "timed_out", "startup_failure", "cancelled", "skipped", "neutral"), 1
):
    moments = {"created_at": f"{place} 09:00", "started_at": f"{place} 09:01"}
    HUB.run(RUN, f"run/{place}", state, finished_at=f"{place} 09:09", **moments)
HUB.run(RUN, "run/8", "in_progress", created_at="8 09:00", event="workflow_dispatch")
HUB.run(RUN, "run/9", "success", created_at="9 09:00")
HUB.run(RUN, "run/10", "success", finished_at="10 09:00", name="Test")
HUB.run(
    RUN, "run/11", "success", finished_at="11 09:00", name="Ship", path=".github/workflows/ship.yml"
)


def test_conclusions_of_runs_are_successes_failures_or_neither(con):
    query = (
        "select status, started_at, finished_at from facts.deployments "
        "where service = 'runs' and started_at < timestamptz '2026-03-08 00:00:00+00' "
        "order by started_at"
    )
    found = rows(con, query)
    assert [status for status, _, _ in found] == [
        "success", "failure", "failure", "failure", "cancelled", "cancelled", "cancelled",
    ]  # fmt: skip
    assert found[0][1:] == (march("1 09:01"), march("1 09:09"))


def test_a_run_without_an_end_is_still_going_on_whatever_it_concluded(con):
    assert ended(con, "github.com/acme/runs/run/8") == [("in_progress", None)]
    assert ended(con, "github.com/acme/runs/run/9") == [("in_progress", None)]


def test_runs_deploy_that_are_named_so_or_lie_in_such_a_file(con):
    assert ended(con, "github.com/acme/runs/run/10") == []
    assert ended(con, "github.com/acme/runs/run/11") == [("success", march("11 09:00"))]


def test_a_run_that_somebody_set_off_is_manual(con):
    query = "select trigger from facts.deployments where deployment_id = $1"
    assert rows(con, query, "github.com/acme/runs/run/8") == [("manual",)]


PIPE = LAB.repository("acme/pipes")
LAB.run(PIPE, "pipeline/1", "success", name=None, path=".gitlab-ci.yml", finished_at="2 09:00")
LAB.run(PIPE, "job/2", "failed", name="deploy-live", finished_at="2 10:00")
LAB.run(PIPE, "job/3", "success", name="deploy", environment="staging", finished_at="2 11:00")


def test_a_pipeline_without_a_name_deploys_by_its_file_and_a_job_by_its_name(con):
    assert ended(con, "gitlab.com/acme/pipes/pipeline/1") == [("success", march("2 09:00"))]
    assert ended(con, "gitlab.com/acme/pipes/job/2") == [("failure", march("2 10:00"))]


def test_a_run_deploys_to_production_unless_it_names_another_environment(con):
    query = "select is_production from facts.deployments where service = 'pipes' order by all"
    assert rows(con, query) == [(False,), (True,), (True,)]


for scope in ("acme/releases", "acme/early"):
    HUB.repository(scope)
    HUB.release(scope, 1, "v1.0", "2 09:00", sha=sha("one"))
    HUB.release(scope, 2, "v1.1", "3 09:00", is_draft=True)
    HUB.release(scope, 3, "v2.0-rc.1", "4 09:00")
    HUB.release(scope, 4, "v2.0", "5 09:00", is_pre_release=True)
    HUB.tell("releases", scope, 5, tag="v3.0", created_at="6 09:00")


def versions(con, service):
    query = "select version from facts.deployments where service = $1 order by all"
    return [version for (version,) in rows(con, query, service)]


def test_a_release_is_published_and_no_draft_and_a_pre_release_only_where_wanted(con):
    assert versions(con, "releases") == ["v1.0"]
    assert versions(con, "early") == ["v1.0", "v2.0", "v2.0-rc.1"]
    query = (
        "select status, finished_at, is_production, commit_sha from facts.deployments "
        "where deployment_id = $1"
    )
    assert rows(con, query, "github.com/acme/releases/releases/1") == [
        ("success", march("2 09:00"), True, sha("one"))
    ]


TAGGED = HUB.repository("acme/tags")
HUB.line(TAGGED, "first 2 09:00", "second 3 09:00")
HUB.tag(TAGGED, "v1.0", "2 10:00", "first")
HUB.tag(TAGGED, "v1.1-rc.1", "3 09:30", "second")
HUB.tag(TAGGED, "v1.1", "3 10:00", "second")
HUB.tag(TAGGED, "nightly", "4 10:00", "second")


def test_where_a_host_has_tags_alone_they_are_the_releases(con):
    query = (
        "select deployment_id, commit_sha, finished_at from facts.deployments "
        "where service = 'tags' order by all"
    )
    assert rows(con, query) == [
        ("tags@v1.0", sha("first"), march("2 10:00")),
        ("tags@v1.1", sha("second"), march("3 10:00")),
    ]

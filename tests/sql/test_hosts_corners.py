"""Corners of code hosts in which a change or a deployment would count twice, or not at all."""

import pytest

from tests.sql.hosts import CodeHost, organisation, sha, times, words
from tests.support import rows

HUB, LAB = CodeHost(), CodeHost("gitlab")
SERVICES = [
    {"name": "left", "repository": "acme/shared", "paths": ["left/**"]},
    {"name": "right", "repository": "acme/shared", "paths": ["right/**"]},
    {"name": "develop", "repository": "acme/develop"},
    {"name": "drafts", "repository": "acme/drafts"},
    {"name": "spelled", "repository": "ACME/Spelled"},
    {"name": "api", "repository": "acme/mono", "deployments": {"tags": ["api-v*"]}},
    {"name": "web", "repository": "acme/mono", "deployments": {"tags": ["web-v*"]}},
    {"name": "pressed", "repository": "acme/pressed", "deployments": {"runs": ["deploy"]}},
    {"name": "fixed", "repository": "acme/fixed"},
]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with organisation(tmp_path_factory.mktemp("corners"), HUB, LAB, services=SERVICES) as found:
        yield found


def column(con, query, *params):
    return [value for (value,) in rows(con, query, *params)]


CHANGES = "select change_id from facts.changes where service = $1 order by change_id"
DEPLOYMENTS = "select deployment_id from facts.deployments where service = $1 order by 1"

shared = HUB.repository("acme/shared")
HUB.commit(shared, "seed", "1 09:00", paths=["left/a", "right/a"])
HUB.commit(shared, "first", "2 09:00", "seed", committed="5 09:00", paths=["left/a"])
HUB.commit(shared, "last", "2 10:00", "first", committed="5 09:00", paths=["right/a"])
HUB.head(shared, "last")
HUB.change(
    shared, 1, opened_at="3 09:00", merged_at="5 09:00", merge_sha=sha("last"),
    commit_shas=f"{sha('before-first')} {sha('before-last')}",
    commit_authored_ats=times("2 09:00", "2 10:00"),
)  # fmt: skip


def test_a_rebased_request_is_of_every_service_that_any_of_its_commits_touches(con):
    for service in ("left", "right"):
        assert "acme/shared#1" in column(con, CHANGES, service)
        assert sha("first") not in column(con, CHANGES, service)


develop = HUB.repository("acme/develop")
HUB.commit(develop, "base", "1 09:00")
HUB.commit(develop, "squash", "3 09:00", "base")
HUB.commit(develop, "by-hand", "4 09:00", "base", "squash")
HUB.head(develop, "by-hand")
HUB.change(
    develop, 1, opened_at="2 09:00", merged_at="3 09:00", merge_sha=sha("squash"),
    base_branch="develop", commit_shas=sha("draft"), commit_authored_ats=times("2 08:00"),
)  # fmt: skip


def test_a_squash_into_a_branch_that_was_merged_by_hand_is_no_change_beside_its_request(con):
    assert column(con, CHANGES, "develop") == sorted([sha("base"), "acme/develop#1"])


drafts = HUB.repository("acme/drafts")
HUB.change(drafts, 1, opened_at="2 09:00", is_draft=True)
HUB.change(drafts, 2, opened_at="2 09:00", ready_events=words("ready 3 09:00"))
HUB.change(drafts, 3, opened_at="2 09:00")


def test_an_open_draft_is_no_change_before_it_is_ready(con):
    assert column(con, CHANGES, "drafts") == ["acme/drafts#2", "acme/drafts#3"]


HUB.repository("acme/spelled")
HUB.deployment("acme/spelled", 1, "success 2 09:00")


def test_a_repository_may_be_written_in_any_case_as_the_configuration_allows(con):
    assert column(con, DEPLOYMENTS, "spelled") == ["github.com/acme/spelled/1"]


mono = HUB.repository("acme/mono")
HUB.release(mono, 1, "api-v1", "2 09:00")
HUB.release(mono, 2, "web-v1", "2 09:00")


def test_services_of_one_repository_have_the_releases_whose_tags_are_theirs(con):
    assert column(con, DEPLOYMENTS, "api") == ["github.com/acme/mono/releases/1"]
    assert column(con, DEPLOYMENTS, "web") == ["github.com/acme/mono/releases/2"]


pressed = LAB.repository("acme/pressed")
LAB.run(pressed, "job/1", "manual", name="deploy", created_at="1 09:00")
LAB.run(pressed, "job/2", "success", name="deploy", created_at="1 09:00", finished_at="2 09:00")


def test_a_job_that_nobody_started_is_no_deployment(con):
    assert column(con, DEPLOYMENTS, "pressed") == ["gitlab.com/acme/pressed/job/2"]


fixed = HUB.repository("acme/fixed")
HUB.deployment(fixed, 1, "success 2 09:00")
HUB.deployment(fixed, 2, "success 3 12:00")
HUB.issue(fixed, 1, "3 09:00", mentions="https://github.com/acme/fixed/2 github.com/acme/fixed/2")


def test_a_fix_that_an_incident_names_is_not_to_blame_for_it(con):
    query = "select deployment_id from facts.failed_deployments where service = 'fixed'"
    assert column(con, query) == ["github.com/acme/fixed/1"]

"""What the real GitHub once answered, told by our server."""

import pytest
from github import Auth, Github

from tests.hosts.github_server import FakeGitHub
from tests.hosts.recorded import load
from tests.hosts.testbeds import find_testbeds


@pytest.fixture(scope="module")
def github():
    with FakeGitHub(state=load(find_testbeds())) as served:
        yield served


@pytest.fixture
def client(github):
    auth = Auth.Token(github.token)
    return Github(base_url=github.api_url, auth=auth, seconds_between_requests=0, per_page=100)


def test_pull_requests_carry_their_commits_and_reviews(client):
    pull = client.get_repo("panjf2000/ants").get_pull(41)

    assert (pull.state, pull.merged) == ("closed", True)
    assert pull.merge_commit_sha
    assert len(list(pull.get_commits())) == pull.commits > 0
    assert {review.user.login for review in pull.get_reviews()} >= {"choleraehyq"}


def test_runs_are_listed_newest_first(client):
    runs = list(client.get_repo("panjf2000/ants").get_workflow_runs())

    assert len(runs) == 35
    assert {run.name for run in runs} >= {"CodeQL"}
    assert runs == sorted(runs, key=lambda run: run.created_at, reverse=True)


def test_deployments_have_the_states_they_took(client):
    (deployment,) = client.get_repo("jacquev6/PyGithub").get_deployments()

    assert (deployment.id, deployment.environment) == (263877258, "test")
    assert [(one.id, one.state) for one in deployment.get_statuses()] == [
        (388454671, "queued"), (388433743, "queued"), (388432880, "queued"),
    ]  # fmt: skip


def test_everything_recorded_passes_through_graphql(github, client):
    query = """{ repository(owner: "panjf2000", name: "ants") {
        pullRequests(first: 100, orderBy: {field: UPDATED_AT, direction: DESC}) {
            totalCount nodes { number author { login __typename } mergeCommit { oid }
                commits(first: 50) { totalCount } reviews(first: 50) { nodes { state } } } }
        issues(first: 100) { totalCount } } }"""

    _, told = client.requester.graphql_query(query, {})

    repository = told["data"]["repository"]
    assert "errors" not in told
    assert repository["pullRequests"]["totalCount"] == len(
        github.state.find("panjf2000/ants").pulls
    ) > 10  # fmt: skip
    assert repository["issues"]["totalCount"] > 10

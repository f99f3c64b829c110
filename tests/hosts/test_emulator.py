"""The emulator's month, told by our GraphQL as the emulator told it by REST."""

import subprocess

import pytest
from github import Auth, Github

from tests.hosts.emulator import NAME, Emulator, load, scenario
from tests.hosts.github_server import FakeGitHub


@pytest.fixture(scope="module")
def state(request, tmp_path_factory):
    emulator = Emulator.started(request.config, tmp_path_factory.mktemp("emulator"))
    try:
        scenario(emulator)
        yield load(emulator)
    finally:
        emulator.stop()


@pytest.fixture
def github(state):
    with FakeGitHub(state=state) as served:
        yield served


def test_three_pull_requests_were_merged_each_in_its_way(github):
    found = Github(
        base_url=github.api_url, auth=Auth.Token(github.token), seconds_between_requests=0
    )
    query = """{ repository(owner: "octocat", name: "hello-world") {
        pullRequests(first: 5, orderBy: {field: UPDATED_AT, direction: ASC}) { nodes {
            number createdAt mergedAt mergeCommit { parents(first: 2) { totalCount } }
            commits(first: 5) { nodes { commit { authoredDate } } } } }
        releases(first: 5, orderBy: {field: CREATED_AT, direction: ASC}) { nodes {
            tagName publishedAt tagCommit { committedDate } } } } }"""

    _, told = found.requester.graphql_query(query, {})

    repository = told["data"]["repository"]
    assert [
        (
            node["number"], node["createdAt"][:16], node["mergedAt"][:16],
            node["mergeCommit"]["parents"]["totalCount"],
            [one["commit"]["authoredDate"][:16] for one in node["commits"]["nodes"]],
        )
        for node in repository["pullRequests"]["nodes"]
    ] == [
        (1, "2025-03-05T09:00", "2025-03-05T17:00", 2, ["2025-03-04T08:00", "2025-03-04T15:00"]),
        (2, "2025-03-07T09:00", "2025-03-07T17:00", 1, ["2025-03-06T08:00", "2025-03-06T15:00"]),
        (3, "2025-03-09T09:00", "2025-03-09T17:00", 1, ["2025-03-08T08:00", "2025-03-08T15:00"]),
    ]  # fmt: skip
    assert [
        (node["tagName"], node["publishedAt"][:16], node["tagCommit"]["committedDate"][:16])
        for node in repository["releases"]["nodes"]
    ] == [
        ("v1.0.0", "2025-03-05T18:00", "2025-03-05T17:00"),
        ("v1.1.0", "2025-03-07T18:00", "2025-03-07T17:00"),
        ("v1.2.0", "2025-03-09T18:00", "2025-03-09T17:00"),
    ]


def test_what_the_emulator_lacks_is_scripted_on_top(github):
    shop = github.repository(NAME)

    shop.deploy("production", "success")

    assert shop.deployments[0].commit_oid == shop.pulls[3].merge_oid


def test_git_reads_its_commits(github, tmp_path):
    at = f"{github.url}/{NAME}.git".replace("://", f"://x:{github.token}@")
    subprocess.run(["git", "clone", "--quiet", at, tmp_path / "clone"], check=True)

    log = ["git", "-C", str(tmp_path / "clone"), "rev-list", "--count", "HEAD"]
    count = subprocess.run(log, check=True, capture_output=True, text=True).stdout

    # The first commit; two and their merge; one squashed; the emulator rebases into one as well.
    assert int(count) == 6

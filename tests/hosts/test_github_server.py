"""The made-up GitHub answers real clients as GitHub would."""

import os
import subprocess

import pytest
from github import Auth, Github, GithubException, GithubIntegration, UnknownObjectException

from tests.hosts.github_apps import private_key
from tests.hosts.github_server import FakeGitHub
from tests.hosts.github_state import App, Token

PULLS = """query Pulls($after: String) {
  repository(owner: "acme", name: "shop") {
    pullRequests(first: 2, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      nodes { number } pageInfo { endCursor hasNextPage } totalCount } } }"""


@pytest.fixture
def github():
    with FakeGitHub("2025-03-03 09:00") as served:
        yield served


def client(github, token=FakeGitHub.token, **told):
    quiet = {"retry": None, "seconds_between_requests": 0, "seconds_between_writes": 0}
    return Github(base_url=github.api_url, auth=Auth.Token(token), **quiet, **told)


def ask(github, query, token=FakeGitHub.token, **variables):
    """Return the whole answer, errors too."""
    requester = client(github, token).requester
    told = {"query": query, "variables": variables}
    _, body = requester.requestJsonAndCheck("POST", github.graphql_url, input=told)
    return body


def git(*arguments):
    hidden = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_ASKPASS": "true"}
    return subprocess.run(
        ["git", *map(str, arguments)],
        env={**os.environ, **hidden, "GIT_TERMINAL_PROMPT": "0"},
        capture_output=True,
        text=True,
    )


def with_token(github, token=FakeGitHub.token):
    return github.url.replace("://", f"://x-access-token:{token}@")


def test_the_client_reads_what_a_test_scripted(github):
    shop = github.repository("acme/shop")
    pull = shop.pull(
        "Baskets", commits=["2025-03-01 15:00", "2025-03-02 15:00"], labels=["feature"]
    )
    github.at("2025-03-03 11:00")
    pull.review("approved", by="bo")
    merged = pull.merge("squash")
    deployment = shop.deploy("production", "in_progress", creator="deployer[bot]")
    github.at("2025-03-03 11:05")
    deployment.status("success")
    shop.release("v1.0.0")
    shop.run("Deploy", "failure")
    shop.issue("It is down", labels=["incident"], type="Incident")

    found = client(github).get_repo("acme/shop")

    told = found.get_pull(1)
    assert (told.merged, told.merge_commit_sha, str(told.merged_at)) == (
        True, merged, "2025-03-03 11:00:00+00:00",
    )  # fmt: skip
    assert [str(one.commit.author.date)[:10] for one in told.get_commits()] == [
        "2025-03-01", "2025-03-02",
    ]  # fmt: skip
    assert [(one.state, one.user.login) for one in told.get_reviews()] == [("APPROVED", "bo")]
    (deployed,) = found.get_deployments()
    assert (deployed.sha, deployed.creator.login) == (merged, "deployer[bot]")
    assert [one.state for one in deployed.get_statuses()] == ["success", "in_progress"]
    assert [one.tag_name for one in found.get_releases()] == ["v1.0.0"]
    (run,) = found.get_workflow_runs()
    assert (run.conclusion, [job.conclusion for job in run.jobs()]) == ("failure", ["failure"])
    assert [one.name for one in found.get_environments()] == ["production"]
    assert [one.title for one in found.get_issues(labels=["incident"])] == ["It is down"]


def test_graphql_tells_bots_without_the_suffix_and_the_gone_as_null(github):
    shop = github.repository("acme/shop")
    shop.pull("By a bot", author="renovate[bot]")
    shop.pull("By nobody", author=None)

    found = ask(github, """{ repository(owner: "acme", name: "shop") {
        pullRequests(first: 5) { nodes { author { login __typename } } } } }""")  # fmt: skip

    nodes = found["data"]["repository"]["pullRequests"]["nodes"]
    assert nodes == [{"author": {"login": "renovate", "__typename": "Bot"}}, {"author": None}]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_each_way_to_merge_leaves_the_commits_that_git_would_show(github, method):
    shop = github.repository("acme/shop")
    base = shop.head
    pull = shop.pull(commits=2)

    merged = pull.merge(method)

    assert shop.head == merged
    above = shop.commit_of(merged).parents
    expected = {"merge": (base, pull.commit_oids[-1]), "squash": (base,)}
    assert above == expected.get(method, above)
    assert (
        len(list(shop.objects.reachable(merged))) == {"merge": 4, "squash": 2, "rebase": 3}[method]
    )


def test_edits_in_the_middle_of_a_listing_shift_no_page(github):
    shop = github.repository("acme/shop")
    for day in range(1, 6):
        github.at(f"2025-03-0{day} 09:00")
        shop.pull(f"Number {day}")

    seen, after = [], None
    while True:
        told = ask(github, PULLS, after=after)["data"]["repository"]["pullRequests"]
        seen += [node["number"] for node in told["nodes"]]
        github.at(f"2025-03-1{len(seen)} 09:00")
        shop.pulls[1].edit(title="Again")
        if not told["pageInfo"]["hasNextPage"]:
            break
        after = told["pageInfo"]["endCursor"]

    # The first one moved to the front, where this listing had been already.
    assert seen == [5, 4, 3, 2]
    assert told["totalCount"] == 5


def test_a_page_without_bounds_or_too_large_is_refused(github):
    github.repository("acme/shop")
    query = '{ repository(owner: "acme", name: "shop") { releases%s { totalCount } } }'

    (missing,) = ask(github, query % "")["errors"]
    (large,) = ask(github, query % "(first: 101)")["errors"]

    assert missing["type"] == "MISSING_PAGINATION_BOUNDARIES"
    assert large["type"] == "EXCESSIVE_PAGINATION"
    assert large["path"] == ["repository", "releases"]


def test_a_query_for_half_a_million_nodes_is_refused_and_a_smaller_one_has_its_price(github):
    github.repository("acme/shop")
    query = """{ rateLimit { cost nodeCount } organization(login: "acme") {
        repositories(first: %d) { nodes { pullRequests(first: 100) { nodes {
            commits(first: 100) { totalCount } } } } } } }"""

    assert ask(github, query % 100)["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"
    # 1 listing, 10 of pull requests, 10 x 100 of commits: 1011 asked.
    assert ask(github, query % 10)["data"]["rateLimit"] == {"cost": 10, "nodeCount": 101_010}


def test_an_answer_that_the_client_has_costs_nothing(github):
    github.repository("acme/shop")
    requester = client(github).requester
    told, _ = requester.requestJsonAndCheck("GET", "/repos/acme/shop")
    left = told["x-ratelimit-remaining"]

    status, again, body = requester.requestJson(
        "GET", "/repos/acme/shop", headers={"If-None-Match": told["etag"]}
    )
    github.repository("acme/shop").archive()
    changed, _, _ = requester.requestJson(
        "GET", "/repos/acme/shop", headers={"If-None-Match": told["etag"]}
    )

    assert (status, again["x-ratelimit-remaining"], body) == (304, left, "")
    assert changed == 200


def test_a_spent_quota_is_refused_until_the_hour_is_over(github):
    github.repository("acme/shop")
    github.quota.limits = {"core": 1, "graphql": 1}
    found = client(github)
    found.get_repo("acme/shop")
    ask(github, "{ viewer { login } }")

    with pytest.raises(GithubException) as refused:
        found.get_repo("acme/shop")
    told = ask(github, "{ viewer { login } }")

    assert refused.value.status == 403
    assert refused.value.headers["x-ratelimit-remaining"] == "0"
    assert "data" not in told
    assert told["errors"][0]["type"] == "RATE_LIMITED"
    github.sleep(3600)
    assert found.get_repo("acme/shop").full_name == "acme/shop"


def test_an_earlier_name_leads_to_the_repository(github, tmp_path):
    shop = github.repository("acme/shop")
    shop.pull("Baskets")
    shop.rename("acme/store")

    query = '{ repository(owner: "acme", name: "shop"%s) { nameWithOwner } }'
    assert ask(github, query % "")["data"]["repository"] == {"nameWithOwner": "acme/store"}
    assert ask(github, query % ", followRenames: false")["data"] == {"repository": None}
    assert client(github).get_repo("acme/shop").full_name == "acme/store"
    assert [call.status for call in github.calls[-2:]] == [301, 200]
    assert git("clone", f"{with_token(github)}/acme/shop.git", tmp_path / "clone").returncode == 0


def test_a_removed_repository_is_gone_everywhere(github, tmp_path):
    shop = github.repository("acme/shop")
    shop.delete()

    with pytest.raises(UnknownObjectException):
        client(github).get_repo("acme/shop")
    told = ask(github, '{ repository(owner: "acme", name: "shop") { id } }')
    assert told["data"] == {"repository": None}
    assert told["errors"][0]["type"] == "NOT_FOUND"
    assert git("clone", f"{with_token(github)}/acme/shop.git", tmp_path / "clone").returncode


def test_a_token_sees_what_is_its_own_and_a_wrong_one_nothing(github):
    github.repository("acme/shop")
    github.repository("acme/vault")
    github.tokens["narrow"] = Token(sees=("acme/shop",))

    assert [one.name for one in client(github, "narrow").get_organization("acme").get_repos()] == [
        "shop"
    ]
    with pytest.raises(UnknownObjectException):
        client(github, "narrow").get_repo("acme/vault")
    with pytest.raises(GithubException) as refused:
        client(github, "wrong").get_repo("acme/shop")
    assert refused.value.status == 401


def test_a_permission_that_is_lacking_is_told_by_rest_and_graphql(github):
    github.repository("acme/shop").deploy()
    github.tokens["fine"] = Token(scopes=None, denied=frozenset({"deployments"}))

    with pytest.raises(GithubException) as refused:
        list(client(github, "fine").get_repo("acme/shop").get_deployments())
    told = ask(
        github,
        '{ repository(owner: "acme", name: "shop") { name deployments(first: 1) { totalCount } } }',
        token="fine",
    )

    assert refused.value.headers["x-accepted-github-permissions"] == "deployments=read"
    (error,) = told["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["repository", "deployments"])


def test_single_sign_on_and_scopes_are_told_as_such(github):
    github.repository("acme/shop")
    github.tokens["outside"] = Token(saml=frozenset({"acme"}))
    github.tokens["public"] = Token(scopes=("repo",), wants={"Organization.name": "read:org"})
    query = '{ organization(login: "acme") { name } }'

    with pytest.raises(GithubException) as refused:
        client(github, "outside").get_repo("acme/shop")
    (protected,) = ask(github, query, "outside")["errors"]
    (narrow,) = ask(github, query, "public")["errors"]

    assert "SAML enforcement" in refused.value.data["message"]
    assert protected["extensions"] == {"saml_failure": True}
    assert narrow["type"] == "INSUFFICIENT_SCOPES"
    assert client(github, "public").requester.requestJsonAndCheck("GET", "/user")[0][
        "x-oauth-scopes"
    ] == "repo"  # fmt: skip


def test_git_clones_the_commits_that_the_api_tells(github, tmp_path):
    shop = github.repository("acme/shop")
    pull = shop.pull(commits=2)
    pull.merge("merge")
    shop.tag("v1", is_annotated=True)
    shop.commit(files={"CODEOWNERS": "* @acme/team", "docs/one.md": "1", "docs.md": "2"})

    done = git("clone", "--quiet", f"{with_token(github)}/acme/shop.git", tmp_path / "clone")

    assert done.stderr == ""
    told = git("-C", tmp_path / "clone", "rev-list", "HEAD").stdout.split()
    assert {*told} == {one.oid for one in shop.objects.reachable(shop.head)}
    assert (tmp_path / "clone" / "docs" / "one.md").read_text() == "1"
    assert git("-C", tmp_path / "clone", "rev-parse", "v1^{commit}").stdout.strip() == told[1]
    assert git("-C", tmp_path / "clone", "fsck", "--strict").returncode == 0


def test_git_clones_without_trees_and_fetches_what_is_new(github, tmp_path):
    shop = github.repository("acme/shop")
    at = f"{with_token(github)}/acme/shop.git"
    assert git("clone", "--bare", "--filter=tree:0", at, tmp_path / "clone").returncode == 0

    sha = shop.commit()

    told = git("-C", tmp_path / "clone", "fetch", "origin", "+refs/heads/*:refs/heads/*")
    assert told.returncode == 0, told.stderr
    assert git("-C", tmp_path / "clone", "rev-parse", "main").stdout.strip() == sha


def test_git_without_a_good_token_is_refused(github, tmp_path):
    github.repository("acme/shop")

    told = git("clone", f"{with_token(github, 'wrong')}/acme/shop.git", tmp_path / "clone")

    assert told.returncode
    assert {call.status for call in github.calls} == {401}


def test_a_real_repository_can_be_taken_over(github, tmp_path):
    git("init", "--quiet", "--initial-branch=main", tmp_path / "real")
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    git("-C", tmp_path / "real", *who, "commit", "--allow-empty", "--message", "one")
    shop = github.repository("acme/shop")

    shop.adopt(tmp_path / "real")

    assert shop.head == git("-C", tmp_path / "real", "rev-parse", "HEAD").stdout.strip()
    assert shop.commit_of(shop.head).message == "one\n"


def test_an_app_gets_tokens_that_see_its_organisation_alone(github):
    github.repository("acme/shop")
    github.repository("other/shop")
    github.state.app = App(12, {"acme": 34})
    auth = Auth.AppAuth(12, private_key())

    integration = GithubIntegration(base_url=github.api_url, auth=auth)
    installation = integration.get_org_installation("acme")
    found = installation.get_github_for_installation()

    assert [one.full_name for one in installation.get_repos()] == ["acme/shop"]
    with pytest.raises(UnknownObjectException):
        found.get_repo("other/shop")


def test_an_older_server_knows_no_issue_types():
    with FakeGitHub(is_newest=False) as github:
        github.repository("acme/shop").issue()
        query = """{ repository(owner: "acme", name: "shop") {
            issues(first: 1) { nodes { issueType { name } } } } }"""
        (error,) = ask(github, query)["errors"]

    assert error["extensions"]["code"] == "undefinedField"
    assert error["message"] == "Field 'issueType' doesn't exist on type 'Issue'"


def test_an_id_too_large_for_graphql_is_null_there_and_told_by_rest(github):
    shop = github.repository("acme/shop")
    deployment = shop.deploy()
    deployment.database_id = 3_000_000_000
    query = """{ repository(owner: "acme", name: "shop") {
        deployments(first: 1) { nodes { databaseId } } } }"""

    assert ask(github, query)["data"]["repository"]["deployments"]["nodes"] == [
        {"databaseId": None}
    ]
    assert [one.id for one in client(github).get_repo("acme/shop").get_deployments()] == [3 * 10**9]


def test_things_are_found_by_their_node_ids(github):
    shop = github.repository("acme/shop")
    deployment, release = shop.deploy(state="queued"), shop.release("v1")
    release.delete()

    told = ask(
        github,
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Deployment { state } } }",
        ids=[deployment.id, release.id],
    )

    assert told["data"]["nodes"] == [{"state": "QUEUED"}, None]
    assert [error["type"] for error in told["errors"]] == ["NOT_FOUND"]


def test_runs_are_filtered_and_paged_newest_first(github):
    shop = github.repository("acme/shop")
    for day in range(1, 6):
        github.at(f"2025-03-0{day} 09:00")
        shop.run(
            "Deploy", "failure" if day == 3 else "success", branch="main" if day > 1 else "old"
        )

    found = client(github, per_page=2).get_repo("acme/shop")

    assert [run.run_number for run in found.get_workflow_runs()] == [5, 4, 3, 2, 1]
    assert found.get_workflow_runs(branch="old").totalCount == 1
    assert [run.run_number for run in found.get_workflow_runs(status="failure")] == [3]
    within = found.get_workflow_runs(created="2025-03-02..2025-03-04T09:00:00Z")
    assert [run.run_number for run in within] == [4, 3, 2]


def test_calls_are_counted_by_operation(github):
    github.repository("acme/shop")
    ask(github, PULLS)
    ask(github, PULLS)
    client(github).get_repo("acme/shop")

    assert github.count("Pulls") == 2
    assert github.count(path="/repos/") == 1
    assert [call.operation for call in github.calls] == ["Pulls", "Pulls", ""]


def test_the_clock_dates_everything(github):
    github.repository("acme/shop")
    github.at("2025-03-09 12:00")

    headers, _ = client(github).requester.requestJsonAndCheck("GET", "/repos/acme/shop")

    assert headers["date"] == "Sun, 09 Mar 2025 12:00:00 GMT"


def test_the_addresses_of_the_cloud_answer_too(github):
    github.repository("acme/shop")
    found = Github(base_url=github.url, auth=Auth.Token(github.token), seconds_between_requests=0)

    assert found.get_repo("acme/shop").full_name == "acme/shop"
    _, told = found.requester.graphql_query("{ viewer { login } }", {})
    assert told["data"] == {"viewer": {"login": "reader"}}

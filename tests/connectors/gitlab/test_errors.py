"""What goes wrong, and what is said and done about it."""

import logging
import socket

import pytest

from connectors import SourceMisconfigured, SourceUnavailable
from connectors.gitlab import connect
from tests.connectors.gitlab.collecting import Landed, api, collect
from tests.hosts.gitlab_server import TOKEN, Token
from tests.hosts.serving import Answer, Server


def error_of(gitlab, **told):
    landed = collect(gitlab, entities=("changes",), **told)
    assert landed.records == {}
    return landed.failures[0].error


def test_a_wrong_token_says_which_token_to_make(gitlab, shop):
    error = error_of(gitlab, token="wrong")

    assert isinstance(error, SourceMisconfigured)
    assert "read_api and read_repository" in str(error)
    assert len(gitlab.calls) == 1


def test_a_revoked_token_and_one_without_scopes_are_told(gitlab, shop):
    gitlab.tokens[TOKEN] = Token(is_revoked=True)
    assert "revoked" in str(error_of(gitlab))
    gitlab.tokens[TOKEN] = Token(scopes=("read_repository",))
    assert "lacks scopes" in str(error_of(gitlab))


def test_a_missing_scope_is_named(gitlab, shop):
    gitlab.tokens[TOKEN] = Token(scopes=("read_repository",))

    landed = collect(gitlab, repositories=("acme/*",), entities=("repositories",))
    error = landed.failures[0].error

    assert "lacks a scope (insufficient_scope)" in str(error)


def test_a_role_that_is_too_low_is_told_and_a_switched_off_feature_is_not(gitlab, shop):
    shop.deploy()
    refused = Answer(403, {"message": "403 Forbidden"})
    gitlab.before = lambda request: refused if request.path.endswith("/deployments") else None

    landed = collect(gitlab, entities=("deployments",))

    assert "the role Reporter" in str(landed.failures[0].error)
    shop.off |= {"builds_access_level"}
    assert collect(gitlab, entities=("deployments",)).failures == []


def after(times, answer, path="/merge_requests"):
    left = [answer] * times

    def before(request):
        return left.pop() if left and request.path.endswith(path) else None

    return before


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, {"message": "500"}),
        Answer(502, b"<html>"),
        Answer(503, {"message": "503"}),
        Answer(200, b"[{"),
        Answer(200, {"message": "no list"}),
        Answer(200, [], {"X-Next-Page": "2"}),
        Answer(409, {"message": "409 Conflict: Resource lock"}),
        Answer(send=lambda handler: handler.cut()),
    ],
)
def test_what_passes_is_tried_again(gitlab, shop, answer):
    shop.merge_request()
    slept = []
    gitlab.before = after(3, answer)

    landed = collect(gitlab, entities=("changes",), sleep=slept.append)

    assert landed.failures == []
    assert len(landed.of("changes")) == 1
    assert slept == [1, 2, 4]


def test_what_does_not_pass_is_given_up_with_its_reason(gitlab, shop):
    gitlab.before = after(99, Answer(502, b""))

    error = collect(gitlab, entities=("changes",)).failures[0].error

    assert isinstance(error, SourceUnavailable)
    assert "it answered 502" in str(error)


def test_too_many_requests_wait_as_long_as_gitlab_says(gitlab, shop):
    shop.merge_request()
    said, slept = [], []
    gitlab.before = after(2, Answer(429, {"message": "Retry later"}, {"Retry-After": "42"}))

    landed = collect(gitlab, entities=("changes",), sleep=slept.append, say=said.append)

    assert len(landed.of("changes")) == 1
    assert slept[0] == 42
    assert "42 s" in said[0]


def test_the_reset_of_the_quota_is_read_by_gitlabs_own_clock(gitlab, shop):
    shop.merge_request()
    gitlab.limit = (10, 2)
    slept = []

    # Of ten, two are left, and two are the reserve.
    landed = collect(gitlab, entities=("changes",), reserve=0.2, sleep=slept.append)

    assert len(landed.of("changes")) == 1
    assert slept
    assert all(29 < seconds <= 30 for seconds in slept)


def test_errors_of_graphql_are_told_or_tried_again(gitlab, shop):
    shop.merge_request()
    wrong = Answer(200, {"errors": [{"message": "Internal server error"}]})
    gitlab.before = after(2, wrong, "/graphql")
    assert collect(gitlab, entities=("changes",)).failures == []

    wrong = Answer(200, {"data": None, "errors": [{"message": "Field 'x' doesn't exist"}]})
    gitlab.before = after(1, wrong, "/graphql")
    error = collect(gitlab, entities=("changes",)).failures[0].error
    assert "Field 'x' doesn't exist" in str(error)


def test_a_host_that_is_not_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    reader = connect(
        url=f"http://127.0.0.1:{port}", token="t", repositories=("a/b",), sleep=lambda s: None
    )

    with pytest.raises(SourceUnavailable, match="the connection failed or broke"):
        list(reader.repositories())


def test_tokens_do_not_go_along_to_another_host(gitlab, shop):
    got = []

    def elsewhere(request):
        got.append(request.headers)
        return Answer(200, [])

    with Server(elsewhere) as other:
        there = other.url.replace("127.0.0.1", "localhost") + "/api/v4/x"
        gitlab.before = after(1, Answer(302, b"", {"Location": there}), "/deployments")
        collect(gitlab, entities=("deployments",))

    assert len(got) == 1
    assert TOKEN not in str(got)


def test_a_project_that_another_answers_for_is_refused(gitlab, shop):
    shop.merge_request()["project_id"] = 999

    assert "belongs to project 999" in str(error_of(gitlab))


def test_a_project_renamed_in_the_middle_is_read_at_the_next_refresh(gitlab, shop):
    shop.merge_request()

    def before(request):
        if request.path.endswith("/merge_requests"):
            shop.path = "acme/store"

    gitlab.before = before
    landed = collect(gitlab, entities=("repositories", "changes"))
    assert "moved" in str(landed.failures[0].error)
    shop.former.append("acme/shop")

    collect(gitlab, landed, entities=("repositories", "changes"))

    assert landed.failures == []
    assert len(landed.of("changes")) == 1


def test_tokens_are_told_nowhere(gitlab, shop, caplog):
    caplog.set_level(logging.DEBUG)
    shop.merge(shop.merge_request())
    shop.deploy()
    echo = Answer(400, {"message": f"what is {TOKEN}?"})
    gitlab.before = after(1, echo, "/releases")
    said = []

    landed = collect(gitlab, say=said.append)
    reader = api(gitlab)
    accesses = list(reader.access())

    everything = [landed.records, landed.cursors, said, accesses, repr(reader), caplog.text]
    errors = [repr(one) + str(one.error) + repr(one.error.__cause__) for one in landed.failures]
    assert "***" in errors[0]
    assert TOKEN not in str(everything + errors)


@pytest.mark.parametrize("entity", ["changes", "deployments", "runs", "issues", "releases"])
def test_a_server_that_repeats_its_pages_is_noticed(gitlab, shop, entity):
    for number in range(250):
        gitlab.state.wait(hours=1)
        shop.merge_request()
        shop.deploy()
        shop.pipeline("deploy")
        shop.issue()
        shop.release(f"v{number}")
    pages = {"changes": "merge_requests", "runs": "pipelines"}.get(entity, entity)

    def before(request):
        if request.path.endswith(f"/{pages}") and "page=" in request.target:
            whole = getattr(shop, pages)[::-1][:100]
            shown = [{k: v for k, v in one.items() if k[0] != "_"} for one in whole]
            return Answer(200, shown, {"X-Next-Page": "2", "X-Total": "250"})
        return None

    gitlab.before = before
    landed = collect(gitlab, entities=(entity,), runs=("deploy",))

    assert "the server" in str(landed.failures[0].error)
    assert len(gitlab.calls) < 30
    gitlab.before = lambda request: None
    # What was read is kept, and the next refresh reads the rest.
    collect(gitlab, landed, entities=(entity,), runs=("deploy",))
    if entity != "issues":
        assert len(landed.of(entity)) == 250


def test_a_server_that_says_more_for_ever_is_noticed(gitlab, shop):
    shop.deploy()
    gitlab.before = lambda request: (
        Answer(200, [], {"X-Next-Page": "7"}) if request.path.endswith("/deployments") else None
    )

    landed = collect(gitlab, entities=("deployments",))

    assert "says that there is more, and sends nothing" in str(landed.failures[0].error)


@pytest.mark.parametrize("amount", [50, 250])
def test_a_server_that_skips_is_noticed_once(gitlab, shop, amount):
    for _ in range(amount):
        gitlab.state.wait(hours=1)
        shop.deploy()
    hidden = shop.deployments[30]["id"]

    def before(request):
        if not request.path.endswith("/deployments"):
            return None
        answer = gitlab.answer(request, {})
        answer.body = [one for one in answer.body if one["id"] != hidden]
        return answer

    gitlab.before = before
    landed = collect(gitlab, entities=("deployments",))
    assert f"there are {amount} and sent {amount - 1}" in str(landed.failures[0].error)

    # Once more, and then it is taken as it is: the token may not see it.
    collect(gitlab, landed, entities=("deployments",))
    assert len(landed.failures) == 1
    collect(gitlab, landed, entities=("deployments",))
    assert landed.failures == []


def test_what_changes_or_vanishes_during_a_walk_is_no_skip(gitlab, shop):
    made = []
    for _ in range(350):
        gitlab.state.wait(minutes=1)
        made.append(shop.deploy(deployable=None, status="running"))

    def before(request):
        if request.path.endswith("/deployments") and made:
            gitlab.state.wait(seconds=1)
            shop.touch(made.pop(0), status="success")
            shop.deployments.remove(made.pop(50))

    gitlab.before = before
    landed = collect(gitlab, entities=("deployments",))
    assert landed.failures == []
    gitlab.before = lambda request: None
    gitlab.state.wait(days=1)
    collect(gitlab, landed, entities=("deployments",))
    whole = collect(gitlab, Landed(), entities=("deployments",))

    # What vanished after it was read stays.
    assert whole.records.items() <= landed.records.items()


def test_another_page_than_was_asked_for_is_asked_for_again(gitlab, shop):
    shop.deploy()
    gitlab.before = after(1, Answer(200, [], {"X-Page": "2"}), "/deployments")

    assert len(collect(gitlab, entities=("deployments",)).of("deployments")) == 1


def test_pages_of_projects_that_repeat_lose_nothing(gitlab):
    for number in range(150):
        gitlab.state.project(f"acme/p{number}")
    landed = collect(gitlab, repositories=("acme/*",), entities=("repositories",))

    def before(request):
        if request.path.endswith("/projects") and request.query.get("page") == "2":
            target = request.target.replace("page=2", "page=1")
            answer = gitlab.answer(type(request)("GET", target, request.headers), {})
            del answer.headers["X-Page"]
            return answer
        return None

    gitlab.before = before
    collect(gitlab, landed, repositories=("acme/*",), entities=("repositories",))

    assert "repeat" in str(landed.failures[0].error)
    assert not any("is_gone" in one for one in landed.records.values())

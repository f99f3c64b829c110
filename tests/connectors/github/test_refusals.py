"""Limits that are waited for, and refusals that say what to mend."""

import pytest

from connectors import SourceMisconfigured, SourceUnavailable
from connectors.github.judging import Judge, forbidden, limit
from connectors.github.troubles import Broken
from tests.hosts.fault_answers import Fault
from tests.hosts.faults import FaultProxy
from tests.hosts.serving import Answer


def first(github, answer, times=1):
    """Let the first calls be answered otherwise."""
    serve, left = github.answer, [answer] * times

    def told(request):
        return left.pop() if left else serve(request)

    github.answer = told


def test_the_reserve_is_left_to_others(github, shop, site):
    github.quota.limits["graphql"] = 20
    for number in range(300):
        shop.pull(f"Change {number}")
    began = github.now

    site.refresh("changes", reserve=0.5)

    assert len(site.of("changes")) == 300
    assert (github.now - began).total_seconds() >= 3600
    assert "for the reserve" in site.said[0]
    used = [window.used for window in github.quota.windows.values()]
    assert max(used) <= 14


def test_a_quota_that_is_spent_is_waited_for_until_it_begins_anew(github, shop, site):
    github.quota.limits["graphql"] = 4
    for number in range(120):
        shop.pull(f"Change {number}")

    site.refresh("changes")

    assert len(site.of("changes")) == 120
    assert site.errors() == []


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(403, {"message": "You have exceeded a secondary rate limit."}), 60),
        (Answer(403, {"message": "Slow down"}, {"Retry-After": "17"}), 17),
        (Answer(429, {"message": "Too many"}, {"Retry-After": "23"}), 23),
        (Answer(429, {"message": "Too many"}), 60),
        (Answer(200, {"errors": [{"message": "You have exceeded a secondary rate limit"}]}), 60),
    ],
)
def test_a_secondary_limit_is_waited_for_as_long_as_github_says(
    github, shop, site, answer, seconds
):
    shop.pull("Baskets")
    first(github, answer)
    began = github.now

    site.refresh("changes")

    assert list(site.of("changes")) == ["1"]
    assert (github.now - began).total_seconds() == seconds
    assert "limit on calls is reached" in site.said[0]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(502, b"<html>Bad gateway</html>"),
        Answer(200, b'{"data": {"reposit'),
        Answer(200, b""),
        Answer(200, b"<html>Welcome to the hotel</html>"),
        Answer(200, {"data": None}),
        Answer(200, {"data": {"repositoryOwner": {"repositories": {}}}}),
        Answer(200, {"errors": [{"message": "Something went wrong while executing your query."}]}),
        Answer(200, []),
    ],
)
def test_what_passes_is_tried_again(github, shop, site, answer):
    shop.pull("Baskets")
    first(github, answer, times=3)

    site.refresh("changes")

    assert list(site.of("changes")) == ["1"]


def test_what_does_not_pass_is_given_up_with_a_reason(github, site):
    first(github, Answer(503, b""), times=100)

    with pytest.raises(SourceUnavailable, match="it answered 503, again and again"):
        site.refresh("changes")


def test_an_answer_about_another_repository_is_not_believed(github, shop, site):
    other = github.repository("acme/other")
    for number in range(3):
        shop.pull(f"Shop {number}")
    other.pull("Other")
    serve, wrong = github.answer, []

    def answer(request):
        if b"query Changes" in request.body and b'"name": "shop"' in request.body and not wrong:
            wrong.append(True)
            body = request.body.replace(b'"name": "shop"', b'"name": "other"')
            return serve(type(request)(request.method, request.target, request.headers, body))
        return serve(request)

    github.answer = answer
    site.refresh("changes")

    assert wrong
    assert {one["title"] for one in site.of("changes").values()} == {"Shop 0", "Shop 1", "Shop 2"}


def test_errors_beside_the_data_are_not_taken_for_the_whole(github, shop, site):
    shop.pull("Baskets")
    serve = github.answer

    def answer(request):
        found = serve(request)
        if b"query Changes" in request.body:
            error = {"type": "FORBIDDEN", "path": ["repository", "pullRequests"], "message": "No"}
            found.body["errors"] = [error]
        return found

    github.answer = answer
    site.refresh("changes")

    assert site.of("changes") == {}
    assert "lacks a permission, Pull requests: read" in site.errors()[0]


@pytest.fixture
def months(github, shop, site):
    for number in range(250):
        github.sleep(60)
        shop.pull(f"Change {number}")
        shop.issue("Down", labels=["incident"])
        shop.run("Deploy")
    site.settings |= {"runs": ["Deploy"], "incident_labels": ["incident"]}
    return site


@pytest.mark.parametrize("entity", ["changes", "issues"])
def test_a_page_that_comes_twice_loses_and_doubles_nothing(github, months, entity):
    with FaultProxy(github.url, [Fault.PASS, Fault.PASS, *[Fault.REPEATED_PAGE] * 40]) as proxy:
        months.refresh(entity, url=proxy.url)

    assert months.errors() == []
    assert len(months.of(entity)) == 250


@pytest.mark.parametrize("entity", ["changes", "issues"])
def test_a_server_that_says_more_for_ever_is_given_up_and_nothing_is_lost(github, months, entity):
    with FaultProxy(github.url, [Fault.PASS, Fault.PASS, *[Fault.EMPTY_PAGE] * 40]) as proxy:
        months.refresh(entity, url=proxy.url)
        assert len(months.errors()) == 1
    months.refresh(entity)

    assert months.errors() == []
    assert len(months.of(entity)) == 250


@pytest.mark.parametrize("is_repeated", [True, False])
def test_runs_that_come_twice_or_short_are_noticed(github, months, is_repeated):
    serve, pages = github.answer, []

    def answer(request):
        found = serve(request)
        if request.path.endswith("/actions/runs"):
            pages.append(found)
            if len(pages) > 1:
                short = {"total_count": 250, "workflow_runs": []}
                return pages[0] if is_repeated else Answer(200, short, {})
        return found

    github.answer = answer
    months.refresh("runs")
    (error,) = months.errors()
    assert "repeats a page" in error if is_repeated else "sent 100" in error
    github.answer = serve
    months.refresh("runs")

    assert months.errors() == []
    assert len(months.of("runs")) == 250


def test_a_scope_that_graphql_misses_is_named(github, shop, site):
    shop.pull("Baskets")
    token = github.tokens[github.token]
    token.scopes, token.wants = ("public_repo",), {"Repository.pullRequests": "repo"}
    shop.is_private = False

    site.refresh("changes")

    assert "requires one of the following scopes: ['repo']" in site.errors()[0]


def test_a_permission_that_rest_misses_is_named(github, shop, site):
    shop.run("Deploy")
    github.tokens[github.token].denied = frozenset({"actions"})

    site.refresh("runs", runs=["Deploy"])

    assert "the token lacks a permission: actions: read" in site.errors()[0]


def test_a_scope_that_rest_misses_is_named():
    headers = {"x-accepted-oauth-scopes": "repo", "x-oauth-scopes": "gist, read:org"}

    assert forbidden(headers, "") == (
        "the token lacks the scope repo; it has gist, read:org. Add it in the token's settings"
    )


def test_a_limit_is_told_from_a_refusal():
    assert limit({}, "Resource not accessible by integration") is None
    reset = {"date": "Mon, 03 Mar 2025 09:00:00 GMT", "x-ratelimit-reset": "1740994200"}
    assert limit({"x-ratelimit-remaining": "0", **reset}, "Forbidden") == 1800
    assert limit({"retry-after": "Mon, 03 Mar 2025"}, "") == 60


def test_errors_that_are_none_of_githubs_doing_are_raised_as_they_are():
    judge = Judge("github.com", "the token")

    assert judge(ZeroDivisionError(), "x") is None
    assert judge(Broken("half of it"), "x").why == "half of it"
    assert isinstance(judge(RuntimeError("redirected"), "x"), SourceMisconfigured)

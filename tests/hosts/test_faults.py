"""The proxy goes wrong as it is told to, and the client sees what it would see."""

import pytest
import requests

from tests.hosts.fault_answers import Fault
from tests.hosts.faults import FaultProxy, RandomFaults
from tests.hosts.github_server import FakeGitHub

WHO = {"Authorization": f"Bearer {FakeGitHub.token}"}
QUERY = """query Pulls($after: String) { repository(owner: "acme", name: "shop") {
  pullRequests(first: 1, after: $after) {
    nodes { number } pageInfo { hasNextPage endCursor } } } }"""


@pytest.fixture
def github():
    with FakeGitHub("2025-03-03 09:00") as served:
        shop = served.repository("acme/shop")
        for _ in range(3):
            shop.pull()
        yield served


def get(proxy, path="/api/v3/repos/acme/shop", **told):
    with requests.Session() as session:
        return session.get(proxy.url + path, headers=WHO, timeout=5, **told)


def ask(proxy, after=None):
    told = {"query": QUERY, "variables": {"after": after}}
    with requests.Session() as session:
        body = session.post(f"{proxy.url}/api/graphql", headers=WHO, json=told, timeout=5).json()
    return body["data"]["repository"]["pullRequests"]


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Fault.TOO_MANY, 429, ("Retry-After", "2")),
        (Fault.SECONDARY, 403, ("Retry-After", "60")),
        (Fault.SPENT, 403, ("X-RateLimit-Reset", "1740992460")),
        (Fault.BAD_GATEWAY, 502, ("Content-Type", "text/html")),
        (Fault.UNAVAILABLE, 503, ("Date", "Mon, 03 Mar 2025 09:00:00 GMT")),
        (Fault.SKEWED, 200, ("Date", "Mon, 03 Mar 2025 14:00:00 GMT")),
    ],
)
def test_a_fault_is_answered_once_and_then_all_is_well(github, fault, status, header):
    with FaultProxy(github.url, [fault], clock=github.clock) as proxy:
        wrong, right = get(proxy), get(proxy)

    assert (wrong.status_code, wrong.headers[header[0]]) == (status, header[1])
    assert (right.status_code, right.json()["full_name"]) == (200, "acme/shop")
    assert proxy.counts == {fault: 1, Fault.PASS: 1}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.CLOSE, requests.ConnectionError),
        (Fault.RESET, requests.ConnectionError),
        (Fault.HALF, requests.exceptions.ChunkedEncodingError),
        (Fault.CUT_CHUNKS, requests.exceptions.ChunkedEncodingError),
        (Fault.NOT_JSON, requests.exceptions.JSONDecodeError),
    ],
)
def test_an_answer_that_breaks_off_is_an_error_of_the_client(github, fault, error):
    with FaultProxy(github.url, [fault]) as proxy, pytest.raises(error):
        get(proxy).json()


def test_a_hang_lasts_until_the_client_has_enough(github):
    with FaultProxy(github.url, [Fault.HANG]) as proxy:
        with pytest.raises(requests.ReadTimeout), requests.Session() as session:
            session.get(proxy.url, timeout=0.05)
        assert get(proxy).status_code == 200


@pytest.mark.parametrize("fault", [Fault.GRAPHQL_RATE_LIMITED, Fault.GRAPHQL_INTERNAL])
def test_graphql_fails_with_200_and_rest_is_left_alone(github, fault):
    with FaultProxy(github.url, [fault, fault]) as proxy:
        assert get(proxy).status_code == 200
        with pytest.raises(KeyError):
            ask(proxy)


def test_a_repeated_page_is_the_answer_to_the_page_before(github):
    with FaultProxy(github.url, [Fault.PASS, Fault.REPEATED_PAGE]) as proxy:
        first = ask(proxy)
        again = ask(proxy, first["pageInfo"]["endCursor"])
        second = ask(proxy, first["pageInfo"]["endCursor"])

    assert again == first
    assert [node["number"] for node in second["nodes"]] == [2]


def test_an_empty_page_says_that_there_is_more(github):
    with FaultProxy(github.url, [Fault.EMPTY_PAGE, Fault.EMPTY_PAGE]) as proxy:
        told = ask(proxy)
        listed = get(proxy, "/api/v3/repos/acme/shop/pulls?page=1")

    assert (told["nodes"], told["pageInfo"]["hasNextPage"]) == ([], True)
    assert listed.json() == []
    assert listed.links["next"]["url"] == f"{proxy.url}/api/v3/repos/acme/shop/pulls?page=2"


def test_a_request_can_arrive_twice(github):
    with FaultProxy(github.url, [Fault.TWICE]) as proxy:
        assert get(proxy).status_code == 200

    assert len(github.calls) == 2


def test_links_lead_back_through_the_proxy(github):
    with FaultProxy(github.url) as proxy:
        listed = get(proxy, "/api/v3/repos/acme/shop/pulls?per_page=1")
        github.repository("acme/shop").rename("acme/store")
        moved = get(proxy, allow_redirects=False)

    assert listed.links["next"]["url"].startswith(proxy.url)
    assert moved.headers["Location"].startswith(proxy.url)


def test_chance_is_the_same_for_one_seed_and_lets_a_patient_client_through(github):
    def outcomes(seed):
        faults = (Fault.UNAVAILABLE, Fault.TOO_MANY)
        schedule = RandomFaults(seed, share=0.9, most=3, faults=faults)
        with FaultProxy(github.url, schedule) as proxy:
            return [get(proxy).status_code for _ in range(20)]

    first = outcomes(1)

    assert first == outcomes(1)
    assert first != outcomes(2)
    assert all(200 in first[start : start + 4] for start in range(17))


def test_faults_end_when_they_are_stopped(github):
    with FaultProxy(github.url, RandomFaults(1, share=1, most=10**9)) as proxy:
        proxy.stop_faults()
        assert [get(proxy).status_code for _ in range(5)] == [200] * 5

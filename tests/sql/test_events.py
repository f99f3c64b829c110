"""Events that were pushed: what they make, in whatever order and however often they come."""

import itertools
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.events import hooked, organisation, posted
from tests.sql.hosts import CodeHost

SHA = "a" * 40
TABLES = ("facts.deployments", "facts.incidents", "facts.failed_deployments", "marts.metrics")
SHOP = {"name": "shop", "repository": "acme/shop", "deployments": {"source": "events"}}


def rows(con, query):
    return con.sql(query).fetchall()


def test_a_deployment_told_when_it_starts_and_when_it_ends_is_one(tmp_path):
    pushed = [
        *posted("deployment", id="d1", service="shop", sha=SHA, status="started",
                started_at="2 09:00"),
        *posted("deployment", id="d1", service="shop", sha=SHA, finished_at="2 09:10"),
    ]  # fmt: skip

    with organisation(tmp_path, {"events": [pushed]}) as con:
        found = rows(
            con,
            "select deployment_id, service, status, strftime(started_at, '%H:%M'), "
            "strftime(finished_at, '%H:%M'), is_production from facts.deployments",
        )

    assert found == [("d1", "shop", "success", "09:00", "09:10", True)]


def test_one_that_only_began_is_in_progress_and_a_failure_is_none_if_a_success_came(tmp_path):
    pushed = [
        *posted("deployment", id="d1", service="shop", status="started", started_at="2 09:00"),
        *posted("deployment", id="d2", service="shop", status="failure", finished_at="3 09:00"),
        *posted("deployment", id="d2", service="shop", status="success", finished_at="3 10:00"),
    ]

    with organisation(tmp_path, {"events": [pushed]}) as con:
        found = rows(con, "select deployment_id, status from facts.deployments order by 1")

    assert found == [("d1", "in_progress"), ("d2", "success")]


def test_an_incident_ends_unless_it_was_opened_again(tmp_path):
    pushed = [
        *posted("incident", id="i1", service="shop", title="Slow", started_at="2 10:00"),
        *posted("incident", id="i1", service="shop", title="Slow", started_at="2 10:00",
                resolved_at="2 11:00"),
        *posted("incident", id="i2", service="shop", title="Down", started_at="3 10:00"),
        *posted("deployment", id="d1", service="shop", finished_at="2 09:00"),
    ]  # fmt: skip

    with organisation(tmp_path, {"events": [pushed]}) as con:
        found = rows(
            con,
            "select incident_id, service, strftime(resolved_at, '%H:%M') from facts.incidents "
            "order by 1",
        )

    assert found == [("i1", "shop", "11:00"), ("i2", "shop", None)]


def test_a_rollback_goes_back_to_what_it_names(tmp_path):
    pushed = [
        *posted("deployment", id="d1", service="shop", version="1.0", finished_at="2 09:00"),
        *posted("deployment", id="d2", service="shop", version="1.1", finished_at="3 09:00"),
        *posted("rollback", id="d3", service="shop", version="1.0", finished_at="3 10:00",
                rolls_back_to="1.0"),
    ]  # fmt: skip

    with organisation(tmp_path, {"events": [pushed]}) as con:
        found = rows(
            con,
            "select deployment_id, is_rollback from facts.deployments order by deployment_id",
        )
        failed = rows(con, "select deployment_id, why, recovered_by from facts.failed_deployments")

    assert found == [("d1", False), ("d2", False), ("d3", True)]
    assert failed == [("d2", "rollback", "rollback")]


def test_what_the_api_says_of_a_deployment_wins_over_its_webhook(tmp_path):
    host = CodeHost()
    host.repository("acme/shop")
    host.deployment("acme/shop", 7, "success 2 09:10", sha=SHA)
    pushed = [*hooked(7, "failure", "2 09:05"), *hooked(8, "success", "3 09:00")]
    shop = {**SHOP, "deployments": {"source": "github"}}

    with organisation(tmp_path, {"github": [pushed]}, host, services=[shop]) as con:
        found = rows(con, "select deployment_id, status from facts.deployments order by 1")

    assert found == [("github.com/acme/shop/7", "success"), ("github.com/acme/shop/8", "success")]


def test_a_webhook_of_a_renamed_repository_finds_the_name_that_it_had_at_first(tmp_path):
    host = CodeHost()
    host.repository("acme/store", full_name="acme/shop", former_names="acme/store")
    shop = {**SHOP, "deployments": {"source": "github"}}
    pushed = hooked(8, "success", "3 09:00")

    with organisation(tmp_path, {"github": [pushed]}, host, services=[shop]) as con:
        found = rows(con, "select deployment_id, service from facts.deployments")

    assert found == [("github.com/acme/store/8", "shop")]


def test_one_told_by_ci_and_by_the_host_is_one_deployment_and_the_other_is_evidence(tmp_path):
    host = CodeHost()
    host.repository("acme/shop")
    host.deployment("acme/shop", 7, "success 2 09:10", sha=SHA)
    pushed = posted("deployment", id="ci-1", service="shop", sha=SHA, finished_at="2 09:12")

    with organisation(tmp_path, {"events": [pushed]}, host, services=[SHOP]) as con:
        counted = rows(con, "select deployment_id, source from facts.deployments")
        evidence = rows(
            con, "select deployment_id, source, evidence_id from facts.deployment_evidence"
        )

    assert counted == [("ci-1", "events")]
    assert evidence == [("ci-1", "github", "github.com/acme/shop/7")]


def test_events_of_no_service_are_listed_with_what_would_claim_them(tmp_path):
    pushed = posted("deployment", id="d1", service="basket", finished_at="2 09:00")

    with organisation(tmp_path, {"events": [pushed]}, services=[{"name": "shop"}]) as con:
        found = rows(
            con,
            "select subject, remedy from marts.data_quality "
            "where kind = 'deployments of no service'",
        )

    ((subject, remedy),) = found
    assert subject == "events: basket"
    assert "aliases: [basket]" in remedy


MONTH = list(
    itertools.chain.from_iterable(
        [
            *(
                posted("deployment", id=f"d{day}", service=("shop", "search")[day % 2], sha=SHA,
                       status=("failure" if day % 5 == 0 else "success"),
                       finished_at=f"{day} 09:00")
                + posted("deployment", id=f"d{day}", service=("shop", "search")[day % 2],
                         status="started", started_at=f"{day} 08:00")
                for day in range(2, 18)
            ),
            posted("incident", id="i1", service="shop", title="Slow", started_at="6 10:00"),
            posted("incident", id="i1", service="shop", title="Slower", started_at="6 10:00",
                   acknowledged_at="6 10:10"),
            posted("incident", id="i1", service="shop", title="Slowest", started_at="6 10:00",
                   resolved_at="6 12:00"),
            hooked(7, "in_progress", "9 09:00"),
            hooked(7, "success", "9 09:20"),
        ]
    )
)  # fmt: skip


def contents(folder, batches):
    with organisation(folder, {"events": batches}) as con:
        return {table: rows(con, f"from {table} order by all") for table in TABLES}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    found = contents(tmp_path_factory.mktemp("expected"), [MONTH])
    assert len(found["facts.deployments"]) == 17
    return found


@settings(max_examples=100 if os.environ.get("DRUMBEAT_TEST_ALL") else 6, deadline=None)
@given(order=st.permutations(MONTH), again=st.lists(st.sampled_from(MONTH)), cut=st.integers(0, 40))
def test_any_order_and_any_repetition_give_the_same_tables(expected, order, again, cut):
    told = [*order, *again]

    with TemporaryDirectory() as folder:
        found = contents(Path(folder), [told[:cut], told[cut:]])

    assert found == expected

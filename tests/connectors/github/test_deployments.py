"""Deployments as flat payloads, until they have ended."""

import pytest

from connectors.github.answers import database_id
from connectors.github.troubles import Broken
from tests.hosts.github_nodes import node_id


def test_a_deployment_tells_every_state_it_took_oldest_first(github, shop, site):
    deployment = shop.deploy("production", "in_progress", creator="deployer[bot]")
    github.at("2025-03-03 09:10")
    deployment.status("success")
    github.at("2025-03-04 09:00")
    deployment.status("inactive")

    site.refresh("deployments")

    assert list(site.of("deployments")) == [str(deployment.database_id)]
    assert site.the("deployments") == {
        "environment": "production",
        "sha": shop.head,
        "ref": "main",
        "task": "deploy",
        "author": "deployer[bot]",
        "is_bot": True,
        "created_at": "2025-03-03T09:00:00Z",
        "statuses": "in_progress@2025-03-03T09:00:00Z success@2025-03-03T09:10:00Z "
        "inactive@2025-03-04T09:00:00Z",
        "url": f"{github.url}/acme/shop/deployments/production",
    }


def test_a_late_end_is_seen_because_what_has_not_ended_is_asked_for_again(github, shop, site):
    late = shop.deploy("production", "in_progress")
    github.at("2025-03-03 12:00")
    shop.deploy("production", "success")
    site.refresh("deployments")

    github.at("2025-03-05 12:00")
    late.status("success")
    github.calls.clear()
    site.refresh("deployments")

    told = site.of("deployments")[str(late.database_id)]["statuses"]
    assert told.endswith("success@2025-03-05T12:00:00Z")
    assert github.count("DeploymentsAgain") == 1
    github.calls.clear()
    site.refresh("deployments")
    assert github.count("DeploymentsAgain") == 0


def test_after_fourteen_days_without_an_end_nothing_is_asked_any_more(github, shop, site):
    shop.deploy("production", "in_progress")
    site.refresh("deployments")
    github.at("2025-03-16 09:00")
    shop.deploy("staging", "success")
    site.refresh("deployments")
    assert site.cursors["deployments"]["acme/shop"]["open"]

    github.at("2025-03-18 09:00")
    site.refresh("deployments")
    github.calls.clear()
    site.refresh("deployments")

    assert not site.cursors["deployments"]["acme/shop"]["open"]
    assert github.count("DeploymentsAgain") == 0


def test_inactive_alone_ends_nothing(github, shop, site):
    shop.deploy("production", "inactive")

    site.refresh("deployments")

    assert site.cursors["deployments"]["acme/shop"]["open"]


def test_more_states_than_fit_are_paged_and_the_first_success_is_not_lost(github, shop, site):
    deployment = shop.deploy("production", "success")
    for minute in range(40):
        github.at(f"2025-03-03 10:{minute:02d}")
        deployment.status("in_progress")

    site.refresh("deployments")

    told = site.the("deployments")["statuses"].split()
    assert len(told) == 41
    assert told[0] == "success@2025-03-03T09:00:00Z"
    assert github.count("MoreStatuses") == 1


@pytest.mark.parametrize(
    ("id", "number"),
    [
        (node_id("DE", 1002, 3_000_000_000), "3000000000"),
        # A byte of the number looks like the mark of a shorter one.
        (node_id("DE", 1002, 0xB2D0CC00), str(0xB2D0CC00)),
        (node_id("DE", 1002, 30_000_000_000), "30000000000"),
        ("MDEwOkRlcGxveW1lbnQxMjM0NTY3ODkwMA==", "12345678900"),
    ],
)
def test_the_number_in_a_nodes_id_is_read(id, number):
    assert database_id({"databaseId": None, "id": id}) == number


def test_an_id_that_holds_no_number_is_refused():
    with pytest.raises(Broken):
        database_id({"databaseId": None, "id": "DE_nonsense"})


def test_an_id_beyond_graphqls_integers_is_read_from_the_nodes_own(github, shop, site):
    github.state.ids = iter(range(3_000_000_000, 3_000_000_100))
    deployment = shop.deploy("production", "success")

    site.refresh("deployments")

    assert deployment.database_id >= 3_000_000_000
    assert list(site.of("deployments")) == [str(deployment.database_id)]

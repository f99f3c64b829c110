"""Issues that are incidents, by label or type."""

import pytest

from tests.hosts.github_pulls import Event


@pytest.fixture
def incidents(site):
    site.settings |= {"incident_labels": ["incident", "outage"], "incident_types": ["Incident"]}
    return site


def test_issues_with_one_of_the_labels_or_types_land_and_no_others(github, shop, incidents):
    down = shop.issue("Checkout is down", labels=["outage", "sev1"], body="Since 1a2b3c4, see #9")
    shop.issue("Slow", type="Incident")
    shop.issue("Typo", labels=["docs"])
    shop.issue("Wish", type="Feature")
    github.at("2025-03-03 10:00")
    down.close()

    incidents.refresh("issues")

    assert incidents.of("issues") == {
        "1": {
            "number": 1,
            "title": "Checkout is down",
            "kind": "issue",
            "labels": "outage;sev1",
            "author": "ada",
            "is_bot": False,
            "state": "closed",
            "opened_at": "2025-03-03T09:00:00Z",
            "closed_at": "2025-03-03T10:00:00Z",
            "mentions": "1a2b3c4 #9",
            "url": f"{github.url}/acme/shop/issues/1",
        },
        "2": {
            "number": 2,
            "title": "Slow",
            "kind": "incident",
            "author": "ada",
            "is_bot": False,
            "state": "open",
            "opened_at": "2025-03-03T09:00:00Z",
            "url": f"{github.url}/acme/shop/issues/2",
        },
    }


def test_an_incident_is_acknowledged_when_someone_is_assigned(github, shop, incidents):
    issue = shop.issue("Down", labels=["incident"])
    github.at("2025-03-03 09:20")
    issue.events = [Event(shop, "AssignedEvent", "bo")]

    incidents.refresh("issues")

    assert incidents.the("issues")["acknowledged_at"] == "2025-03-03T09:20:00Z"


def test_a_server_without_types_is_asked_for_labels_alone(github, shop, incidents):
    github.is_newest = False
    shop.issue("Down", labels=["incident"])
    github.at("2025-03-04 10:00")

    incidents.refresh("issues")
    github.calls.clear()
    incidents.refresh("issues")

    assert list(incidents.of("issues")) == ["1"]
    assert incidents.errors() == []
    assert github.count("Issues") == 0


def test_a_label_that_comes_late_makes_an_incident(github, shop, incidents):
    issue = shop.issue("Odd")
    incidents.refresh("issues")
    assert incidents.of("issues") == {}

    github.at("2025-03-05 10:00")
    issue.label("incident")
    incidents.refresh("issues")

    assert list(incidents.of("issues")) == ["1"]


def test_a_label_that_is_taken_away_is_told(github, shop, incidents):
    issue = shop.issue("Odd", labels=["incident"])
    incidents.refresh("issues")

    github.at("2025-03-05 10:00")
    issue.label("question")
    incidents.refresh("issues")

    assert incidents.the("issues")["labels"] == "question"


def test_closed_and_reopened_is_open_again(github, shop, incidents):
    issue = shop.issue("Down", labels=["incident"])
    issue.close()
    incidents.refresh("issues")

    github.at("2025-03-05 10:00")
    issue.reopen()
    incidents.refresh("issues")

    assert incidents.the("issues")["state"] == "open"
    assert "closed_at" not in incidents.the("issues")


def test_another_configured_label_is_read_back_to_the_first_day(github, shop, incidents):
    shop.issue("Down", labels=["incident"])
    shop.issue("Fire", labels=["fire"])
    github.at("2025-03-05 10:00")
    incidents.refresh("issues")
    assert list(incidents.of("issues")) == ["1"]

    incidents.refresh("issues", incident_labels=["incident", "fire"])

    assert sorted(incidents.of("issues")) == ["1", "2"]


def test_many_incidents_are_paged_and_resumed_after_every_page(github, shop, incidents):
    for minute in range(250):
        github.at(f"2025-03-04 {minute // 60:02d}:{minute % 60:02d}")
        shop.issue(f"Down {minute}", labels=["incident"])
    github.at("2025-03-05 10:00")

    for _ in range(20):
        incidents.refresh("issues", stop=lambda count: count == 1)
    incidents.refresh("issues")

    assert len(incidents.of("issues")) == 250
    github.calls.clear()
    incidents.refresh("issues")
    assert github.count("Issues") == 0


def test_nothing_is_asked_where_no_label_and_no_type_is_configured(github, shop, site):
    shop.issue("Down", labels=["incident"])

    site.refresh("issues")

    assert github.count("Issues") == 0
    assert github.count("KnownTypes") == 0

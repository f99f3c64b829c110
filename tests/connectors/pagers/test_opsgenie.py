"""Opsgenie's incidents and alerts, as a made-up Opsgenie tells them."""

import pytest

from connectors.pagers import opsgenie
from tests.connectors.gitlab.collecting import Landed
from tests.connectors.pagers.collecting import QUICK, collect, incidents, only
from tests.connectors.pagers.conftest import SINCE
from tests.connectors.pagers.opsgenie_server import TOKEN, FakeOpsgenie


@pytest.fixture
def genie():
    with FakeOpsgenie() as made:
        yield made


def read(genie, landed=None, until=lambda: False, **told):
    asked = {"url": genie.url, "token": TOKEN, "since": SINCE, **QUICK, **told}
    api = opsgenie.connect(**asked)
    api.client.at = genie.now
    return collect(api, landed, until=until)


def test_an_incident_lands_with_the_names_of_its_services(genie):
    made = genie.incident(impactedServices=["S1", "S2"], tags=["eu"], message="Down: v1.2.3")
    genie.wait(minutes=30)
    genie.resolve(made)

    assert only(read(genie)) == {
        "incident_id": "i1", "number": 1, "title": "Down: v1.2.3", "services": "Checkout;Search",
        "service_ids": "S1;S2", "priority": "P1", "status": "resolved", "kind": "incident",
        "started_at": "2025-03-03T09:00:00Z", "resolved_at": "2025-03-03T09:30:00Z",
        "reopened_count": 0, "labels": "eu", "mentions": "v1.2.3",
    }  # fmt: skip


def test_an_alert_lands_with_the_times_of_its_report(genie):
    made = genie.alert(tags=["service:checkout"], priority="P5")
    genie.wait(minutes=10)
    genie.close(made, acknowledged_after=90)

    found = only(read(genie))
    assert found["acknowledged_at"] == "2025-03-03T09:01:30Z"
    assert found["resolved_at"] == "2025-03-03T09:10:00Z"
    assert (found["services"], found["kind"], found["priority"]) == ("checkout", "alert", "P5")


def test_what_ends_weeks_later_is_asked_for_again_and_little_else(genie):
    alert, incident = genie.alert(), genie.incident()
    landed = read(genie)
    genie.wait(days=60)
    genie.alert()
    genie.close(alert)
    genie.resolve(incident)
    genie.calls.clear()

    read(genie, landed)

    told = incidents(landed)
    assert told["a1"]["resolved_at"] == "2025-05-02T09:00:00Z"
    assert told["i1"]["resolved_at"] == "2025-05-02T09:00:00Z"
    assert len(genie.calls) <= 7


def test_a_reopened_incident_has_no_resolution(genie):
    made = genie.incident()
    genie.resolve(made)
    landed = read(genie)
    genie.wait(days=2)
    made |= {"status": "open"}

    assert "resolved_at" not in only(read(genie, landed))


def test_maintenance_is_flagged_by_its_tag(genie):
    genie.alert(tags=["Planned maintenance"])

    assert only(read(genie))["is_maintenance"] is True


def test_alerts_are_left_alone_where_only_incidents_are_to_be_read(genie):
    genie.alert()
    genie.incident()

    assert only(read(genie, read=("incidents",)))["kind"] == "incident"


def test_a_deleted_alert_becomes_a_tombstone(genie):
    genie.alert()
    landed = read(genie)
    genie.things["/v2/alerts"].clear()

    assert incidents(read(genie, landed)) == {}


def fill(genie, amount):
    for number in range(amount):
        genie.wait(minutes=number % 90)
        made = genie.alert(message=f"Alert {number}")
        if number % 30:
            genie.close(made)
        if number % 10 == 0:
            genie.resolve(genie.incident())


def test_more_alerts_than_opsgenie_pages_are_read_by_halves(genie, monkeypatch):
    monkeypatch.setattr(opsgenie, "MOST", 200)
    fill(genie, 900)

    landed = read(genie)

    assert landed.failures == []
    assert len(incidents(landed)) == 990


def test_a_killed_collection_goes_on_where_it_was(genie):
    fill(genie, 900)
    landed, kills = Landed(), iter(range(4))
    for _ in range(6):
        read(genie, landed, until=lambda: next(kills, None) is not None)

    assert landed.records == read(genie).records


def test_a_server_that_says_more_for_ever_is_noticed(genie):
    genie.incident()
    genie.is_endless = True

    failures = read(genie).failures

    assert [failure.scope for failure in failures] == ["incidents", "alerts"]
    assert all("for ever" in str(failure.error) for failure in failures)

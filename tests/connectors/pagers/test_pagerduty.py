"""PagerDuty's incidents and change events, as a made-up PagerDuty tells them."""

import json

import pytest

from connectors.errors import SourceMisconfigured
from connectors.pagers import Pager
from tests.connectors.gitlab.collecting import Landed
from tests.connectors.pagers.collecting import collect, incidents, only
from tests.connectors.pagers.pagerduty_server import TOKEN
from tests.hosts.serving import Answer


def test_an_incident_lands_with_its_course(pager, duty):
    made = pager.trigger(priority={"summary": "P1"}, teams=[{"summary": "Shop"}])
    pager.wait(minutes=3)
    pager.acknowledge(made)
    pager.wait(minutes=30)
    pager.resolve(made)

    assert only(collect(duty())) == {
        "incident_id": "P1", "number": 1, "title": "Checkout is down", "services": "Checkout",
        "service_ids": "SCHECKOUT", "urgency": "high", "priority": "P1", "status": "resolved",
        "started_at": "2025-03-03T09:00:00Z", "acknowledged_at": "2025-03-03T09:03:00Z",
        "resolved_at": "2025-03-03T09:33:00Z", "reopened_count": 0, "labels": "team:Shop",
        "url": "https://acme.pagerduty.invalid/incidents/P1",
    }  # fmt: skip


def test_the_first_acknowledgement_counts_though_the_incident_forgets_it(pager, duty):
    made = pager.trigger()
    for minutes in (2, 10, 10):
        pager.wait(minutes=minutes)
        pager.acknowledge(made)
    pager.resolve(made)
    assert made["acknowledgements"] == []

    assert only(collect(duty()))["acknowledged_at"] == "2025-03-03T09:02:00Z"


def test_an_open_incident_has_no_resolution(pager, duty):
    pager.trigger()

    assert "resolved_at" not in only(collect(duty()))


def test_an_incident_resolved_weeks_later_is_seen_by_one_more_refresh(pager, duty):
    made = pager.trigger()
    landed = collect(duty())
    for number in range(3):
        pager.wait(days=9)
        pager.trigger(f"Other {number}")
        collect(duty(), landed)
    pager.resolve(made)

    collect(duty(), landed)

    assert incidents(landed)["P1"]["resolved_at"] == "2025-03-30T09:00:00Z"


def test_a_reopened_incident_is_open_again_and_ends_with_its_last_resolution(pager, duty):
    made = pager.trigger()
    pager.wait(minutes=10)
    pager.resolve(made)
    landed = collect(duty())
    pager.wait(days=40)
    pager.reopen(made)
    found = only(collect(duty(), landed))
    assert (found["reopened_count"], found.get("resolved_at")) == (1, None)

    pager.wait(hours=1)
    pager.resolve(made)
    found = only(collect(duty(), landed))
    assert (found["reopened_count"], found["resolved_at"]) == (1, "2025-04-12T10:10:00Z")


def test_a_merged_incident_names_the_one_it_went_into(pager, duty):
    reason = {"type": "merge_resolve_reason", "incident": {"id": "P7"}}
    pager.resolve(pager.trigger(resolve_reason=reason))

    assert only(collect(duty()))["merged_into"] == "P7"


def test_an_incident_of_several_services_names_them_all(pager, duty):
    pager.trigger(impacted_services=[{"id": "SPAY", "summary": "Pay; and more"}])

    found = only(collect(duty()))
    assert found["services"] == "Checkout;Pay, and more"
    assert found["service_ids"] == "SCHECKOUT;SPAY"


def test_a_resolution_before_the_start_is_kept_as_told(pager, duty):
    made = pager.trigger()
    pager.resolve(made, at=pager.now.replace(hour=8))

    found = only(collect(duty()))
    assert found["resolved_at"] < found["started_at"]


def test_low_urgency_and_maintenance_are_kept_and_told(pager, duty):
    pager.trigger(urgency="low", incident_type={"name": "Planned maintenance"})

    found = only(collect(duty()))
    assert (found["urgency"], found["is_maintenance"]) == ("low", True)


def test_what_a_title_mentions_is_kept_and_addresses_are_not(pager, duty):
    pager.trigger("v2.3.1 (abc1234) is broken, ask ann@example.com")

    found = only(collect(duty()))
    assert found["mentions"] == "v2.3.1 abc1234"
    assert "ann@" not in json.dumps(found)


def test_change_events_are_deployments(pager, duty):
    pager.change("Deployed v2.3.1", environment="production", sha="abc1234", Repo="acme/shop")

    landed = collect(duty())
    assert landed.of("deployments", "change_events") == {"C1": {
        "deployment_id": "C1", "name": "Deployed v2.3.1", "tool": "ci", "services": "Checkout",
        "service_ids": "SCHECKOUT", "environment": "production", "sha": "abc1234",
        "repository": "acme/shop", "finished_at": "2025-03-03T09:00:00Z",
        "mentions": "v2.3.1 https://ci.example.com/build/2 abc1234",
        "url": "https://ci.example.com/build/2",
    }}  # fmt: skip


def busy(pager, amount=450):
    """Have half a year of incidents, most of them short."""
    for number in range(amount):
        pager.wait(hours=number % 17)
        made = pager.trigger(f"Incident {number}")
        if number % 5:
            pager.wait(minutes=number % 4)
            pager.acknowledge(made)
        if number % 50:
            pager.wait(minutes=number % 9)
            pager.resolve(made)
        if number % 40 == 7:
            pager.change(f"Deployed {number}")


def test_half_a_year_is_read_by_few_calls_and_a_quiet_day_by_three(pager, duty):
    pager.now = pager.now.replace(year=2024, month=10)
    busy(pager)
    landed = collect(duty())
    assert len(incidents(landed)) == 450
    assert len(landed.of("deployments", "change_events")) == len(pager.changes)
    assert sum("acknowledged_at" in one for one in incidents(landed).values()) == 360
    assert len(pager.calls) < 80

    pager.calls.clear()
    pager.wait(days=1)
    versions = landed.versions
    collect(duty(), landed)

    assert landed.versions == versions
    assert len(pager.calls) <= 4


def test_a_killed_collection_goes_on_where_it_was(pager, duty):
    pager.now = pager.now.replace(year=2024, month=10)
    busy(pager)
    landed, kills = Landed(), iter(range(9))
    while collect(duty(), landed, until=lambda: next(kills, None) is not None).versions < 450:
        assert len(pager.calls) < 400
    collect(duty(), landed)

    assert landed.records == collect(duty()).records


def test_a_server_that_says_more_for_ever_is_noticed(pager, duty):
    pager.trigger()
    pager.is_endless = True

    landed = collect(duty(), entities=("incidents",))

    (failure,) = landed.failures
    assert "for ever" in str(failure.error)
    assert len(pager.calls) < 12


def test_a_refused_token_is_told_without_showing_it(pager, duty):
    landed = collect(duty(token="another-token"))

    said = " ".join(str(failure.error) for failure in landed.failures)
    assert "the token was refused (401)" in said
    assert "region" in said
    assert TOKEN not in said
    assert isinstance(landed.failures[0].error, SourceMisconfigured)
    assert "another-token" not in said + repr(duty(token="another-token"))


@pytest.mark.parametrize(("status", "said"), [(403, "may not see this"), (302, "mend `url`")])
def test_what_stops_one_listing_says_how_to_mend_it(pager, duty, status, said):
    pager.refuses = Answer(status, {"error": {"message": "no"}}, {"Location": "https://h.invalid"})

    landed = collect(duty())

    assert [failure.scope for failure in landed.failures] == ["incidents", "change_events"]
    assert said in str(landed.failures[0].error)


def test_a_certificate_that_is_not_trusted_says_so(pager, duty):
    landed = collect(duty(ca=None))

    assert "name your company's authority as `ca`" in str(landed.failures[0].error)


def test_when_asked_to_slow_down_it_waits_as_long_as_it_is_told(pager, duty):
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        pager.refuses = None

    pager.refuses = Answer(429, {}, {"ratelimit-reset": "7", "ratelimit-limit": "960"})
    pager.trigger()

    collect(duty(sleep=sleep, clock=lambda: 0.0))

    assert waits[0] == 7


def test_access_tells_what_the_token_sees(pager, duty):
    assert [(one.subject, one.level) for one in Pager(duty()).access()] == [("services", "ok")]
    pager.refuses = Answer(403, {})
    assert [one.level for one in Pager(duty()).access()] == ["mend"]

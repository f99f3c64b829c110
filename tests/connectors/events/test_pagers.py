import pytest

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import alert, group, opsgenie_action, pagerduty_event
from tests.connectors.events.translating import (
    events,
    has,
    lines,
    payload,
    payloads,
    recorded,
)

OCCURRED = "2026-11-23T10:52:07.250000Z"


@pytest.mark.parametrize(
    ("type", "state"),
    [
        ("incident.triggered", "opened"),
        ("incident.acknowledged", "acknowledged"),
        ("incident.unacknowledged", "updated"),
        ("incident.resolved", "resolved"),
        ("incident.reopened", "reopened"),
        ("incident.delegated", "updated"),
        ("incident.escalated", "updated"),
        ("incident.reassigned", "updated"),
        ("incident.priority_updated", "updated"),
    ],
)
def test_an_incident_of_pagerduty_goes_from_triggered_to_resolved(type, state):
    assert has(
        payload("pagerduty", pagerduty_event(type)),
        subject="incident",
        subject_id="Q3YON8",
        delivery_id="01EVENT",
        state=state,
        at=OCCURRED,
        service="Checkout",
        labels="service:PSVC;team:PTEAM",
        priority="P1",
        urgency="high",
        mentions="v1.4.2",
        started_at="2026-11-23T10:52:00Z",
        acknowledged_at=OCCURRED if state == "acknowledged" else None,
        resolved_at=OCCURRED if state == "resolved" else None,
        author=None,
    )


@pytest.mark.parametrize("kind", ["incident_note", "incident_responder", "incident_status_update"])
def test_notes_and_responders_are_news_of_their_incident(kind):
    body = pagerduty_event("incident.annotated")
    incident = {"id": "Q3YON8", "summary": "Payments time out", "type": "incident_reference"}
    body["event"]["data"] = {"id": "N1", "type": kind, "content": "prose", "incident": incident}

    found = payload("pagerduty", body)

    assert has(found, subject="incident", subject_id="Q3YON8", state="updated")


def test_a_ping_and_news_of_services_are_kept_as_unknown():
    ping = pagerduty_event("pagey.ping")
    ping["event"]["data"] = {"type": "ping", "message": "Hello from your friend Pagey!"}
    assert has(payload("pagerduty", ping), subject="unknown", type="pagey.ping")
    assert payload("pagerduty", pagerduty_event("service.updated"))["subject"] == "unknown"


def test_a_body_that_is_not_of_version_3_is_refused():
    with pytest.raises(Untranslatable, match=r"^event: is missing$"):
        events("pagerduty", {"messages": []})
    with pytest.raises(Untranslatable, match=r"^event\.data\.service: must be an object$"):
        events("pagerduty", pagerduty_event(service="Checkout"))


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("Create", "opened"),
        ("Acknowledge", "acknowledged"),
        ("UnAcknowledge", "updated"),
        ("Close", "resolved"),
        ("Delete", "removed"),
        ("AddNote", "updated"),
        ("Restart the database", "updated"),
    ],
)
def test_an_alert_of_opsgenie_goes_from_created_to_closed(action, state):
    at = "2026-11-23T10:53:13.166002Z"
    assert has(
        payload("opsgenie", opsgenie_action(action)),
        subject="incident",
        subject_id="44f717bf",
        kind="alert",
        state=state,
        at=at,
        service="checkout",
        priority="P1",
        labels="service:checkout;prod;team:shop",
        started_at="2026-11-23T10:52:00.104000Z",
        acknowledged_at=at if state == "acknowledged" else None,
        resolved_at=at if state == "resolved" else None,
        author=None,
    )


@pytest.mark.parametrize(
    ("alert", "service"),
    [
        ({"details": {"service": "search"}}, "search"),
        ({"tags": ["Service=search"]}, "search"),
        ({"tags": []}, "db-1"),
        ({"tags": [], "entity": ""}, None),
    ],
)
def test_the_service_of_an_alert_is_in_its_details_its_tags_or_its_entity(alert, service):
    assert payload("opsgenie", opsgenie_action(**alert)).get("service") == service


def test_an_incident_of_opsgenie_has_its_own_id():
    incident = {
        "incidentId": "3a74524a",
        "message": "Incident",
        "priority": "P3",
        "impactedServices": ["695bce3d"],
        "createdAt": "2026-11-23T10:52:00Z",
    }
    found = payload("opsgenie", {"action": "Resolve", "incident": incident})

    assert has(found, kind="incident", subject_id="3a74524a", state="resolved")
    assert found["labels"] == "service:695bce3d"


def test_each_alert_of_a_group_is_an_incident():
    other = alert(fingerprint="5e5e", labels={"alertname": "Slow", "job": "search"})
    first, second = payloads("alertmanager", group(alert(), other))

    assert has(
        first,
        subject="incident",
        subject_id="alertmanager/4d4d228eb9d91c01/2026-11-23T10:33:01.119000Z",
        state="opened",
        at="2026-11-23T10:33:01.119000Z",
        service="checkout",
        environment="production",
        severity="page",
        name="ErrorRate",
        title="checkout answers 5xx",
        resolved_at=None,
    )
    assert has(second, service="search", title="checkout answers 5xx", name="Slow")
    assert "person" not in first.values()


def test_an_end_in_year_1_or_in_the_future_is_no_end_while_it_fires():
    assert "resolved_at" not in payload("alertmanager", group(alert()))
    later = alert(endsAt="2026-11-23T10:38:01Z")
    assert "resolved_at" not in payload("alertmanager", group(later))


def test_an_alert_is_resolved_when_it_ended():
    over = alert("resolved", endsAt="2026-11-23T10:43:11.119Z")
    at = "2026-11-23T10:43:11.119000Z"

    assert has(payload("alertmanager", group(over)), state="resolved", at=at, resolved_at=at)


def test_a_group_that_is_told_again_in_another_order_tells_the_same_records():
    one, other = alert(), alert(fingerprint="5e5e")
    ids = [
        sorted(event.record().record_id for event in events("alertmanager", group(*alerts)))
        for alerts in [(one, other), (other, one)]
    ]

    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "alerts: is missing"),
        ({"alerts": {}}, "alerts: must be a list"),
        ({**group(), "version": "3"}, "version: must be 4"),
        (group(alert(), alert("pending")), "alerts[1].status: must be firing or resolved"),
        (group(alert(startsAt=None)), "alerts[0].startsAt: is missing"),
        (group(alert(labels={"service": 1.5})), "alerts[0].labels.service: must be a text"),
    ],
)
def test_what_is_wrong_with_a_group_is_named(body, message):
    with pytest.raises(Untranslatable) as caught:
        events("alertmanager", body)
    assert str(caught.value) == message


def test_a_real_alertmanager_tells_one_incident_that_ends():
    told = [
        payload("alertmanager", line["body"], line["headers"])
        for line in lines(recorded("recorded", "alertmanager_webhooks.jsonl"))
    ]

    assert [one["state"] for one in told] == ["opened", "resolved"]
    assert len({one["subject_id"] for one in told}) == 1
    assert has(told[1], service="checkout", started_at=told[0]["started_at"])
    assert told[1]["resolved_at"] > told[1]["started_at"]

from datetime import timedelta

import pytest

from connectors.events import plain
from connectors.events.event import Untranslatable
from tests.connectors.events.examples import PLAIN, SHA
from tests.connectors.events.translating import NOW, events, has, payload

RECEIVED = "2026-11-23T12:00:00Z"


def told(kind, headers=None, **body):
    return payload("plain", body, headers, kind=kind)


def record_id(kind="deployment", headers=None, received_at=NOW, **body):
    (event,) = plain.translate(headers or {}, body, host="", kind=kind, received_at=received_at)
    return event.record().record_id


def test_a_deployment_needs_a_service_alone():
    assert has(
        told("deployment", service="checkout"),
        subject="deployment",
        state="success",
        service="checkout",
        environment="production",
        finished_at=RECEIVED,
        started_at=None,
        at=RECEIVED,
    )


def test_a_deployment_tells_all_it_knows():
    assert has(
        payload("plain", PLAIN["deployment"], kind="deployment"),
        sha=SHA,
        version="1.42.0",
        trigger="manual",
        strategy="canary",
        started_at="2026-11-23T10:35:00Z",
        finished_at="2026-11-23T10:40:00Z",
        url="https://ci.example.org/jobs/1234",
    )


def test_a_deployment_that_started_has_no_end():
    found = told("deployment", service="checkout", status="started")
    assert has(found, state="started", started_at=RECEIVED, finished_at=None)


def test_start_and_end_are_one_deployment_by_id_or_by_the_time_it_started():
    begun = {"service": "checkout", "sha": SHA, "started_at": "2026-11-23T10:35:00Z"}
    ids = {
        told("deployment", **begun, status=status)["subject_id"]
        for status in ("started", "success")
    }
    assert len(ids) == 1
    assert told("deployment", service="checkout", id="run/7")["subject_id"] == "run/7"


def test_the_same_words_without_id_and_time_are_another_deployment_each_time():
    later = NOW + timedelta(seconds=1)
    assert record_id(service="checkout") != record_id(service="checkout", received_at=later)


@pytest.mark.parametrize(
    "known",
    [
        {"id": "run/7"},
        {"finished_at": "2026-11-23T10:40:00Z"},
        {"started_at": 1_795_430_400},
        {"headers": {"Idempotency-Key": "k-1"}},
    ],
)
def test_a_repetition_is_known_by_id_time_or_key(known):
    later = NOW + timedelta(days=1)
    assert record_id(service="checkout", **known) == record_id(
        service="checkout", received_at=later, **known
    )


def test_a_time_may_be_a_count_of_seconds():
    found = told("deployment", service="checkout", finished_at=1_795_430_400)
    assert found["finished_at"] == "2026-11-23T10:40:00Z"


@pytest.mark.parametrize(
    ("body", "back_to"),
    [
        ({"rolls_back_to": "1.41.0", "version": "1.42.1"}, "1.41.0"),
        ({"version": "1.41.0"}, "1.41.0"),
        ({"sha": SHA.upper()}, SHA),
    ],
)
def test_a_rollback_is_a_deployment_that_says_what_runs_again(body, back_to):
    found = told("rollback", service="checkout", **body)
    assert has(found, subject="deployment", type="rollback", rolls_back_to=back_to)


def test_a_deployment_is_no_rollback_because_it_has_a_version():
    assert "rolls_back_to" not in told("deployment", service="checkout", version="1.41.0")


def test_an_annotation_is_of_all_services_unless_it_names_one():
    span = {"started_at": "2026-11-20T08:00:00Z", "finished_at": "2026-11-22T18:00:00Z"}
    found = told("annotation", text="Moved <b>", id="move", **span)

    assert has(found, subject="annotation", subject_id="move", title="Moved <b>", **span)
    assert "service" not in found
    assert told("annotation", text="Moved", service="checkout")["service"] == "checkout"
    assert told("annotation", text="Fair", freeze=True, **span)["state"] == "freeze"


def test_an_incident_is_opened_acknowledged_and_resolved():
    known = {"id": "INC-7", "service": "checkout"}
    opened = told("incident", **known, title="Down", started_at="2026-11-23T10:52:00Z")
    seen = told("incident", **known, acknowledged_at="2026-11-23T10:55:00Z")
    over = told("incident", **known, resolved_at="2026-11-23T11:20:00Z")

    assert [one["state"] for one in (opened, seen, over)] == ["opened", "acknowledged", "resolved"]
    assert {one["subject_id"] for one in (opened, seen, over)} == {"INC-7"}
    assert has(over, at="2026-11-23T11:20:00Z", started_at=None)
    assert "environment" not in opened


def test_an_incident_may_be_told_whole_once_it_is_over():
    found = told(
        "incident",
        service="checkout",
        title="Down",
        severity="high",
        deployment_id="github.com/acme/shop/42",
        started_at="2026-11-23T10:52:00Z",
        acknowledged_at="2026-11-23T10:55:00Z",
        resolved_at="2026-11-23T11:20:00Z",
    )
    assert has(
        found,
        state="resolved",
        severity="high",
        deployment_id="github.com/acme/shop/42",
        acknowledged_at="2026-11-23T10:55:00Z",
    )


@pytest.mark.parametrize(
    ("status", "field"),
    [
        ("opened", "started_at"),
        ("acknowledged", "acknowledged_at"),
        ("resolved", "resolved_at"),
        (None, "started_at"),
    ],
)
def test_an_incident_without_a_time_is_timed_when_it_arrives(status, field):
    found = told("incident", id="INC-7", service="checkout", status=status)
    assert has(found, at=RECEIVED, state=status or "opened", **{field: RECEIVED})


def test_a_title_and_a_start_make_an_incident_known_again():
    known = {"service": "checkout", "title": "Down", "started_at": "2026-11-23T10:52:00Z"}
    opened = told("incident", **known)
    over = told("incident", **known, resolved_at="2026-11-23T11:20:00Z")
    assert opened["subject_id"] == over["subject_id"]


@pytest.mark.parametrize(
    ("kind", "body", "field", "reason"),
    [
        ("deployment", {}, "service", "is missing"),
        ("deployment", {"service": ""}, "service", "at least 1 character"),
        ("deployment", {"service": "\x00"}, "service", "pattern"),
        ("deployment", {"service": "a\nb"}, "service", "pattern"),
        ("deployment", {"service": 7}, "service", "valid string"),
        ("deployment", {"service": "x" * 201}, "service", "at most 200"),
        ("deployment", {"service": "a", "status": "done"}, "status", "'success'"),
        ("deployment", {"service": "a", "sha": "main"}, "sha", "pattern"),
        ("deployment", {"service": "a", "started_at": "2026-11-23T10:40"}, "started_at", "offset"),
        ("deployment", {"service": "a", "finished_at": True}, "finished_at", "time"),
        ("deployment", {"service": "a", "enviroment": "x"}, "enviroment", "is no field"),
        ("deployment", {"service": "a", "url": "javascript:x"}, "url", "pattern"),
        ("rollback", {"service": "a"}, "body", "what runs again"),
        ("incident", {"service": "a"}, "body", "id or title"),
        ("incident", {"id": "7"}, "service", "is missing"),
        ("annotation", {"service": "a"}, "text", "is missing"),
        ("annotation", {"text": "two\nlines"}, "text", "pattern"),
        ("annotation", {"text": "Fair", "freeze": True}, "body", "finished_at must say when"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(kind, body, field, reason):
    with pytest.raises(Untranslatable) as caught:
        events("plain", body, kind=kind)
    assert caught.value.field == field
    assert reason in caught.value.reason


def test_every_model_has_a_schema_that_describes_its_times():
    for kind, model in plain.MODELS.items():
        schema = model.model_json_schema()
        assert schema["additionalProperties"] is False
        assert ("text" if kind == "annotation" else "service") in schema["required"]
        times = [
            choice for choice in schema["properties"]["started_at"]["anyOf"] if "anyOf" in choice
        ]
        assert times[0]["anyOf"][0] == {"type": "string", "format": "date-time"}

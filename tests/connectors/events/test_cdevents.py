import json
from base64 import b64encode

import pytest

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import cdevent, cloudevent
from tests.connectors.events.translating import events, has, payload, payloads, recorded

IMAGE = "pkg:oci/app@sha256%3A0b31"
PLACE = {"environment": {"id": "production", "source": "/iaas"}}


@pytest.mark.parametrize("version", ["0.1.0", "0.1.1", "0.2.0", "0.3.0", "0.4.0-draft"])
@pytest.mark.parametrize("predicate", ["deployed", "upgraded", "rolledback"])
def test_a_service_that_was_put_somewhere_is_a_successful_deployment(predicate, version):
    found = payload(
        "cdevents",
        cdevent(f"service.{predicate}.{version}", {**PLACE, "artifactId": IMAGE}),
    )

    assert has(
        found,
        subject="deployment",
        state="success",
        service="checkout",
        environment="production",
        version="sha256:0b31",
        finished_at="2026-11-23T10:40:00.500000Z",
        rolls_back_to="sha256:0b31" if predicate == "rolledback" else None,
    )


def test_each_deployment_of_a_service_is_one_of_its_own():
    body = cdevent("service.deployed.0.2.0", PLACE)
    later = cdevent("service.deployed.0.2.0", PLACE)
    later["context"] = {**later["context"], "id": "event-2"}

    first, second = payload("cdevents", body), payload("cdevents", later)

    assert first["subject_id"] == "/ci/acme/checkout/event-1"
    assert second["subject_id"] == "/ci/acme/checkout/event-2"


def test_a_service_that_was_published_is_no_second_deployment():
    assert has(
        payload("cdevents", cdevent("service.published.0.2.0", PLACE)),
        subject="release",
        state="published",
    )


def test_a_service_that_was_removed_is_gone_from_its_environment():
    assert has(
        payload("cdevents", cdevent("service.removed.0.2.0", PLACE)),
        subject="deployment",
        state="removed",
        environment="production",
    )


@pytest.mark.parametrize(
    ("predicate", "state", "field"),
    [
        ("detected", "opened", "started_at"),
        ("reported", "opened", "started_at"),
        ("resolved", "resolved", "resolved_at"),
    ],
)
def test_an_incident_begins_when_it_is_detected_or_reported(predicate, state, field):
    content = {
        **PLACE,
        "service": {"id": "checkout"},
        "description": "Slow since v1.4.2, ask person@example.org",
        "artifactId": "pkg:generic/checkout@1.4.2",
        "ticketURI": "https://tickets.example.org/7",
    }
    found = payload("cdevents", cdevent(f"incident.{predicate}.0.2.0", content, "incident-7"))

    assert has(
        found,
        subject="incident",
        subject_id="/ci/acme/incident-7",
        state=state,
        service="checkout",
        mentions="v1.4.2",
        version="1.4.2",
        url="https://tickets.example.org/7",
        title=None,
        **{field: "2026-11-23T10:40:00.500000Z"},
    )


@pytest.mark.parametrize(
    ("predicate", "state", "field"),
    [
        ("created", "opened", "opened_at"),
        ("reviewed", "reviewed", None),
        ("merged", "merged", "merged_at"),
        ("abandoned", "closed", None),
        ("updated", "updated", None),
    ],
)
def test_a_change_goes_from_created_to_merged_or_abandoned(predicate, state, field):
    content = {"repository": {"id": "acme/shop", "source": "https://git.example.org"}}
    found = payload("cdevents", cdevent(f"change.{predicate}.0.3.0", content, "12"))

    times = {field: "2026-11-23T10:40:00.500000Z"} if field else {}
    assert has(found, subject="change", state=state, repository="acme/shop", **times)


@pytest.mark.parametrize(
    ("predicate", "outcome", "state"),
    [
        ("queued", None, "waiting"),
        ("started", None, "started"),
        ("finished", "success", "success"),
        ("finished", "failure", "failure"),
        ("finished", "error", "failure"),
        ("finished", "cancel", "cancelled"),
        ("finished", None, "finished"),
    ],
)
@pytest.mark.parametrize("kind", ["pipelinerun", "taskrun"])
def test_a_run_ends_with_its_outcome(kind, predicate, outcome, state):
    name = "taskName" if kind == "taskrun" else "pipelineName"
    content = {name: "deploy", "uri": "https://ci.example.org/9"} | (
        {"outcome": outcome, "errors": "prose"} if outcome else {}
    )
    found = payload("cdevents", cdevent(f"{kind}.{predicate}.0.2.0", content, "run-9"))

    assert has(found, subject="run", state=state, name="deploy", url="https://ci.example.org/9")
    assert "prose" not in json.dumps(found)


@pytest.mark.parametrize("predicate", ["created", "modified", "deleted"])
def test_an_environment_comes_changes_and_goes(predicate):
    content = {"name": "eu-production", "uri": "https://eu.example.org"}
    found = payload("cdevents", cdevent(f"environment.{predicate}.0.2.0", content, "env-1"))

    assert has(found, subject="environment", state=predicate, environment="eu-production")


@pytest.mark.parametrize(
    "kind", ["build.finished.0.2.0", "artifact.signed.0.3.0", "service.vanished.0.1.0", "odd"]
)
def test_other_types_are_kept_as_unknown_with_their_shape(kind):
    found = payload("cdevents", cdevent(kind, {"user": "kim@example.org"}))

    assert has(found, subject="unknown", type=f"dev.cdevents.{kind}", state=None)
    assert "kim" not in found["raw"]


def test_what_the_specification_has_no_field_for_may_stand_in_custom_data():
    custom = {"sha": "0A1B2C3D4E", "severity": "high", "repository": "acme/shop", "odd": [1]}
    body = cdevent("service.deployed.0.2.0", PLACE, customData=custom)

    assert has(payload("cdevents", body), sha="0a1b2c3d4e", severity="high", repository="acme/shop")


def test_one_event_is_the_same_bare_structured_binary_and_in_a_batch():
    bare = cdevent("service.deployed.0.2.0", PLACE)
    headers = {
        "CE-SpecVersion": "1.0",
        "CE-Id": "event-1",
        "CE-Source": "/ci/acme",
        "CE-Type": "dev.cdevents.service.deployed.0.2.0",
    }
    encoded = cloudevent(bare, data=None, data_base64=b64encode(json.dumps(bare).encode()).decode())

    told = [
        payloads("cdevents", bare),
        payloads("cdevents", cloudevent(bare)),
        payloads("cdevents", bare, headers),
        payloads("cdevents", encoded),
        payloads("cdevents", [cloudevent(bare)]),
    ]

    assert all(one == told[0] for one in told)


def test_events_of_a_batch_have_ids_of_their_own():
    batch = [
        cloudevent({"a": 1}, id="1"),
        cloudevent({"a": 2}, id="2"),
        cloudevent({"a": 1}, id="1", source="/ci/other"),
    ]

    ids = [event.record().record_id for event in events("cdevents", batch)]

    assert ids == ["/ci/acme 1", "/ci/acme 2", "/ci/other 1"]


def test_an_empty_batch_tells_nothing():
    assert events("cdevents", []) == []


def without(body, *path):
    for name in path[:-1]:
        body = body[name]
    del body[path[-1]]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("specversion",), "specversion"),
        (("id",), "id"),
        (("source",), "source"),
        (("type",), "type"),
        (("data", "context"), "data.context"),
        (("data", "context", "id"), "data.context.id"),
        (("data", "subject"), "data.subject"),
        (("data", "subject", "id"), "data.subject.id"),
    ],
)
def test_what_is_missing_is_named(path, field):
    body = json.loads(json.dumps(cloudevent(cdevent("service.deployed.0.2.0", PLACE))))
    without(body, *path)

    with pytest.raises(Untranslatable) as caught:
        events("cdevents", body)
    assert str(caught.value) == f"{field}: is missing"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([cloudevent({}), 7], "[1]"),
        ([cloudevent({}), cloudevent({}, specversion="2.0")], "[1].specversion"),
        (cloudevent({}, time="soon"), "time"),
        (cloudevent({}, data=None, data_base64="%%"), "data_base64"),
        (cloudevent({}, type="dev.cdevents.service.deployed.0.2.0", data=[1]), "data"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_what_is_wrong_is_named(body, field):
    with pytest.raises(Untranslatable) as caught:
        events("cdevents", body)
    assert caught.value.field == field


def test_attributes_in_headers_are_named_as_headers():
    with pytest.raises(Untranslatable, match=r"^ce-id: is missing$"):
        events("cdevents", {}, {"ce-specversion": "1.0", "ce-type": "t", "ce-source": "s"})


@pytest.mark.parametrize("wrapped", [True, False], ids=["structured", "bare"])
def test_all_events_of_the_specification_are_accepted(wrapped):
    folder = recorded("cdevents", "conformance")
    files = sorted(folder.glob("*.json"))
    known = set()
    for file in files:
        body = json.loads(file.read_text(encoding="utf-8"))
        found = payload("cdevents", cloudevent(body) if wrapped else body)
        known |= {file.stem} if found["subject"] != "unknown" else set()

    assert len(files) >= 45
    assert {name.partition("_")[0] for name in known} == {
        "service", "incident", "change", "pipelinerun", "taskrun", "environment",
    }  # fmt: skip

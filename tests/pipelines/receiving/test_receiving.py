"""What the receiver answers, and what is in the landing zone then."""

import hashlib
import hmac
import json

import pytest

from pipelines.receiving import intake as intakes
from tests.pipelines.receiving.serving import TOKENS, project, running
from tests.pipelines.receiving.writing import Full, Unsynced, ids, landed, recording, segments

DEPLOYMENT = {
    "service": "checkout",
    "sha": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    "finished_at": "2026-11-23T10:40:00Z",
}
ALERTS = {
    "version": "4",
    "groupKey": "g",
    "status": "firing",
    "receiver": "drumbeat",
    "groupLabels": {},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.example.org",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "service": "checkout"},
            "annotations": {},
            "startsAt": "2026-11-23T10:40:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example.org",
            "fingerprint": "f00d",
        }
    ],
}
CDEVENT = {
    "context": {
        "version": "0.4.1",
        "id": "d1",
        "source": "/ci",
        "type": "dev.cdevents.service.deployed.0.2.0",
        "timestamp": "2026-11-23T10:40:00Z",
    },
    "subject": {
        "id": "checkout",
        "source": "/ci",
        "type": "service",
        "content": {
            "environment": {"id": "production"},
            "artifactId": "pkg:oci/checkout@1.42.0",
        },
    },
}


def cloudevent(number):
    context = {**CDEVENT["context"], "id": f"d{number}"}
    return {
        "specversion": "1.0",
        "id": f"d{number}",
        "source": "/ci",
        "type": context["type"],
        "data": {**CDEVENT, "context": context},
    }


def all_ids(client, source="events"):
    """Return the ids that are in the landing zone once all is sealed."""
    client.intake.sealer.seal()
    return ids(client.found.landing, source)


def test_an_accepted_event_is_in_the_inbox_when_it_is_answered(receiver):
    answer = receiver.post("/events/deployment", DEPLOYMENT)

    (segment,) = segments(receiver.intake.sealer.folder)
    (line,) = map(json.loads, segment.read_text().splitlines())
    assert answer.status == 202
    assert answer.json == {"accepted": 1, "ids": [line["record_id"]]}
    assert json.loads(line["payload"])["service"] == "checkout"
    assert all_ids(receiver) == answer.json["ids"]


def test_write_then_sync_then_answer(tokens, tmp_path):
    said = []
    with running(project(tmp_path), recording(said)) as client:
        client.post("/events/deployment", DEPLOYMENT)
        said.append("answer")

    assert said == ["write", "fsync", "answer"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {TOKENS['CI_TOKEN']}"},
        {"Authorization": f"bearer  {TOKENS['NEXT_TOKEN']}"},
        {"Authorization": "Basic YW55Ym9keTpjaS10b2tlbi1vZi10aGUtdGVzdHM="},
        {"X-Drumbeat-Token": TOKENS["CI_TOKEN"]},
    ],
)
def test_a_token_comes_in_any_of_the_usual_ways(receiver, headers):
    answer = receiver.post("/events/deployment", DEPLOYMENT, headers=headers, token=None)

    assert answer.status == 202


@pytest.mark.parametrize("path", ["/events", "/events/deployment", "/webhooks/alertmanager"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer",
        "Bearer wrong-token-of-the-tests",
        f"Bearer {TOKENS['CI_TOKEN']}x",
        f"Basic {TOKENS['CI_TOKEN']}",
        "Basic ====",
        "Digest x",
        "Bearer \xff\xfe",
    ],
)
def test_a_stranger_gets_one_answer_whatever_is_wrong(receiver, path, authorization):
    answer = receiver.post(
        path, b"no json", headers={"Authorization": authorization or ""}, token=None
    )

    assert (answer.status, answer.json) == (401, {"error": "not authorised"})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert not segments_of(receiver)


def segments_of(client):
    folder = client.intake.sealer.folder
    return segments(folder) if folder.exists() else []


@pytest.mark.parametrize("name", ["github", "nobody", "unleash", "events", "..%2e", "a" * 5000])
def test_strangers_do_not_learn_which_webhooks_there_are(receiver, name):
    answer = receiver.post(f"/webhooks/{name}", {}, token=None)

    assert (answer.status, answer.json) == (401, {"error": "not authorised"})


def test_a_sender_that_is_known_learns_that_a_webhook_is_not(receiver):
    answer = receiver.post("/webhooks/nobody", {})

    assert answer.status == 404
    assert "alertmanager" in answer.json["error"]


def test_a_webhook_of_a_source_proves_itself_by_its_secret(receiver):
    body = json.dumps({"zen": "Speak like a human."}).encode()
    digest = hmac.new(TOKENS["GITHUB_WEBHOOK_SECRET"].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "d1"}

    bare = receiver.post("/webhooks/github", body, headers=headers)
    wrong = receiver.post(
        "/webhooks/github",
        body + b" ",
        headers={**headers, "X-Hub-Signature-256": "sha256=" + digest},
    )
    right = receiver.post(
        "/webhooks/github",
        body,
        headers={**headers, "X-Hub-Signature-256": "sha256=" + digest},
        token=None,
    )

    assert (bare.status, wrong.status, right.status) == (401, 401, 202)
    assert all_ids(receiver, "github") == ["d1"]
    assert all_ids(receiver) == []


def test_a_sender_that_can_only_sign_signs_with_its_token(receiver):
    body = json.dumps({"_id": "x1", "kind": "flag", "name": "new-basket", "date": 1763894400000})
    digest = hmac.new(TOKENS["HOOK_TOKEN"].encode(), body.encode(), hashlib.sha256).hexdigest()

    unsigned = receiver.post("/webhooks/launchdarkly", body, token=None)
    signed = receiver.post(
        "/webhooks/launchdarkly", body, headers={"X-LD-Signature": digest}, token=None
    )

    assert (unsigned.status, signed.status) == (401, 202)


def test_a_token_speaks_for_its_services_and_no_others(receiver):
    def told(service):
        body = {**DEPLOYMENT, "service": service}
        return receiver.post("/events/deployment", body, token=TOKENS["SHOP_TOKEN"])

    names = ["checkout", "checkout-api", "search-ui", "payments", "search-payments", "check"]
    assert [told(name).status for name in names] == [202, 202, 202, 403, 403, 403]
    assert told("payments").json["field"] == "service"


def test_a_token_for_some_services_tells_nothing_of_none(receiver):
    alerts = {**ALERTS, "alerts": [{**ALERTS["alerts"][0], "labels": {"alertname": "Down"}}]}

    assert receiver.post("/webhooks/alertmanager", alerts).status == 202
    shop = receiver.post("/webhooks/alertmanager", alerts, token=TOKENS["SHOP_TOKEN"])
    assert shop.status == 403


def test_one_event_that_may_not_be_told_keeps_the_whole_request_out(receiver):
    body = {**ALERTS, "alerts": [dict(ALERTS["alerts"][0]), dict(ALERTS["alerts"][0])]}
    body["alerts"][1]["labels"] = {"alertname": "Down", "service": "payments"}

    answer = receiver.post("/webhooks/alertmanager", body, token=TOKENS["SHOP_TOKEN"])

    assert answer.status == 403
    assert not segments_of(receiver)


def test_a_token_sends_its_formats_and_no_others(receiver):
    token = TOKENS["HOOK_TOKEN"]

    assert receiver.post("/webhooks/alertmanager", ALERTS, token=token).status == 202
    assert receiver.post("/events/deployment", DEPLOYMENT, token=token).status == 403


def test_two_tokens_count_while_one_replaces_the_other(receiver, tmp_path):
    def status(token):
        return receiver.post("/events/deployment", DEPLOYMENT, token=token).status

    both = [status(TOKENS["CI_TOKEN"]), status(TOKENS["NEXT_TOKEN"])]
    only = [{"kind": "events", "tokens": [{"name": "ci", "token": "${NEXT_TOKEN}"}]}]
    receiver.intake.authority = intakes.authority(project(tmp_path, only).configuration)
    after = [status(TOKENS["CI_TOKEN"]), status(TOKENS["NEXT_TOKEN"])]

    assert (both, after) == ([202, 202], [401, 202])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[1]", "body"),
        (b"null", "body"),
        (b"\xff\xfe{}", "body"),
        (b'{"service": NaN}', "body"),
        (b"[" * 500_000, "body"),
        (b"1" * 10_000, "body"),
        (b"{}", "service"),
        (b'{"service": 7}', "service"),
        (b'{"service": "x", "sha": "master"}', "sha"),
        (b'{"service": "x", "status": "fine"}', "status"),
        (b'{"service": "x", "finished_at": "yesterday"}', "finished_at"),
        (b'{"service": "x", "finished_at": "2026-11-23T10:40:00"}', "finished_at"),
        (b'{"service": "x", "nonsense": 1}', "nonsense"),
        (b'{"service": "\\ud800"}', "service"),
    ],
)
def test_a_malformed_body_is_told_by_its_field(receiver, body, field):
    answer = receiver.post("/events/deployment", body)

    assert (answer.status, answer.json["field"]) == (400, field), answer.body
    assert not segments_of(receiver)


def test_a_sender_sees_where_in_a_batch_something_is_wrong(receiver):
    batch = [cloudevent(1), {**cloudevent(2), "specversion": "9"}]

    answer = receiver.post(
        "/events", batch, headers={"Content-Type": "application/cloudevents-batch+json"}
    )

    assert answer.status == 400
    assert answer.json["field"] == "[1].specversion"
    assert not segments_of(receiver)


def test_cloudevents_come_structured_binary_and_in_batches(receiver):
    def sent(body, **headers):
        return receiver.post("/events", body, headers=headers).json["accepted"]

    structured = sent(cloudevent(1), **{"Content-Type": "application/cloudevents+json"})
    binary = sent(
        cloudevent(2)["data"],
        **{
            "ce-specversion": "1.0",
            "ce-id": "d2",
            "ce-source": "/ci",
            "ce-type": "dev.cdevents.service.deployed.0.2.0",
        },
    )
    batch = [cloudevent(3), cloudevent(4)]
    several = sent(batch, **{"Content-Type": "application/cloudevents-batch+json"})

    assert (structured, binary, several) == (1, 1, 2)
    assert len(set(all_ids(receiver))) == 4


@pytest.mark.parametrize("type", ["text/plain", "", "application/x-www-form-urlencoded", "json"])
def test_a_body_that_does_not_say_that_it_is_json_is_refused(receiver, type):
    answer = receiver.post("/events/deployment", DEPLOYMENT, headers={"Content-Type": type})

    assert answer.status == 415


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/docs", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/health", 200),
        ("GET", "/events", 405),
        ("PUT", "/events/deployment", 405),
        ("GET", "/nothing", 404),
        ("POST", "/events/nothing", 404),
        ("POST", "/webhooks/", 404),
    ],
)
def test_every_address_answers(receiver, method, path, status):
    answer = receiver.ask(method, path, token=None)

    assert answer.status == status
    assert status == 200 or "error" in answer.json


def test_pages_fetch_nothing_from_anywhere(receiver):
    page = receiver.ask("GET", "/docs").body.decode()

    for word in ("<script", "<link", "src=", "@import", "url("):
        assert word not in page
    assert "default-src 'none'" in receiver.ask("GET", "/docs").headers["content-security-policy"]
    for words in (
        "POST /events/deployment",
        "POST /webhooks/NAME",
        "launchdarkly",
        "rolls_back_to",
    ):
        assert words in page


def test_a_replay_is_answered_again_and_not_written_twice(receiver):
    first = receiver.post("/events/deployment", DEPLOYMENT)
    again = receiver.post("/events/deployment", DEPLOYMENT, token=TOKENS["NEXT_TOKEN"])
    other = receiver.post("/events/deployment", {**DEPLOYMENT, "status": "failure"})

    assert (again.status, again.json) == (202, first.json)
    assert other.json != first.json
    lines = segments_of(receiver)[0].read_text().splitlines()
    assert len(lines) == 2


def test_replays_of_an_event_that_was_not_written_are_written(tokens, tmp_path):
    Full.room = 0
    with running(project(tmp_path), Full) as client:
        assert client.post("/events/deployment", DEPLOYMENT).status == 503
        Full.room = 10_000
        assert client.post("/events/deployment", DEPLOYMENT).status == 202
        assert len(all_ids(client)) == 1


@pytest.mark.parametrize("disk", [Full, Unsynced])
def test_a_disk_that_takes_nothing_is_a_503_and_the_receiver_lives(
    tokens, tmp_path, disk, monkeypatch
):
    monkeypatch.setattr(Full, "room", 0)
    with running(project(tmp_path), disk) as client:
        answer = client.post("/events/deployment", DEPLOYMENT)
        assert answer.status == 503
        assert answer.headers["retry-after"] == "30"
        assert "No space" not in answer.json["error"]
        assert client.ask("GET", "/health").status == 200
        assert all_ids(client) == []


def test_a_sender_that_is_too_fast_waits_as_long_as_it_is_told(receiver):
    def sent(token):
        return receiver.post("/events/deployment", DEPLOYMENT, token=token)

    statuses = [sent(TOKENS["SLOW_TOKEN"]).status for _ in range(4)]
    answer = sent(TOKENS["SLOW_TOKEN"])

    assert statuses == [202, 202, 429, 429]
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert sent(TOKENS["CI_TOKEN"]).status == 202


def test_all_that_is_accepted_is_sealed_at_the_end(tokens, tmp_path):
    with running(project(tmp_path)) as client:
        (expected,) = client.post("/events/deployment", DEPLOYMENT).json["ids"]

    assert ids(client.found.landing) == [expected]
    assert not segments_of(client)


def test_what_a_killed_receiver_left_is_sealed_at_the_start(tokens, tmp_path):
    found = project(tmp_path)
    folder = found.data_dir / "landing" / "_inbox"
    folder.mkdir(parents=True)
    from tests.pipelines.receiving.writing import event

    (folder / "20261123T104000000000-1.ndjson").write_bytes(event("one") + b'{"torn')
    with running(found) as client:
        client.intake.sealer.seal()
        assert ids(found.landing) == ["one"]


def test_ten_thousand_events_are_sealed_at_once(tokens, tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.receiving.sealer.MOST_EVENTS", 3)
    with running(project(tmp_path)) as client:
        for number in range(3):
            client.post("/events/deployment", {**DEPLOYMENT, "id": f"d{number}"})
        for _ in range(500):
            if client.found.landing.files("events"):
                break
            client.ask("GET", "/health")
        assert len(landed(client.found.landing)) == 3


def test_the_receiver_says_what_it_did_in_few_words(receiver):
    for _ in range(3):
        receiver.post("/events/deployment", DEPLOYMENT, token="wrong-token-of-the-tests")
    receiver.post("/events/deployment", DEPLOYMENT)
    receiver.intake.tally.tell()

    assert receiver.said == [
        "POST refused with 401: a token that is none of the configured ones (3)",
        "plain: accepted (1)",
    ]

"""Large, fast, slow and silent senders; and what was seen before."""

import json
import time

import pytest

from pipelines.receiving import limits, serving
from pipelines.receiving.answers import Refused
from pipelines.receiving.limits import Pace, Replays
from tests.pipelines.receiving.serving import TOKENS
from tests.pipelines.receiving.test_receiving import ALERTS, DEPLOYMENT, segments_of

HEAD = (
    "POST /events/deployment HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {TOKENS['CI_TOKEN']}\r\n"
)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def spoken(client, *parts, pause=0.0):
    """Say parts of a request by hand; return all that comes back until the receiver hangs up."""
    with client.open() as connection:
        for part in parts:
            connection.sendall(part if isinstance(part, bytes) else part.encode())
            time.sleep(pause)
        found = b""
        while received := connection.recv(65536):
            found += received
        return found.decode()


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(receiver):
    body = DEPLOYMENT | {"url": "https://ci.example.org/1"}

    def padded(size):
        text = json.dumps(body)
        return text + " " * (size - len(text))

    assert receiver.post("/events/deployment", padded(limits.MOST_BYTES)).status == 202
    assert receiver.post("/events/deployment", padded(limits.MOST_BYTES + 1)).status == 413


def test_a_body_that_says_less_than_it_is_is_cut_off_at_the_limit(receiver, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    chunk = b"190\r\n" + b" " * 400 + b"\r\n"

    found = spoken(receiver, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk)

    assert found.startswith("HTTP/1.1 413 ")


def test_a_length_without_a_body_is_refused_before_the_body_comes(receiver):
    found = spoken(receiver, f"{HEAD}Content-Length: 999999999999\r\n\r\n")

    assert found.startswith("HTTP/1.1 413 ")


def test_a_slow_body_is_not_waited_for(receiver, monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.2)

    found = spoken(receiver, f"{HEAD}Content-Length: 100\r\n\r\n", "{", '"', "s", pause=0.05)

    assert found.startswith("HTTP/1.1 408 ")
    assert not segments_of(receiver)


def test_a_body_that_trickles_in_within_its_time_is_taken(receiver):
    body = json.dumps(DEPLOYMENT)
    head = f"{HEAD}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"

    found = spoken(receiver, head, *(body[at : at + 20] for at in range(0, len(body), 20)))

    assert found.startswith("HTTP/1.1 202 ")


@pytest.mark.parametrize("begin", ["", "POST /events HT", HEAD])
def test_whoever_does_not_come_to_the_end_of_the_headers_is_hung_up_on(
    receiver, monkeypatch, begin
):
    monkeypatch.setattr(serving, "HEADER_SECONDS", 0.2)

    assert spoken(receiver, begin) == ""


def test_a_second_request_may_not_dawdle_either(receiver, monkeypatch):
    monkeypatch.setattr(serving, "HEADER_SECONDS", 0.3)
    found = spoken(receiver, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /hea")

    assert found.count("HTTP/1.1 200 OK") == 1


def test_a_sender_that_hangs_up_in_the_middle_leaves_nothing(receiver):
    with receiver.open() as connection:
        connection.sendall(f'{HEAD}Content-Length: 100\r\n\r\n{{"service'.encode())

    assert receiver.ask("GET", "/health").status == 200
    assert not segments_of(receiver)


def test_a_request_has_no_more_than_so_many_events(receiver, monkeypatch):
    monkeypatch.setattr(limits, "MOST_EVENTS", 3)

    def status(count):
        alert = ALERTS["alerts"][0]
        alerts = [{**alert, "fingerprint": f"f{number}"} for number in range(count)]
        return receiver.post("/webhooks/alertmanager", {**ALERTS, "alerts": alerts}).status

    assert (status(3), status(4)) == (202, 413)


def test_ten_seconds_worth_may_come_at_once_and_then_the_rate_holds():
    clock = Clock()
    pace = Pace(clock)

    def taken():
        try:
            pace.take(("events", "ci"), 2.0)
        except Refused as refused:
            return refused.headers["Retry-After"]
        return "yes"

    at_once = [taken() for _ in range(21)]
    clock.now += 1
    later = [taken() for _ in range(3)]

    assert at_once == ["yes"] * 20 + ["1"]
    assert later == ["yes", "yes", "1"]


def test_events_that_came_together_are_owed():
    clock = Clock()
    pace = Pace(clock)
    pace.take(("events", "ci"), 1.0)
    pace.owe(("events", "ci"), 99)

    with pytest.raises(Refused) as refused:
        pace.take(("events", "ci"), 1.0)

    assert refused.value.headers["Retry-After"] == "91"


def test_senders_do_not_slow_each_other():
    pace = Pace(Clock())
    for _ in range(10):
        pace.take(("events", "ci"), 1.0)

    pace.take(("events", "other"), 1.0)


def test_a_delivery_is_known_for_a_day():
    clock = Clock()
    replays = Replays(clock)
    key = replays.key("events", "one", b"{}")
    replays.add(key)

    assert replays.knows(key)
    clock.now += limits.DAY
    assert not replays.knows(key)


def test_only_the_latest_deliveries_are_remembered():
    replays = Replays(Clock(), most=2)
    first, second, third = (replays.key("events", name, b"{}") for name in "abc")
    for key in (first, second, third):
        replays.add(key)

    assert [replays.knows(key) for key in (first, second, third)] == [False, True, True]
    assert len(replays.seen) == 2


def test_the_same_id_of_another_source_or_body_is_another_delivery():
    replays = Replays(Clock())
    replays.add(replays.key("events", "one", b"{}"))

    assert not replays.knows(replays.key("github", "one", b"{}"))
    assert not replays.knows(replays.key("events", "one", b"{ }"))

"""Telling real servers that are down, slow, busy or gone; and being killed while at it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.alerts import posting, sending
from pipelines.alerts.outbox import Outbox
from pipelines.alerts.outcomes import Outcome
from tests.pipelines.alerts.servers import web
from tests.pipelines.alerts.telling import Sent, later, occasion, row, teller

ROOT = Path(__file__).parents[3]
ONCE = [sys.executable, "-m", "tests.pipelines.alerts.once"]


def hook(url):
    return {"kind": "webhook", "url": url}


def child(folder, url):
    return subprocess.Popen([*ONCE, str(folder), url], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def ids(posted):
    return [json.loads(body)["id"] for _, _, body in posted]


def tell(folder, url, now=None, **other):
    """Tell of one stall; return what became of it and what was said."""
    said = []
    told = teller(folder, hook(url), say=said.append, **other).tell([row()], now or occasion())
    return [one.fate for one in told], " ".join(said)


def test_who_is_down_is_told_once_it_is_up(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/x"
        fates, said = tell(tmp_path, nobody)
    assert fates == ["waits"]
    assert "127.0.0.1 can not be reached: Connection refused" in said

    with web() as (url, posted):
        assert tell(tmp_path, url, later(minutes=1))[0] == ["sent"]
        assert tell(tmp_path, url, later(minutes=2))[0] == []
    assert len(posted) == 1


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 500, 503])
def test_an_answer_that_takes_nothing_is_no_delivery(tmp_path, status):
    with web((status, {"Location": "/elsewhere"}), (200, {})) as (url, posted):
        fates, said = tell(tmp_path, f"{url}/secret-path")
        assert fates == ["waits"]
        assert f"127.0.0.1 answered {status}" in said
        assert "secret-path" not in said
        assert tell(tmp_path, url, later(minutes=1))[0] == ["sent"]

    assert len(set(ids(posted))) == 1


def test_a_retry_after_is_kept(tmp_path):
    with web((429, {"Retry-After": "600"}), (200, {})) as (url, posted):
        assert tell(tmp_path, url)[0] == ["waits"]
        fates, said = tell(tmp_path, url, later(minutes=9))
        assert fates == ["waits"]
        assert "waits until 2026-11-24 12:10 UTC" in said
        assert len(posted) == 1
        assert tell(tmp_path, url, later(minutes=10))[0] == ["sent"]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("30", 30),
        ("", 0),
        ("soon", 0),
        ("-4", 0),
        ("9" * 40, 999_999_999),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0),
    ],
)
def test_a_retry_after_is_read_as_seconds_or_a_date(told, seconds):
    assert posting.seconds_of(told, later().now) == seconds


def test_who_does_not_answer_in_time_is_left_alone():
    is_over = threading.Event()
    with web(before=lambda _: is_over.wait(5)) as (url, _):
        outcome = posting.post(url, {}, "1", seconds=0.1)
        is_over.set()

    assert outcome == Outcome("later", "127.0.0.1 can not be reached: timed out")


def test_who_answers_a_byte_at_a_time_is_left_alone():
    def drip(handler):
        for _ in range(100):
            handler.wfile.write(b"H")
            time.sleep(0.05)

    with web(before=drip) as (url, _):
        began = time.monotonic()
        outcome = sending.within(0.5, lambda: posting.post(url, {}, "1"))

    assert outcome == Outcome("later", "no answer within 0.5 s")
    assert time.monotonic() - began < 30


def test_what_is_no_http_at_all_is_no_delivery():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            client, _ = server.accept()
            with client:
                client.recv(65_536)
                client.sendall(b"220 mail.example.org\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        outcome = posting.post(f"http://127.0.0.1:{server.getsockname()[1]}", {}, "1")
        thread.join()

    assert outcome.fate == "later"


@pytest.mark.kill
def test_a_kill_between_sending_and_remembering_sends_again_under_the_same_id(tmp_path):
    running = []
    with web(before=lambda _: os.kill(running[-1].pid, signal.SIGKILL)) as (url, posted):
        running.append(child(tmp_path, url))
        assert running[0].wait() == -signal.SIGKILL
        running[0].stdout.close()
    assert len(Outbox(tmp_path / "outbox").read("webhook").waiting) == 1

    with web() as (url, again):
        assert tell(tmp_path, url)[0] == ["sent"]
        assert tell(tmp_path, url)[0] == []

    assert ids(again) == ids(posted)
    assert posted[0][1]["Idempotency-Key"] == again[0][1]["Idempotency-Key"] == ids(again)[0]


def test_two_runs_at_once_tell_once(tmp_path):
    with web(before=lambda _: time.sleep(0.3)) as (url, posted):
        running = [child(tmp_path, url) for _ in range(2)]
        told = [one.communicate()[0].split() for one in running]

    assert sorted(told) == [[], ["sent"]]
    assert len(posted) == 1


def fill(folder):
    """Let the disk be full for the box of the webhook."""
    partial = folder / "outbox" / ".partial-webhook.json"
    partial.parent.mkdir(exist_ok=True)
    partial.symlink_to("/dev/full")
    return partial


def test_with_a_full_disk_nothing_is_sent(tmp_path):
    full, sent = fill(tmp_path), Sent()
    with pytest.raises(OSError, match="No space left"):
        tell(tmp_path, "https://hooks.example.org", send=sent)
    assert not sent

    full.unlink()
    assert tell(tmp_path, "https://hooks.example.org", send=sent)[0] == ["sent"]
    assert sent.told() == [("checkout", "stalled")]


def test_a_disk_that_fills_while_sending_sends_that_one_again_under_the_same_id(tmp_path):
    sent = Sent()

    def send(*given):
        fill(tmp_path)
        return sent(*given)

    with pytest.raises(OSError, match="No space left"):
        tell(tmp_path, "https://hooks.example.org", send=send)
    (tmp_path / "outbox" / ".partial-webhook.json").unlink()
    tell(tmp_path, "https://hooks.example.org", send=sent)

    assert len(sent) == 2
    assert len({message.id for _, message in sent}) == 1

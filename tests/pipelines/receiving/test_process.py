"""`drumbeat receive` as people run it: started, stopped, killed, and read from beside."""

import os
import random
import signal
import threading
import time

import pytest
import yaml

from pipelines.landing import Landing
from pipelines.receiving.sealing import seal
from tests.pipelines.receiving.process import Load, command, configured, receiving
from tests.pipelines.receiving.serving import SENDERS, TOKENS, Client
from tests.pipelines.receiving.test_receiving import DEPLOYMENT
from tests.pipelines.receiving.writing import ids, segments

ALL = bool(os.environ.get("DRUMBEAT_TEST_ALL"))
DICE = random.Random(20)
MOMENTS = [DICE.uniform(0.05, 1.5) for _ in range(20 if ALL else 3)]


@pytest.fixture
def folder(tmp_path):
    configured(tmp_path)
    return tmp_path


def landing(folder):
    return Landing(str(folder / "data" / "landing"))


def client(process):
    return Client(process.port, None, None, [])


def loaded(process, seconds):
    """Keep the receiver busy for a while; return the load, still running."""
    load = Load(process.port)
    load.start()
    time.sleep(seconds)
    return load


def test_a_receiver_told_to_stop_has_sealed_what_it_accepted(folder):
    with receiving(folder) as process:
        load = loaded(process, 0.5)
        code, said = process.end()
        load.stop()

    assert (code, load.statuses) == (0, {202})
    assert "4 senders with tokens" in process.heading
    assert "plain: accepted" in said
    assert set(load.acknowledged) <= set(ids(landing(folder)))
    assert segments(folder / "data" / "landing" / "_inbox") == []


@pytest.mark.kill
@pytest.mark.parametrize("moment", MOMENTS, ids="{:.3f}".format)
def test_a_receiver_killed_at_any_moment_has_all_that_it_acknowledged(folder, moment):
    with receiving(folder) as process:
        load = loaded(process, moment)
        process.end(signal.SIGKILL)
        load.stop()
    assert load.acknowledged

    found = landing(folder)
    seal(folder / "data" / "landing" / "_inbox", found, print)

    assert set(load.acknowledged) <= set(ids(found))
    assert segments(folder / "data" / "landing" / "_inbox") == []


@pytest.mark.kill
def test_a_receiver_killed_while_it_seals_has_all_that_it_acknowledged(folder):
    found = landing(folder)
    with receiving(folder) as process:
        load = Load(process.port)
        load.start()
        sealing = threading.Thread(target=sealed_often, args=(folder, load.is_over))
        sealing.start()
        time.sleep(1)
        process.end(signal.SIGKILL)
        load.stop()
        sealing.join(30)

    seal(folder / "data" / "landing" / "_inbox", found, print)
    assert set(load.acknowledged) <= set(ids(found))


def sealed_often(folder, is_over):
    while not is_over.is_set():
        seal(folder / "data" / "landing" / "_inbox", landing(folder), print)


@pytest.mark.slow
def test_another_process_may_take_the_inbox_over_while_events_stream_in(folder):
    found = landing(folder)
    with receiving(folder) as process:
        load = loaded(process, 0.2)
        for _ in range(2):
            with command(folder, "refresh", "--no-wait") as refresh:
                refresh.communicate(timeout=120)
        assert found.files("events", "events")
        load.stop()
        assert process.end()[0] == 0

    assert load.statuses == {202}
    assert ids(found) == sorted(load.acknowledged)
    assert len(found.files("events", "events")) > 1


def test_nobody_may_listen_to_the_network_without_a_token(folder):
    (folder / "drumbeat.yaml").write_text("sources: [{kind: events}]")

    made = command(folder, "receive", "--host", "0.0.0.0", "--port", "1")
    _, said = made.communicate(timeout=60)

    assert made.returncode == 1
    assert "would let anybody on the network push events" in said


def test_on_this_machine_no_token_is_needed(folder):
    (folder / "drumbeat.yaml").write_text("sources: [{kind: events}]")

    with receiving(folder) as process:
        assert "no token is configured" in process.heading
        answer = client(process).post("/events/deployment", DEPLOYMENT, token=None)
        assert answer.status == 202


def test_a_configuration_that_lets_nobody_push_is_told(folder):
    (folder / "drumbeat.yaml").write_text("sources: [{kind: demo}]")

    made = command(folder, "receive", "--port", "1")
    _, said = made.communicate(timeout=60)

    assert made.returncode == 1
    assert "add a source of `kind: events`" in said


def test_a_port_that_is_taken_is_told(folder):
    with receiving(folder) as process:
        made = command(folder, "receive", "--port", str(process.port))
        _, said = made.communicate(timeout=60)

    assert made.returncode == 1
    assert "ddress already in use" in said
    assert "name another --port" in said
    assert "Traceback" not in said


def test_a_hang_up_signal_has_the_configuration_read_again(folder):
    def status(token):
        return client(process).post("/events/deployment", DEPLOYMENT, token=TOKENS[token]).status

    with receiving(folder) as process:
        assert (status("CI_TOKEN"), status("NEXT_TOKEN")) == (202, 202)
        only = {"kind": "events", "tokens": [{"name": "ci", "token": "${NEXT_TOKEN}"}]}
        (folder / "drumbeat.yaml").write_text(yaml.safe_dump({"sources": [only]}))
        process.popen.send_signal(signal.SIGHUP)
        said = iter(process.popen.stderr.readline, "")
        assert any("read again: 1 senders" in line for line in said)
        assert (status("CI_TOKEN"), status("NEXT_TOKEN")) == (401, 202)

        (folder / "drumbeat.yaml").write_text("sources: [{kind: nonsense}]")
        process.popen.send_signal(signal.SIGHUP)
        assert "The configuration stays as it was" in process.popen.stderr.readline()
        assert status("NEXT_TOKEN") == 202


def test_no_secret_is_said(folder):
    with receiving(folder) as process:
        client(process).post("/events/deployment", b"x", token="a-token-that-is-wrong")
        client(process).post("/events/deployment", b"x")
        _, said = process.end()

    for secret in (*TOKENS.values(), "a-token-that-is-wrong"):
        assert secret not in said + process.heading
    assert len(SENDERS) == 4


def test_the_receiver_ends_at_ctrl_c_too(folder):
    with receiving(folder) as process:
        assert process.end(signal.SIGINT)[0] == 0

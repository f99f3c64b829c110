"""`drumbeat event` against a receiver, against none, and against what is no receiver."""

import http.server
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.events.plain import MODELS
from pipelines.command_line import drumbeat
from pipelines.commands.receiving import event
from pipelines.errors import DrumbeatError
from pipelines.telling import sending, telling
from tests.pipelines.receiving.serving import TOKENS, project, running
from tests.pipelines.receiving.writing import ids, landed

ROOT = Path(__file__).parents[3]
DEPLOYMENT = ["event", "deployment", "--service", "checkout", "--sha", "0a1b2c3d4e5f"]
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """What a CI job has set, without waiting between tries."""
    for name, value in TOKENS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DRUMBEAT_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("DRUMBEAT_TOKEN", TOKENS["CI_TOKEN"])
    monkeypatch.setattr(telling, "Sender", partial(sending.Sender, sleep=lambda _: None))


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "spool"


def waiting(spool):
    return sorted(spool.glob("*.json"))


def told(*words, url=NOBODY):
    """Run the command in this process."""
    try:
        found = CliRunner().invoke(drumbeat, [*words, "--to", url], catch_exceptions=False)
    except DrumbeatError as error:
        return 1, str(error)
    return found.exit_code, found.stderr


def address(client):
    return f"http://127.0.0.1:{client.port}"


@contextmanager
def answering(*answers):
    """Serve these answers (status, headers), the last for ever; yield the address and requests."""
    left, requests = list(answers), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((self.path, dict(self.headers), json.loads(body)))
            status, headers = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b'{"error": "not today", "field": "service"}')

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_event_is_told(environment, tmp_path):
    with running(project(tmp_path)) as client:
        assert told(*DEPLOYMENT, url=address(client)) == (0, "")

    (row,) = landed(client.found.landing).to_dicts()
    payload = json.loads(row["payload"])
    assert (payload["service"], payload["sha"], payload["state"]) == (
        "checkout", "0a1b2c3d4e5f", "success",
    )  # fmt: skip
    assert payload["finished_at"][:10] == row["fetched_at"].strftime("%Y-%m-%d")


def test_strictly_an_event_that_has_to_wait_fails_the_command_and_waits(environment, spool):
    code, said = told(*DEPLOYMENT, "--strict")

    assert code == 1
    assert "the event did not reach the receiver" in said
    assert len(waiting(spool)) == 1


def test_an_event_waits_while_the_receiver_is_down_and_goes_first_then(
    environment, tmp_path, spool
):
    with running(project(tmp_path)) as client:
        pass
    code, said = told(*DEPLOYMENT, "--id", "first", url=address(client))
    assert code == 0
    assert "can not be reached" in said
    assert "The event waits in" in said
    (kept,) = waiting(spool)
    assert TOKENS["CI_TOKEN"] not in kept.read_text()

    with running(project(tmp_path)) as again:
        moved = kept.read_text().replace(address(client), address(again))
        kept.write_text(moved)
        code, said = told(*DEPLOYMENT, "--id", "second", url=address(again))

    assert (code, said) == (0, "Sent 1 events that were waiting.\n")
    assert not waiting(spool)
    rows = landed(again.found.landing).sort("fetched_at")["payload"]
    assert [json.loads(row)["subject_id"] for row in rows] == ["first", "second"]


def test_the_time_of_an_event_that_waited_is_when_it_happened(environment, spool):
    told(*DEPLOYMENT)
    told("event", "incident", "--service", "checkout", "--id", "I1")
    told("event", "incident", "--service", "checkout", "--id", "I1", "--status", "resolved")
    told("event", "deployment", "--service", "checkout", "--status", "started")
    told("event", "rollback", "--service", "checkout", "--version", "1", "--started-at", "now")

    times = [
        {key for key in json.loads(path.read_text())["body"] if key.endswith("_at")}
        for path in waiting(spool)
    ]
    assert times == [
        {"finished_at"}, {"started_at"}, {"resolved_at"}, {"started_at"},
        {"started_at", "finished_at"},
    ]  # fmt: skip


def test_what_was_accepted_without_our_knowing_is_not_there_twice(environment, tmp_path, spool):
    told(*DEPLOYMENT)
    (kept,) = waiting(spool)
    with running(project(tmp_path)) as client:
        text = kept.read_text().replace(NOBODY, address(client))
        for _ in range(2):
            kept.write_text(text)
            assert told("event", "flush", url=address(client))[0] == 0

    assert len(ids(client.found.landing)) == 1


def test_a_refused_event_fails_the_job_and_does_not_wait(environment, tmp_path, spool):
    with running(project(tmp_path)) as client:
        code, said = told(
            "event", "deployment", "--service", "x", "--sha", "main", url=address(client)
        )

    assert code == 1
    assert "400: sha: " in said
    assert not waiting(spool)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 301, 302, 307, 200])
def test_what_is_no_receiver_or_knows_no_such_sender_fails_the_job(environment, spool, status):
    with answering((status, {"Location": "http://127.0.0.1:9/"})) as (url, requests):
        code, said = told(*DEPLOYMENT, url=url)

    assert code == 1
    assert f"answered {status}: service: not today" in said
    assert len(requests) == 1
    assert not waiting(spool)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_three_times_with_one_id(environment, spool, status):
    with answering((status, {})) as (url, requests):
        code, _ = told(*DEPLOYMENT, url=url)

    assert code == 0
    assert len(requests) == 3
    assert len({headers["Idempotency-Key"] for _, headers, _ in requests}) == 1
    assert len({json.dumps(body) for *_, body in requests}) == 1
    assert len(waiting(spool)) == 1


def test_a_receiver_that_comes_back_between_tries_is_told(environment, spool):
    with answering((503, {}), (202, {})) as (url, requests):
        assert told(*DEPLOYMENT, url=url) == (0, "")

    assert len(requests) == 2
    assert not waiting(spool)


def test_the_wait_between_tries_is_what_the_receiver_asks_for_within_reason():
    waits = []
    with answering((429, {"Retry-After": "7"}), (503, {"Retry-After": "9999"}), (503, {})) as (
        url,
        _,
    ):
        sender = sending.Sender(url, sleep=waits.append)
        sender.send(sending.Told("/events/deployment", {}))

    assert waits == [7, 10]


def test_an_event_of_another_sender_waits_for_its_token(environment, spool, monkeypatch):
    with answering((503, {})) as (url, _):
        told(*DEPLOYMENT, url=url)
    (kept,) = waiting(spool)
    with answering((401, {}), (202, {})) as (url, requests):
        text = kept.read_text()
        kept.write_text(text.replace(json.loads(text)["url"], url))
        code, said = told(*DEPLOYMENT, url=url)

    assert code == 0
    assert len(requests) == 2
    assert waiting(spool) == [kept]
    assert "look at DRUMBEAT_TOKEN" in said


def test_a_waiting_event_that_is_refused_is_put_aside(environment, spool):
    told(*DEPLOYMENT)
    (kept,) = waiting(spool)
    with answering((400, {})) as (url, _):
        kept.write_text(kept.read_text().replace(NOBODY, url))
        code, said = told("event", "flush", url=url)

    assert code == 1
    assert "not today" in said or "did not go" in said
    assert not waiting(spool)
    assert [path.name for path in (spool / "refused").iterdir()] == [kept.name]


def test_a_damaged_file_in_the_spool_stops_nothing(environment, spool):
    spool.mkdir()
    (spool / "1.json").write_text("{")
    with answering((202, {})) as (url, requests):
        assert told(*DEPLOYMENT, url=url)[0] == 0

    assert len(requests) == 1
    assert [path.name for path in (spool / "refused").iterdir()] == ["1.json"]


def test_what_waits_for_one_receiver_is_not_told_to_another(environment, spool):
    told(*DEPLOYMENT)
    with answering((202, {})) as (url, requests):
        assert told(*DEPLOYMENT, url=url)[0] == 0

    assert len(requests) == 1
    assert len(waiting(spool)) == 1


@pytest.mark.parametrize(
    "url", ["", "drumbeat.example.org", "ftp://example.org", "http://", "https://x:y@example.org"]
)
def test_an_address_that_is_none_is_told(environment, url):
    code, said = told(*DEPLOYMENT, url=url)

    assert code == 1
    assert "DRUMBEAT_URL" in said


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_field_of_an_event_is_an_option_and_every_option_a_field(kind):
    options = {option.name for option in event.commands[kind].params}

    assert options - {"to", "strict"} == set(MODELS[kind].model_fields)


def test_an_incident_that_ends_must_say_which():
    code, said = told("event", "incident", "--service", "checkout", "--status", "resolved")

    assert code == 2
    assert "--id" in said


def test_telling_imports_nothing_heavy(tmp_path):
    code = (
        "import sys; from pipelines.command_line import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'polars', 'duckdb', 'pydantic', 'starlette', 'dagster', 'yaml'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, *DEPLOYMENT, "--to", NOBODY],
        env={**os.environ, "DRUMBEAT_SPOOL": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )

    assert made.stdout == "[]\n", made.stderr
    assert len(waiting(tmp_path)) == 1

"""What is read from outside: the metrics as JSON, by whom, and never at the cost of events."""

import gzip
import json
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import publishing
from pipelines.command_line import drumbeat
from pipelines.errors import DrumbeatError
from pipelines.project import Project
from pipelines.receiving import reading, readings
from pipelines.receiving.app import read_only
from pipelines.receiving.readers import Readers, is_from_here, readers
from pipelines.receiving.reading import Reader
from pipelines.receiving.serving import serve_reading
from pipelines.receiving.tally import Tally
from tests.pipelines.receiving.serving import HERE, TOKENS, Client, listening, project, running
from tests.pipelines.receiving.test_receiving import DEPLOYMENT
from tests.support import at, refresh, write
from tests.support import project as files_project

AS_OF = at("2026-03-20 12:00")
TOKEN = "read-token-of-the-tests"
ODD = 'pay"ments\\n'
SERVICES = [{"name": "checkout", "team": "shops"}, {"name": ODD, "team": "shops"}]


def deployments(days=30):
    return [
        {"deployment_id": f"d{service}{day}", "service": service,
         "finished_at": AS_OF - timedelta(days=day, hours=2)}
        for service in ("checkout", ODD) for day in range(1, days)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A project with something published."""
    folder = tmp_path_factory.mktemp("published")
    write(folder / "files", deployments=deployments())
    found = files_project(folder, services=SERVICES)
    refresh(found, AS_OF)
    return found


@dataclass
class Server(Client):
    """A server that only reads."""

    def get(self, path, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=told, token=None)


@pytest.fixture
def serve(published):
    """Return what starts servers that only read."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def start(allowed=HERE, found=published):
            reader = Reader(found.serving, allowed, Tally(lambda said: None))
            port = stack.enter_context(listening(read_only(reader)))
            return Server(port, None, found, [])

        yield start


def printed(found: Project, *words: str) -> str:
    """Return what the command prints."""
    where = ["metrics", "--json", "--data-dir", str(found.data_dir)]
    made = CliRunner().invoke(drumbeat, [*where, *words], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    return made.stdout


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", []),
        ("?service=checkout", ["--service", "checkout"]),
        ("?team=shops&by=week", ["--team", "shops", "--by", "week"]),
        ("?since=2026-03-01&until=2026-03-08", ["--since", "2026-03-01", "--until", "2026-03-08"]),
        ("?by=day&since=2026-03-10", ["--by", "day", "--since", "2026-03-10"]),
        ("?by=month&service=pay%22ments%5Cn", ["--by", "month", "--service", ODD]),
        ("?service=&team=", []),
    ],
)
def test_the_answer_is_what_the_command_prints_byte_by_byte(serve, published, query, words):
    answer = serve().get(f"/api/metrics{query}")

    assert (answer.status, answer.body.decode()) == (200, printed(published, *words))
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "status", "field", "remedy"),
    [
        ("author=x", 400, "author", "service, team, since, until, by"),
        ("by=author", 400, "by", "day, week, month"),
        ("by=day&by=week", 400, "by", "once"),
        ("service=checkout&team=shops", 400, "team", "one of them"),
        ("since=yesterday", 400, "since", "2026-08-31"),
        ("until=2026-02-30", 400, "until", "2026-08-31"),
        ("since=2026-03-21", 400, "since", "2026-03-20"),
        ("since=2026-03-10&until=2026-03-10", 400, "since", "until 2026-03-10"),
        ("since=1990-01-01", 400, "since", "3,700 days"),
        ("by=day&since=2024-01-01", 400, "since", "400 days"),
        ("service=nope", 404, "service", "checkout"),
        ("team=nope", 404, "team", "shops"),
    ],
)
def test_what_is_wrong_is_told_with_its_parameter_and_remedy(serve, query, status, field, remedy):
    answer = serve().get(f"/api/metrics?{query}")

    assert (answer.status, answer.json["field"]) == (status, field)
    assert remedy in answer.json["error"]
    assert "--" not in answer.json["error"]


def test_where_nothing_is_published_the_answer_is_later(serve, tmp_path):
    server = serve(found=files_project(tmp_path))

    answer = server.get("/api/metrics")
    gauges = server.get("/metrics")

    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert "drumbeat refresh" in answer.json["error"]
    assert gauges.status == 200
    assert b"drumbeat_is_published 0.0\n" in gauges.body


def test_who_has_the_published_file_already_is_told_so(serve):
    server = serve()
    tag = server.get("/api/metrics").headers["etag"]

    again = server.get("/api/metrics?service=checkout", If_None_Match=f'"other", {tag}')

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert server.get("/api/metrics", If_None_Match='W/"other"').status == 200


def test_answers_are_zipped_for_who_wants_that(serve):
    server = serve()

    answer = server.get("/api/metrics", Accept_Encoding="gzip")

    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == server.get("/api/metrics").body


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/metrics", "/events", "/webhooks/github", "/"])
def test_a_server_that_only_reads_takes_nothing_in(serve, method, path):
    answer = serve().ask(method, path, DEPLOYMENT)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_nothing_is_written_by_reading(serve, published):
    def there():
        files = [path for path in published.data_dir.rglob("*") if path.is_file()]
        return {path: path.stat().st_mtime_ns for path in files}

    before = there()
    server = serve()
    server.get("/api/metrics")
    server.get("/metrics")

    assert there() == before


def test_a_new_file_is_seen_and_an_old_one_may_go(serve, published, tmp_path):
    shutil.copytree(published.data_dir, tmp_path / "data", symlinks=True)
    found = files_project(tmp_path, services=SERVICES)
    server = serve(found=found)
    first = server.get("/api/metrics")
    write(tmp_path / "files", deployments=deployments(10))
    refresh(found, AS_OF)
    for old in publishing.published(found.serving)[:-1]:
        old.unlink()

    second = server.get("/api/metrics", If_None_Match=first.headers["etag"])

    assert second.status == 200
    assert second.body.decode() == printed(found)
    assert second.body != first.body


def test_one_question_is_answered_once_for_a_published_file(serve, monkeypatch):
    made = []
    real = reading.maker

    def slow(asked):
        def make(file):
            made.append(file)
            time.sleep(0.2)
            return real(asked)(file)

        return make

    monkeypatch.setattr(reading, "maker", slow)
    server = serve()
    threads = [
        threading.Thread(target=server.get, args=("/api/metrics?by=week",)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert server.get("/api/metrics?by=week").status == 200
    assert len(made) == 1


def test_too_many_questions_at_once_are_told_to_come_again(serve, monkeypatch):
    monkeypatch.setattr(readings, "MOST_WAITING", 2)
    monkeypatch.setattr(reading, "maker", lambda asked: lambda file: time.sleep(0.5) or b"{}")
    server = serve()
    statuses = []

    def ask(day):
        answer = server.get(f"/api/metrics?since=2026-03-{day:02d}")
        statuses.append((answer.status, answer.headers.get("retry-after")))

    threads = [threading.Thread(target=ask, args=(day,)) for day in range(1, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {status for status, _ in statuses} == {200, 503}
    assert (503, "2") in statuses


def test_a_damaged_file_is_told_without_its_place(serve, tmp_path):
    found = files_project(tmp_path)
    found.serving.mkdir(parents=True)
    (found.serving / "drumbeat-20260320T120000000000.duckdb").write_bytes(b"no database")
    (found.serving / "current.txt").write_text("drumbeat-20260320T120000000000.duckdb\n")

    answer = serve(found=found).get("/api/metrics")

    assert answer.status == 503
    assert "drumbeat rebuild" in answer.json["error"]
    assert str(tmp_path) not in answer.body.decode()


# -- who may read --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/metrics", "/metrics"])
def test_with_a_read_token_nobody_reads_without_it(serve, path):
    server = serve(Readers((TOKEN, "read-token-of-tomorrow")))

    assert server.get(path).status == 401
    assert server.get(path, Authorization=f"Bearer {TOKEN}x").status == 401
    assert server.get(path, Authorization=f"Bearer {TOKEN}").status == 200
    assert server.get(path, X_Drumbeat_Token="read-token-of-tomorrow").status == 200


@pytest.mark.parametrize("path", ["/api/metrics", "/metrics"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "drumbeat.example.org"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
        {"Via": "1.1 proxy"},
    ],
)
def test_what_a_proxy_passes_on_is_not_this_machine(serve, path, headers):
    assert serve().ask("GET", path, headers=headers, token=None).status == 403
    assert serve(Readers(is_open=True)).ask("GET", path, headers=headers).status == 200


@pytest.mark.parametrize(
    ("client", "host", "answer"),
    [
        ("127.0.0.1", "127.0.0.1:8503", True),
        ("::1", "[::1]:8503", True),
        ("127.0.0.1", "LOCALHOST", True),
        ("192.0.2.7", "localhost:8503", False),
        ("127.0.0.1", "localhost.example.org", False),
        ("127.0.0.1", "", False),
        ("", "localhost", False),
    ],
)
def test_this_machine_is_known_by_both_ends(client, host, answer):
    assert is_from_here(client, {"host": host}) is answer


def test_a_token_for_events_reads_nothing_and_one_to_read_sends_nothing(tokens, tmp_path):
    with running(project(tmp_path), allowed=Readers((TOKEN,))) as client:
        assert client.ask("GET", "/api/metrics").status == 401
        assert client.ask("GET", "/api/metrics", token=TOKEN).status == 503
        assert client.post("/events/deployment", DEPLOYMENT, token=TOKEN).status == 401


def test_a_short_token_and_two_answers_to_one_question_are_refused():
    assert readers({"DRUMBEAT_READ_TOKEN": f" {TOKEN}  {TOKEN}2 "}, is_open=False).tokens == (
        TOKEN,
        f"{TOKEN}2",
    )
    with pytest.raises(DrumbeatError, match="16 characters"):
        readers({"DRUMBEAT_READ_TOKEN": "short"}, is_open=False)
    with pytest.raises(DrumbeatError, match="leave one out"):
        readers({"DRUMBEAT_READ_TOKEN": TOKEN}, is_open=True)


def test_a_network_is_let_in_only_by_a_token_or_by_a_word(tmp_path, monkeypatch):
    monkeypatch.delenv("DRUMBEAT_READ_TOKEN", raising=False)

    with pytest.raises(DrumbeatError, match=r"DRUMBEAT_READ_TOKEN.*--open-reading"):
        serve_reading(tmp_path, "0.0.0.0", 8503)


# -- beside events -------------------------------------------------------------------------------


def test_readers_do_not_hold_up_events(tokens, tmp_path, monkeypatch):
    """Questions that take long leave the receiver free: an event takes no longer than before."""
    answered = threading.Event()
    monkeypatch.setattr(reading, "maker", lambda asked: lambda file: b"{}" * answered.wait(60))
    found = project(tmp_path)
    found.serving.mkdir(parents=True)
    (found.serving / "drumbeat-1.duckdb").write_bytes(b"")
    (found.serving / "current.txt").write_text("drumbeat-1.duckdb\n")
    with running(found) as client:
        asking = [
            threading.Thread(
                target=client.ask, args=("GET", f"/api/metrics?since=2026-03-{day:02d}")
            )
            for day in range(1, 20)
        ]
        for thread in asking:
            thread.start()
        began = time.monotonic()
        statuses = [
            client.post("/events/deployment", {**DEPLOYMENT, "id": str(number)}).status
            for number in range(20)
        ]
        took = time.monotonic() - began
        answered.set()
        client.intake.sealer.seal()
        for thread in asking:
            thread.join()

    assert set(statuses) == {202}
    # No event waited for a question: none had its answer before the last event.
    assert took < 60


def test_reads_and_events_at_once_are_both_right(tokens, published):
    sources = [
        {"kind": "files", "name": "files", "path": "files"},
        {"kind": "events", "tokens": [{"name": "ci", "token": "${CI_TOKEN}", "rate": 100_000}]},
    ]
    found = project(Path(published.data_dir).parent, sources, SERVICES)
    expected = printed(published, "--by", "week").encode()
    wrong = []

    def ask(client):
        for _ in range(10):
            answer = client.ask("GET", "/api/metrics?by=week", token=None)
            if (answer.status, answer.body) != (200, expected):
                wrong.append(answer)

    with running(found) as client:
        threads = [threading.Thread(target=ask, args=(client,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(40):
            event = {**DEPLOYMENT, "id": f"e{number}"}
            assert client.post("/events/deployment", event, token=TOKENS["CI_TOKEN"]).status == 202
        for thread in threads:
            thread.join()

    assert wrong == []


# -- Prometheus ----------------------------------------------------------------------------------


def test_the_receiver_counts_what_it_does(tokens, tmp_path):
    with running(project(tmp_path)) as client:
        client.post("/events/deployment", DEPLOYMENT)
        client.post("/events/deployment", DEPLOYMENT)
        client.post("/events/deployment", DEPLOYMENT, token="wrong")
        told = client.ask("GET", "/metrics", token=None).body.decode()

    assert 'drumbeat_receiver_events_accepted_total{format="plain"} 2.0\n' in told
    assert 'drumbeat_receiver_requests_refused_total{status="401"} 1.0\n' in told


def test_times_are_json_and_moments(serve):
    answer = serve().get("/api/metrics").json

    moments = {datetime.fromisoformat(answer[name]) for name in ("as_of", "since", "until")}
    assert AS_OF in moments
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer

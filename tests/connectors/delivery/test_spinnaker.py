"""Spinnaker's executions, with the fields that Gate gives them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.delivery import Places, spinnaker
from tests.support import at

START = int(at("2026-03-10 09:00").timestamp() * 1000)
MINUTE = 60_000


def stage(kind, status="SUCCEEDED", minute=0, **context):
    return {
        "id": f"{kind}-{minute}", "type": kind, "name": kind, "status": status,
        "startTime": START + minute * MINUTE, "endTime": START + (minute + 5) * MINUTE,
        "context": context,
    }  # fmt: skip


def execution(name, *stages, status="SUCCEEDED"):
    return {
        "id": name, "application": "checkout", "status": status, "startTime": START,
        "endTime": START + 30 * MINUTE, "stages": list(stages),
    }  # fmt: skip


DEPLOY = stage(
    "deploy",
    clusters=[{"account": "production", "strategy": "redblack", "delayBeforeScaleDownSec": 600}],
    artifacts=[{"type": "docker/image", "reference": "r.example/shop:1.42.0"}],
)
KAYENTA = {"canaryConfig": {"scoreThresholds": {"pass": "95", "marginal": "75"}}}


@pytest.fixture
def gate():
    """Serve executions; return them, what was asked, and the address."""
    found, asked = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            place = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(place.query).items()}
            asked.append((place.path, query))
            start = int(query["startIndex"])
            body = json.dumps(found[start : start + int(query["size"])]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found, asked, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def collected(url, entity, cursors=None):
    source = spinnaker.connect(url=url, applications=["checkout"], places=Places())
    (batch,) = source.collect(entity, cursors or {})
    return {record.record_id: dict(record.payload) for record in batch.rows}, batch.cursor


def test_a_pipeline_that_deploys_tells_strategy_version_and_what_stays_up(gate):
    executions, _, url = gate
    executions += [execution("e1", DEPLOY), execution("e2", stage("wait"))]
    rows, _ = collected(url, "progressive_rollouts")

    assert rows == {
        "spinnaker/checkout/e1": {
            "service": "checkout",
            "environment": "production",
            "version": "1.42.0",
            "strategy": "blue_green",
            "has_weights": False,
            "warm_seconds": 600,
            "tool": "spinnaker",
            "status": "completed",
            "started_at": "2026-03-10T09:00:00Z",
            "finished_at": "2026-03-10T09:30:00Z",
            "pause_count": 0,
        }
    }


def test_a_failed_canary_analysis_is_an_abort_and_a_verdict(gate):
    executions, _, url = gate
    judged = stage("kayentaCanary", "TERMINAL", 10, **KAYENTA)
    executions.append(execution("e1", DEPLOY, judged, status="TERMINAL"))
    rollouts, _ = collected(url, "progressive_rollouts")
    analyses, _ = collected(url, "analyses")

    row = rollouts["spinnaker/checkout/e1"]
    assert (row["status"], row["aborted_at"], row["strategy"]) == (
        "aborted", "2026-03-10T09:15:00Z", "canary",
    )  # fmt: skip
    assert analyses == {
        "spinnaker/checkout/e1/kayentaCanary-10": {
            "rollout_id": "spinnaker/checkout/e1",
            "metric": "kayentaCanary",
            "is_dry_run": False,
            "compares_stable": True,
            "can_fail": True,
            "verdict": "failed",
            "started_at": "2026-03-10T09:10:00Z",
            "finished_at": "2026-03-10T09:15:00Z",
        }
    }


def test_a_pipeline_that_breaks_without_an_analysis_is_degraded_and_no_abort(gate):
    executions, _, url = gate
    executions.append(execution("e1", DEPLOY, status="TERMINAL"))
    rows, _ = collected(url, "progressive_rollouts")
    assert rows["spinnaker/checkout/e1"]["status"] == "degraded"


def test_judgment_by_hand_and_the_way_back_are_told(gate):
    executions, _, url = gate
    executions.append(execution("e1", stage("manualJudgment"), stage("undoRolloutManifest")))
    rows, _ = collected(url, "progressive_rollouts")
    row = rows["spinnaker/checkout/e1"]
    assert (row["is_hand_paused"], row["is_rollback"], row["pause_count"]) == (True, True, 1)


def test_pages_are_read_to_the_end_and_the_next_time_three_days_are_read_again(gate):
    executions, asked, url = gate
    executions += [execution(f"e{n}", DEPLOY) for n in range(150)]
    rows, cursor = collected(url, "progressive_rollouts")
    assert len(rows) == 150
    assert [query["startIndex"] for _, query in asked] == ["0", "100"]

    collected(url, "progressive_rollouts", {"checkout": cursor})
    assert int(asked[-1][1]["triggerTimeStartBoundary"]) == START - 3 * 24 * 60 * MINUTE

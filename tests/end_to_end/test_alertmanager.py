"""A real Prometheus and a real Alertmanager tell a receiver that a service was down for a while."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pytest
import yaml

from pipelines.publishing import current
from tests.hosts.emulator import free_port
from tests.hosts.serving import Answer, Server
from tests.pipelines.receiving.process import command, configured, receiving
from tests.pipelines.receiving.serving import TOKENS

PROGRAMS = ("prometheus", "prometheus-alertmanager")
PATIENCE = 60
SERVICES = [{"name": "checkout"}, {"name": "search"}]
RULE = {
    "alert": "CheckoutIsDown",
    "expr": "up == 0",
    "for": "1s",
    "labels": {"service": "checkout", "severity": "page"},
    "annotations": {"summary": "Checkout does not answer"},
}


@dataclass
class Checkout:
    """A service that Prometheus watches, and a second ear for what Alertmanager tells of it."""

    alertmanager: str = ""
    is_up: bool = True
    told: list[dict] = field(default_factory=list)

    def metrics(self, _):
        return Answer(200 if self.is_up else 503, b"up_app 1\n", {"Content-Type": "text/plain"})

    def hear(self, request):
        self.told += json.loads(request.body)["alerts"]
        return Answer()

    def moments(self, name):
        """Return the different times that the alerts tell, in whole seconds."""
        return {datetime.fromisoformat(one[name]).replace(microsecond=0) for one in self.told}


@pytest.fixture
def checkout(tmp_path):
    """A running checkout, watched, with a receiver that hears of its alerts."""
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    configured(tmp_path, services=SERVICES)
    made = Checkout()
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving(tmp_path))
        ear = stack.enter_context(Server(made.hear))
        target = stack.enter_context(Server(made.metrics))
        hooks = [f"http://127.0.0.1:{receiver.port}/webhooks/alertmanager", ear.url]
        made.alertmanager = stack.enter_context(alerting(tmp_path, hooks))
        prometheus = stack.enter_context(watching(tmp_path, target, made.alertmanager))
        until(tmp_path, lambda: '"1"]' in asked(prometheus, "api/v1/query?query=up"))
        yield made


def alerting(folder, hooks):
    """Start an Alertmanager that tells the hooks of each change at once."""
    quick = {"group_wait": "1s", "group_interval": "1s", "repeat_interval": "5m"}
    allowed = {"authorization": {"type": "Bearer", "credentials": TOKENS["HOOK_TOKEN"]}}
    configs = [{"url": url, "send_resolved": True, "http_config": allowed} for url in hooks]
    write(
        folder / "alertmanager.yml",
        route={"receiver": "drumbeat", "group_by": ["alertname", "service"], **quick},
        receivers=[{"name": "drumbeat", "webhook_configs": configs}],
    )
    return running(
        folder, "prometheus-alertmanager", "--config.file=alertmanager.yml",
        "--storage.path=alertmanager", "--cluster.listen-address=",
    )  # fmt: skip


def watching(folder, target, alertmanager):
    """Start a Prometheus that looks every second whether the target is up."""

    def at(url):
        return [{"targets": [url.removeprefix("http://")]}]

    write(folder / "rules.yml", groups=[{"name": "checkout", "rules": [RULE]}])
    write(
        folder / "prometheus.yml",
        **{"global": dict.fromkeys(("scrape_interval", "evaluation_interval"), "1s")},
        rule_files=["rules.yml"],
        scrape_configs=[{"job_name": "app", "static_configs": at(target.url)}],
        alerting={"alertmanagers": [{"static_configs": at(alertmanager)}]},
    )
    return running(
        folder, "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=prometheus"
    )


def write(path, **settings):
    path.write_text(yaml.safe_dump(settings))


@contextmanager
def running(folder, name, *words):
    """Run a program until it is no longer needed; yield its address once it is ready."""
    port = free_port()
    with (folder / f"{name}.log").open("wb") as log:
        popen = subprocess.Popen(
            [name, *words, "--log.level=warn", f"--web.listen-address=127.0.0.1:{port}"],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            until(folder, lambda: popen.poll() is not None or asked(url, "-/ready"))
            assert popen.poll() is None, logs(folder)
            yield url
        finally:
            popen.kill()
            popen.wait()


def asked(url, path):
    """Return what a program answers; nothing while it is not there."""
    try:
        with urllib.request.urlopen(f"{url}/{path}", timeout=5) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return ""


def until(folder, is_so):
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {PATIENCE} seconds\n{logs(folder)}")
        time.sleep(0.1)


def logs(folder):
    return "\n".join(path.read_text() for path in folder.glob("*.log"))


def is_acknowledged(alertmanager, count):
    """Tell whether the hooks together took that many notifications and refused none."""
    metrics = asked(alertmanager, "metrics")
    sent = 'alertmanager_notification_requests_{}total{{integration="webhook"}} {}\n'
    return sent.format("", count) in metrics and sent.format("failed_", 0) in metrics


def incidents(folder):
    """Refresh, and return the incidents that are published then."""
    with command(folder, "refresh") as process:
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    with duckdb.connect(str(current(folder / "data" / "serving")), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return con.sql(
            "select service, severity, title, started_at, resolved_at, source from facts.incidents"
        ).fetchall()


def test_an_alert_that_fires_and_resolves_is_an_incident_with_its_start_and_end(tmp_path, checkout):
    told = ("checkout", "page", "Checkout does not answer")

    checkout.is_up = False
    until(tmp_path, lambda: is_acknowledged(checkout.alertmanager, 2))
    (started_at,) = checkout.moments("startsAt")
    # While it fires, Alertmanager says that it ended in year 1.
    assert {end.year for end in checkout.moments("endsAt")} == {1}
    assert incidents(tmp_path) == [(*told, started_at, None, "events")]

    checkout.is_up = True
    until(tmp_path, lambda: is_acknowledged(checkout.alertmanager, 4))
    assert [one["status"] for one in checkout.told] == ["firing", "resolved"]
    ended_at = max(checkout.moments("endsAt"))
    assert started_at < ended_at
    assert incidents(tmp_path) == [(*told, started_at, ended_at, "events")]

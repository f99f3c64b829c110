"""`drumbeat alerts` over the demo, and that docs/alerts.md shows what it prints."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner

from pipelines.command_line import drumbeat
from pipelines.configuration import parse
from pipelines.errors import DrumbeatError
from pipelines.publishing import current
from tests.pipelines.alerts.servers import web

DOCS = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
NAMES = ("SLACK_URL", "TEAMS_URL", "SMTP_PASSWORD", "ALERT_SECRET")


def block(kind):
    """Return the first block of a kind."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", DOCS, re.DOTALL | re.MULTILINE)
    return next(text for name, text in blocks if name == kind)


@pytest.fixture
def data(demo, tmp_path):
    """A copy of what the demo published, and its configuration."""
    shutil.copytree(demo / "serving", tmp_path / "data" / "serving", symlinks=True)
    shutil.copy(demo / "drumbeat.yaml", tmp_path / "data")
    return tmp_path / "data"


def alerts(data, *words, **settings):
    config = data / "drumbeat.yaml"
    if settings:
        config.write_text(
            yaml.safe_dump({**yaml.safe_load(config.read_text()), "alerts": settings})
        )
    return CliRunner().invoke(
        drumbeat, ["alerts", "--data-dir", str(data), *words], catch_exceptions=False
    )


def test_a_dry_run_over_the_demo_prints_what_the_page_shows(data):
    before = sorted(data.rglob("*"))
    found = alerts(data, "--dry-run")

    assert found.stdout == block("")
    assert found.stderr == "No channel is configured; see `alerts:` in drumbeat.yaml.\n"
    assert sorted(data.rglob("*")) == before


def test_the_json_of_the_page_is_what_a_webhook_of_that_name_gets(data):
    found = json.loads(alerts(data, "--dry-run", "--json").stdout)

    (row,) = found["rows"]
    assert row["message"]["services"][0] == json.loads(block("json"))


def test_the_configuration_of_the_page_is_one(data, monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.setenv(name, "https://hooks.example.org/x")
    found = parse("sources: [{kind: demo}]\n" + block("yaml"), tmp_path / "drumbeat.yaml")

    assert [one.name for one in found.alerts.channels] == [
        "slack", "payments-team", "email", "webhook",
    ]  # fmt: skip


def test_the_demo_is_told_once_to_a_webhook(data):
    known = {"service": "stock", "until": "2027-01-01", "reason": "on holiday"}
    with web() as (url, posted):
        channels = [{"kind": "webhook", "url": url}]
        first = alerts(data, channels=channels, confirmed=[known])
        again = alerts(data)

    (body,) = (json.loads(body) for _, _, body in posted)
    assert [(one["service"], one["state"]) for one in body["services"]] == [
        ("invoicing", "stalled"), ("returns", "dormant"), ("identity", "irreversible"),
    ]  # fmt: skip
    assert "Sent to webhook (webhook):" in first.stdout
    assert "stock: known until 2027-01-01 (on holiday)" in first.stderr
    assert again.stdout == "Nothing is new.\n"
    assert url not in (data / "outbox" / "webhook.json").read_text()


def test_what_does_not_go_fails_the_command_and_names_no_address(data):
    with (
        web((500, {})) as (url, _),
        pytest.raises(DrumbeatError, match="what waits goes with a later run"),
    ):
        alerts(data, channels=[{"kind": "webhook", "url": f"{url}/hidden"}])


@pytest.mark.parametrize("flag", ["has_as_of", "has_known_at"])
def test_a_published_past_is_told_to_nobody(data, flag):
    with duckdb.connect(str(current(data / "serving"))) as con:
        con.execute(f"update config.run set {flag} = true")
    with web() as (url, posted), pytest.raises(DrumbeatError, match="alerts are of now"):
        alerts(data, channels=[{"kind": "webhook", "url": url}])
    assert not posted
    assert alerts(data, "--dry-run").exit_code == 0

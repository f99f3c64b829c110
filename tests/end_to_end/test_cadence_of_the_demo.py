"""The demo's stalled, slowing, dormant, frozen and new services show as what they are."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from pipelines.command_line import drumbeat
from tests.pipelines.alerts.servers import web

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SHOWN = {
    "invoicing": "stalled",
    "stock": "slowing",
    "returns": "dormant",
    "notifications": "frozen",
    "loyalty": "too new",
}
"""In words; every other service is on its rhythm."""
TOLD = {"invoicing": "stalled", "stock": "slowing", "returns": "dormant"}
"""No alarm begins in a freeze, and what is too new has no rhythm to leave."""


@pytest.fixture(scope="module")
def data(demo, tmp_path_factory):
    """A copy of what the demo published, and its configuration."""
    folder = tmp_path_factory.mktemp("cadence") / "data"
    shutil.copytree(demo / "serving", folder / "serving", symlinks=True)
    shutil.copy(demo / "drumbeat.yaml", folder)
    return folder


@pytest.fixture(scope="module")
def said(data):
    def asked(*words):
        words = [*words, "--data-dir", str(data)]
        return CliRunner().invoke(drumbeat, words, catch_exceptions=False).stdout

    return asked


def test_the_command_tells_of_each_what_it_is(said):
    rows = json.loads(said("cadence", "--json"))["rows"]
    states = {row["service"]: "frozen" if row["is_frozen"] else row["state"] for row in rows}

    assert {name: state.replace("too_new", "too new") for name, state in states.items()} == {
        **dict.fromkeys(states, "on_rhythm"),
        **SHOWN,
    }
    told = said("cadence")
    assert told.startswith("as of 2026-11-23 10:40 UTC, Europe/Berlin\nMade-up data.\n\nservice")
    lines = {line.split("  ")[0]: line for line in told.splitlines()}
    assert all(re.match(rf"{name} +{state}  ", lines[name]) for name, state in SHOWN.items())


def test_the_report_tells_of_each_what_it_is(said, tmp_path):
    said("report", "--format", "md", "--out", str(tmp_path))
    (report,) = (file.read_text() for file in tmp_path.glob("*.md"))
    found = dict(re.findall(r"^\| \*\*([a-z ]+)\*\* +\| \*\*(\S+)\*\*", report, re.MULTILINE))

    assert {name: state for state, name in found.items()} == SHOWN


def test_the_page_tells_of_each_what_it_is(data, monkeypatch, tmp_path):
    # A file of its own, for one process opens one file in one way.
    shutil.copytree(data / "serving", tmp_path / "serving", symlinks=True)
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run().switch_page("views/cadence.py")
    told = "".join(one.value for one in app.run().markdown if not one.value.startswith("<style>"))
    assert not app.exception
    (strips,) = re.findall(r'<table class="t pulse blocks.*?</table>', told, re.DOTALL)
    found = {
        name: state
        for row in strips.split("<tr")
        for name in re.findall(r"service\?service=([\w-]+)", row)[:1]
        for state in re.findall(r'<b class="\w*">([^<]+)</b>', row)
    }

    assert found == {**dict.fromkeys(found, "on rhythm"), **SHOWN}
    assert len(found) == 12


def test_each_that_left_its_rhythm_is_one_alert_and_the_others_are_none(data, said):
    config = data / "drumbeat.yaml"
    before = config.read_text()
    with web() as (url, posted):
        channels = {"channels": [{"kind": "webhook", "url": url}]}
        config.write_text(yaml.safe_dump({**yaml.safe_load(before), "alerts": channels}))
        for _ in range(2):
            said("alerts")
    config.write_text(before)

    told = [
        (one["service"], one["state"])
        for _, _, body in posted
        for one in json.loads(body)["services"]
        if one["state"] != "irreversible"
    ]
    assert sorted(told) == sorted(TOLD.items())

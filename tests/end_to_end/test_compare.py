"""``drumbeat compare`` on the demo: what the docs show, what JSON holds, how it refuses."""

import json
import math
import re
import subprocess
from pathlib import Path

import pytest

from sql.tools import TOOLS
from tests.end_to_end.conftest import ROOT, run_here

DOCS = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ drumbeat (compare[^\n]*)\n(.*?)```", DOCS, re.DOTALL)
OURS = ("deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time")


def compared(demo: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_here("compare", *words, "--data-dir", str(demo))


@pytest.fixture(scope="module")
def answer(demo):
    return json.loads(compared(demo, "--json").stdout)


@pytest.mark.parametrize(("words", "said"), SHOWN, ids=[words for words, _ in SHOWN])
def test_the_docs_show_what_is_printed(demo, words, said):
    assert compared(demo, *words.split()[1:]).stdout == said


def test_the_docs_have_a_section_for_every_tool_and_its_json():
    sections = DOCS.split("\n## ")
    for tool in TOOLS.values():
        (section,) = [part for part in sections if part.startswith(f"{tool.title}\n")]
        assert "*Beside ours:*" in section
        assert "*What we could not know:*" in section
        assert f"`{tool.key}`" in DOCS


def test_json_has_our_rows_first_and_every_tool_s_for_every_scope(answer):
    rows = answer["rows"]
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    assert tools == ["drumbeat", *TOOLS]
    scopes = {(row["scope"], row["name"]) for row in rows if row["tool"] == "drumbeat"}
    for key, tool in TOOLS.items():
        found = [row for row in rows if row["tool"] == key]
        assert len(found) == len(scopes) * len(tool.metrics)
        assert {(row["scope"], row["name"]) for row in found} == scopes
        assert {row["metric"] for row in found} >= set(OURS)
        assert {row["unit"] for row in found} == {metric.unit for metric in tool.metrics}
        assert all(row["their_name"] for row in found)


def test_json_is_our_metrics_and_holds_no_infinity(demo, answer):
    ours = json.loads(run_here("metrics", "--json", "--data-dir", str(demo)).stdout)
    told = [row for row in answer["rows"] if row["tool"] == "drumbeat"]
    for row in told:
        del row["tool"], row["their_name"]
    assert {key: answer[key] for key in ("as_of", "since", "until")} == {
        key: ours[key] for key in ("as_of", "since", "until")
    }
    assert told == ours["rows"]
    values = [row["value"] for row in answer["rows"]]
    assert all(value is None or math.isfinite(value) for value in values)


def test_a_tool_and_a_service_leave_the_rest_out(demo):
    told = json.loads(compared(demo, "--as", "Four-Keys", "--service", "payments", "--json").stdout)
    assert {row["tool"] for row in told["rows"]} == {"drumbeat", "four_keys"}
    assert {(row["scope"], row["name"]) for row in told["rows"]} == {("service", "payments")}
    rows = [row for row in told["rows"] if row["tool"] == "four_keys"]
    assert [row["bucket"] for row in rows if "bucket" in row] == [
        "daily", "below 24 h", "up to 15 %",
    ]  # fmt: skip


def test_a_trend_has_a_row_for_each_month(demo):
    words = ("--as", "devlake", "--service", "payments", "--by", "month", "--json")
    told = json.loads(compared(demo, *words).stdout)["rows"]
    months = [row["period"] for row in told if row["metric"] == "time_to_restore"]
    assert months == ["2026-08-31", "2026-09-01", "2026-10-01", "2026-11-01"]
    values = [row["value"] for row in told if row["metric"] == "recovery_time"][-4:]
    assert None not in values


def test_explained_rows_are_those_that_one_of_the_two_counts(demo):
    words = ("--explain", "devlake", "--service", "payments", "--json")
    answer = json.loads(compared(demo, *words).stdout)
    rows = answer["differences"]
    assert rows
    assert all(row["ours"] != row["theirs"] and row["tool"] == "devlake" for row in rows)
    failed = {row["thing_id"] for row in rows if row["theirs"] == "failed"}
    numbers = {(row["tool"], row["metric"]): row for row in answer["rows"]}
    for tool, side in (("devlake", "theirs"), ("drumbeat", "ours")):
        # What is counted by both is not listed, so the difference of the counts is that of the n.
        alone = [row for row in rows if row["metric"] == "change_fail_rate"]
        counted = sum(row[side] != "not counted" for row in alone)
        other = sum(row["ours" if side == "theirs" else "theirs"] != "not counted" for row in alone)
        rival = "drumbeat" if tool == "devlake" else "devlake"
        difference = (
            numbers[tool, "change_fail_rate"]["n"] - numbers[rival, "change_fail_rate"]["n"]
        )
        assert counted - other == difference
    assert failed


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("--as", "jira"), 1, "no tool is called 'jira'; there are: devlake, middleware"),
        (("--explain", "jira"), 1, "no tool is called 'jira'"),
        (("--service", "nobody"), 1, "no service is called 'nobody'; there are:"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), 1, "is not before --until"),
        (("--by", "month"), 2, "--by is told as JSON"),
        (("--by", "day", "--json"), 2, "Usage: drumbeat compare"),
    ],
)
def test_what_can_not_be_compared_is_told(demo, words, status, told):
    found = compared(demo, *words)
    assert (found.returncode, found.stdout) == (status, "")
    assert told in found.stderr
    assert "Traceback" not in found.stderr


def test_tables_of_another_tool_come_out_with_its_numbers(tmp_path):
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "deployments.csv").write_text(
        "deployment_id,service,finished_at,status,environment\n"
        "d1,shop,2026-03-03T10:00:00Z,success,PRODUCTION\n"
        "d2,shop,2026-03-04T10:00:00Z,failure,PRODUCTION\n"
        "d3,shop,2026-03-05T10:00:00Z,success,STAGING\n"
        "d4,shop,2026-03-06T10:00:00Z,success,PRODUCTION\n"
        "d5,shop,,in_progress,PRODUCTION\n"
    )
    (tables / "changes.csv").write_text(
        "change_id,repository,merged_at,opened_at\n"
        "p1,shop,2026-03-06T09:00:00Z,2026-03-06T08:00:01Z\n"
    )
    (tables / "incidents.csv").write_text(
        "incident_id,started_at,resolved_at\n"
        "i1,2026-03-05T10:00:00Z,2026-03-05T11:30:00Z\n"
        "i2,2026-03-09T10:00:00Z,\n"
    )
    config = tmp_path / "drumbeat.yaml"
    config.write_text("sources:\n  - {kind: files, name: other, path: tables}\n")
    data = tmp_path / "data"
    words = ("--config", str(config), "--data-dir", str(data), "--as-of", "2026-03-30T12:00:00Z")
    assert run_here("refresh", *words).returncode == 0

    asked = ("--since", "2026-03-02", "--until", "2026-03-30", "--service", "shop", "--json")
    found = json.loads(run_here("compare", *asked, "--data-dir", str(data)).stdout)["rows"]
    said = {(row["tool"], row["metric"]): (row["value"], row["n"]) for row in found}

    # i1 blames d1 and i2 d4; for Middleware i1 is after d2, which failed.
    assert said["devlake", "change_fail_rate"] == (1.0, 2)
    assert said["middleware", "change_fail_rate"] == (pytest.approx(200 / 3), 3)
    assert said["gitlab", "change_fail_rate"] == (1.0, 2)
    # 59 minutes and 59 seconds are an hour, and so is the wait; nothing is known before.
    assert said["devlake", "change_lead_time"] == (120.0, 1)
    assert said["middleware", "change_lead_time"] == (3600.0, 1)
    assert said["gitlab", "change_lead_time"] == (3600.0, 1)
    assert said["devlake", "recovery_time"] == (49.5 * 60, 1)
    assert said["middleware", "recovery_time"] == (5400.0, 1)


@pytest.mark.parametrize("service", ["", "checkout"])
def test_the_page_shows_what_the_command_prints(demo, demo_pages, monkeypatch, service):
    from dashboard import compared
    from dashboard.questions import runs

    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(demo_pages))
    words = ["--service", service] if service else []
    told = json.loads(run_here("compare", "--json", "--data-dir", str(demo), *words).stdout)
    scope = "service" if service else "organisation"
    mine = [row for row in told["rows"] if row["scope"] == scope]

    found = compared.asked(service, runs.run())

    keys = ("tool", "metric", "value", "n", "unit")
    assert [[row[key] for key in keys] for row in found if row["tool"] != "drumbeat"] == [
        [row[key] for key in keys] for row in mine if row["tool"] != "drumbeat"
    ]
    ours = {row["metric"]: row for row in found if row["tool"] == "drumbeat"}
    for row in mine:
        if row["tool"] == "drumbeat":
            assert [ours[row["metric"]][key] for key in keys] == [row[key] for key in keys]
    assert len(ours) == 5

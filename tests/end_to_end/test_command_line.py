"""The command line: what it prints, where, how it ends, and what it never shows."""

import csv
import io
import json
import math
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines import command_line, explaining, publishing, windows
from tests.end_to_end.conftest import ROOT, Inputs, run_here

COMMANDS = sorted(command_line.drumbeat.commands)
METRICS = ("deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time",
           "rework_rate")  # fmt: skip
UNITS = dict(zip(METRICS, ("per week", "hours", "rate", "hours", "rate"), strict=True))
FIELDS = {"scope", "name", "metric", "value", "unit", "n", "low", "high", "p75", "p90",
          "definition", "is_too_few", "warnings"}  # fmt: skip
HEAVY = ("polars", "dagster", "duckdb", "streamlit", "plotly", "scipy", "numpy", "git", "gitlab")

Said = tuple[int, str, str]


@pytest.fixture
def drumbeat(monkeypatch, capfd, tmp_path) -> Callable[..., Said]:
    """Run a command in this process: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def running(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["drumbeat", *words])
        status = 0
        try:
            command_line.main()
        except SystemExit as end:
            status = int(end.code or 0)
        sys.stdout.flush()
        out, error = capfd.readouterr()
        return status, out, error

    return running


def failed(said: Said, status: int = 1) -> str:
    """Check that a command failed as it should; return what it said."""
    found, out, error = said
    assert (found, out) == (status, "")
    assert "Traceback" not in error
    return error


def finite(value: object) -> bool:
    """Tell whether nothing in a JSON value is NaN or infinite."""
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_gives_an_example_and_ends_well(drumbeat, command):
    status, out, error = drumbeat(*command.split(), "--help")

    assert (status, error) == (0, "")
    assert out.startswith("Usage: drumbeat")
    if command:
        assert f"Example: drumbeat {command}" in out


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['drumbeat', '--help']\n"
        "from pipelines.command_line import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stderr == "[]\n"


def test_the_design_names_every_command():
    assert set(COMMANDS) >= {
        "demo", "try", "init", "doctor", "refresh", "rebuild", "metrics", "explain", "sql",
        "report", "dashboard", "dagster",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("metrics", "--nonsense"),
        ("metrics", "--by", "year"),
        ("metrics", "--since", "tomorrow"),
        ("metrics", "--service", "a", "--team", "b"),
        ("explain",),
        ("sql",),
        ("sql", "select 1", "--format", "xml"),
        ("init",),
        ("try",),
    ],
)
def test_what_is_no_command_of_ours_ends_with_two(drumbeat, words):
    assert "Usage: drumbeat" in failed(drumbeat(*words), 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("metrics",), "nothing is published yet; run `drumbeat refresh`"),
        (("explain", "rework_rate"), "nothing is published yet"),
        (("sql", "select 1"), "nothing is published yet"),
        (("dashboard",), "nothing is published yet"),
        (("refresh",), "drumbeat.yaml"),
        (("rebuild", "--config", "mine.yaml"), "mine.yaml"),
        (("init", "--from-git", "nowhere"), "nowhere"),
        (("try", "nowhere", "--no-dashboard"), "nowhere"),
    ],
)
def test_what_the_user_can_mend_ends_with_one_and_says_how(drumbeat, words, told):
    assert told in failed(drumbeat(*words))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("metrics", "--service", "nobody"), "no service is called 'nobody'; there are:"),
        (("metrics", "--team", "nobody"), "no team is called 'nobody'; there are:"),
        (("metrics", "--since", "2026-03-02", "--until", "2026-03-01"), "is not before --until"),
        (("metrics", "--since", "2199-01-01"), "--since 2199-01-01 is "),
        (("explain", "velocity"), "no metric is called 'velocity'; there are:"),
        (("explain", "rework_rate", "--week", "2026-W60"), "2026 has no week 60"),
        (("explain", "rework_rate", "--service", "nobody"), "no service is called 'nobody'"),
        (("sql", "selec 1"), "syntax error"),
        (("sql", "select * from nowhere"), "nowhere"),
        (("sql", "create table marts.x as select 1"), "read-only"),
        (("sql", "delete from marts.metrics"), "read-only"),
    ],
)
def test_a_question_without_an_answer_ends_with_one(drumbeat, demo, words, told):
    assert told in failed(drumbeat(*words, "--data-dir", str(demo)))


def test_metrics_as_json_has_the_shape_of_the_design_and_no_nan(drumbeat, demo):
    status, out, error = drumbeat("metrics", "--json", "--data-dir", str(demo))

    assert (status, error) == (0, "")
    found = json.loads(out, parse_constant=pytest.fail)
    assert set(found) == {"as_of", "since", "until", "rows"}
    since, until = (datetime.fromisoformat(found[name]) for name in ("since", "until"))
    assert (until.date() - since.date()).days == 84
    assert (since.weekday(), until.weekday()) == (0, 0)
    assert datetime.fromisoformat(found["as_of"]) >= until
    assert finite(found)
    for row in found["rows"]:
        assert set(row) - {"at_least", "open", "mean"} == FIELDS
        assert row["scope"] in ("service", "team", "organisation")
        assert row["unit"] == UNITS[row["metric"]]
        assert re.fullmatch(rf"{row['metric']}@[0-9a-f]{{8}}", row["definition"])
        assert isinstance(row["n"], int)
        if row["n"] == 0 and row["metric"] != "deployment_frequency":
            assert row["value"] is None
    scopes = {(row["scope"], row["name"]) for row in found["rows"]}
    assert len(found["rows"]) == len(scopes) * len(METRICS)


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_metrics_by_period_say_which(drumbeat, demo, by):
    words = ("metrics", "--json", "--by", by, "--data-dir", str(demo), "--since", "2026-01-01")
    rows = json.loads(drumbeat(*words)[1])["rows"]

    days = {date.fromisoformat(row["period"]) for row in rows}
    since = date(2026, 1, 1)
    # Days without a deployment have no row; weeks and months have one each.
    assert min(days) == since or (by == "day" and min(days) > since)
    assert all(
        day == since or {"day": True, "week": day.weekday() == 0, "month": day.day == 1}[by]
        for day in days
    )


def test_metrics_of_a_window_count_what_the_facts_hold(drumbeat, demo):
    words = ("metrics", "--json", "--data-dir", str(demo), "--since", "2026-02-03", "--until",
             "2026-04-17")  # fmt: skip
    answer = json.loads(drumbeat(*words)[1])
    counted = {
        row["name"]: row["n"]
        for row in answer["rows"]
        if row["scope"] == "service" and row["metric"] == "deployment_frequency" and row["n"]
    }

    query = (
        "select service, count(*) from facts.rollouts where finished_on >= '2026-02-03' "
        "and finished_on < '2026-04-17' group by service"
    )
    with windows.published(publishing.current(demo / "serving")) as con:
        assert counted == dict(con.sql(query).fetchall())


def test_metrics_as_text_are_for_people(drumbeat, demo):
    status, out, error = drumbeat("metrics", "--data-dir", str(demo))

    assert (status, error) == (0, "")
    assert "deployment frequency" in out
    assert "nan" not in out.lower()


def test_sql_answers_in_every_format(drumbeat, demo, tmp_path, monkeypatch):
    query = (
        "select metric, sum(n) as n, max(value) as value from marts.metrics group by 1 order by 1"
    )
    words = ("sql", query, "--data-dir", str(demo), "--format")

    found = json.loads(drumbeat(*words, "json")[1])
    assert [row["metric"] for row in found] == sorted(METRICS)
    lines = list(csv.DictReader(io.StringIO(drumbeat(*words, "csv")[1])))
    assert [row["metric"] for row in lines] == sorted(METRICS)
    table = drumbeat(*words, "table")[1].splitlines()
    assert table[0].split() == ["metric", "n", "value"]
    assert len(table) == 6
    made = subprocess.run(
        [sys.executable, "-m", "pipelines", *words, "parquet"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert pl.read_parquet(io.BytesIO(made.stdout))["metric"].to_list() == sorted(METRICS)


def test_an_answer_can_not_make_the_terminal_obey(drumbeat, demo):
    query = "select concat('a', chr(27), '[31mb', chr(10), 'c') as text"

    out = drumbeat("sql", query, "--data-dir", str(demo))[1]

    assert out.splitlines() == ["text", "a [31mb c"]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_reader_that_has_had_enough_ends_it_quietly(demo, form):
    words = ["sql", "from facts.deployments", "--format", form, "--data-dir", str(demo)]
    program = [sys.executable, "-W", "error", "-m", "pipelines", *words]
    with subprocess.Popen(
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def weeks(con, count):
    """The last whole weeks of the data, and one long before them."""
    until = windows.window(con).until
    return [until - timedelta(weeks=back) for back in [*range(1, count), 30]]


def test_the_rows_of_an_explanation_add_up_to_its_number(demo):
    """Each metric, each service, each team and everybody, in some weeks."""
    with windows.published(publishing.current(demo / "serving")) as con:
        scopes = con.sql("select distinct scope, name from facts.scopes order by all").fetchall()
        for since in weeks(con, 3):
            chosen = windows.window(con, since, since + timedelta(weeks=1))
            numbers = {
                (row["scope"], row["name"], row["metric"]): row
                for row in windows.metrics(con, chosen, by="week").to_dicts()
            }
            for scope, name in scopes:
                for metric in METRICS:
                    number = numbers.get((scope, name, metric))
                    params = {"scope": scope, "name": name, "since": chosen.since,
                              "until": chosen.until}  # fmt: skip
                    rows = con.sql(explaining.QUERIES[metric], params=params).pl()
                    adds_up(number, metric, rows)


def adds_up(number, metric, rows):
    """Check one number against its rows."""
    if number is None:
        assert rows.is_empty()
        return
    told = f"{metric} of {number['name']}, week of {number['starts_on']}"
    counted = rows
    if metric == "change_lead_time":
        counted = rows.filter(pl.col("lead_hours").is_not_null())
        if len(counted):
            median = statistics.median(counted["lead_hours"])
            assert math.isclose(number["value"], median, abs_tol=0.01), told
    elif metric in ("change_fail_rate", "rework_rate") and len(rows):
        flag = {"change_fail_rate": "is_failed", "rework_rate": "is_rework"}[metric]
        assert math.isclose(number["value"], rows[flag].fill_null(value=False).mean()), told
    assert number["n"] == len(counted), told


@pytest.mark.parametrize("metric", METRICS)
def test_explain_prints_the_number_and_as_many_rows(drumbeat, demo, metric):
    words = ("explain", metric, "--data-dir", str(demo))
    status, out, error = drumbeat(*words, "--json")

    assert (status, error) == (0, "")
    found = json.loads(out, parse_constant=pytest.fail)
    assert set(found) == {"number", "rows"}
    assert found["number"]["metric"] == metric
    assert len(found["rows"]) >= found["number"]["n"] > 0
    head, blank, *lines = drumbeat(*words)[1].splitlines()
    assert f"n = {found['number']['n']}" in head
    assert blank == ""
    assert len(lines) == len(found["rows"]) + 1


def test_explain_of_one_service_in_one_week(drumbeat, demo):
    with windows.published(publishing.current(demo / "serving")) as con:
        ((service, starts_on, count),) = con.sql(
            "select name, starts_on, n from marts.metrics where scope = 'service' "
            "and metric = 'deployment_frequency' and period = 'week' and is_finished "
            "order by n desc, starts_on desc, name limit 1"
        ).fetchall()
    week = "{}-W{:02d}".format(*starts_on.isocalendar())
    words = ("explain", "deployment_frequency", "--service", service, "--week", week, "--json")

    found = json.loads(drumbeat(*words, "--data-dir", str(demo))[1])

    assert found["number"]["n"] == len(found["rows"]) == count
    assert {row["service"] for row in found["rows"]} == {service}


def test_doctor_says_what_it_looked_at(drumbeat, demo):
    status, out, error = drumbeat("doctor", "--data-dir", str(demo))

    assert (status, error) == (0, "")
    assert "ok    data: published as of" in out
    assert not re.search("^mend", out, re.MULTILINE)


def test_doctor_says_what_to_mend(drumbeat, tmp_path):
    (tmp_path / "drumbeat.yaml").write_text("sources: [{kind: files, name: f, path: nowhere}]\n")

    status, out, _ = drumbeat("doctor")

    assert status == 1
    assert re.search(r"^mend  f: files: .*nowhere is no folder", out, re.MULTILINE)
    assert "nothing is published yet" in out


def test_a_demo_refreshed_again_lands_nothing_new(drumbeat, demo, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(demo, data, symlinks=True)
    files = sorted((data / "landing").rglob("*.parquet"))

    status, out, error = drumbeat("refresh", "--data-dir", str(data))

    assert (status, out) == (0, "")
    assert re.search(r"^demo +0$", error, re.MULTILINE)
    assert sorted((data / "landing").rglob("*.parquet")) == files


def test_a_source_that_fails_stops_no_other_and_ends_with_one(drumbeat, inputs):
    text = inputs.config.read_text().replace("path: files", "path: nowhere")
    inputs.config.write_text(text)

    error = failed(drumbeat("refresh", "--config", str(inputs.config)))

    assert "not all was collected:\nfiles: files: " in error
    assert "nowhere is no folder; mend `path`" in error
    assert re.search(r"^source +new records +of which$", error, re.MULTILINE)
    counted = r"^code +29 +commits 12, tags 4, heads 1, changed_files 12$"
    assert re.search(counted, error, re.MULTILINE)
    assert drumbeat("metrics", "--service", "code")[0] == 0


def test_rows_left_out_are_told_with_file_line_column_and_value(drumbeat, inputs):
    status, out, error = drumbeat("refresh", "--config", str(inputs.config))

    assert (status, out) == (0, "")
    assert "Left out: files: deployments.ndjson:61: finished_at '60' is no ISO 8601" in error


def test_init_writes_a_configuration_that_works_and_never_over_another(drumbeat, inputs, tmp_path):
    words = ("init", "--from-git", str(inputs.folder / "code"))
    status, out, error = drumbeat(*words)

    assert (status, out) == (0, "")
    assert "Wrote drumbeat.yaml" in error
    assert "exists already" in failed(drumbeat(*words))
    assert drumbeat("refresh")[0] == 0
    assert json.loads(drumbeat("metrics", "--json")[1])["rows"]
    assert (tmp_path / "data" / "drumbeat.yaml").exists()


def test_try_shows_the_releases_of_a_clone(drumbeat, inputs):
    assert drumbeat("try", str(inputs.folder / "code"), "--no-dashboard")[0] == 0

    query = "select count(*) as n from facts.deployments"
    assert json.loads(drumbeat("sql", query, "--format", "json")[1]) == [{"n": 4}]


def test_a_second_refresh_that_does_not_wait_ends_with_one(drumbeat, inputs, tmp_path):
    from pipelines.locking import locked

    with locked(tmp_path / "data", wait=False, say=print):
        words = ("refresh", "--config", str(inputs.config), "--no-wait")
        assert f"process {os.getpid()}, since" in failed(drumbeat(*words))


def holding(folder: Path, secret: str) -> list[Path]:
    """List the files that hold a text."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


def test_a_secret_in_an_address_is_never_shown_or_kept(inputs: Inputs, tmp_path):
    secret = "t0psecret"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    location = f"http://someone:${{DRUMBEAT_TEST_TOKEN}}@127.0.0.1:{port}/shop.git"
    text = inputs.config.read_text().replace(
        "sources:\n", f"sources:\n- kind: git\n  name: shop\n  location: {location}\n"
    )
    inputs.config.write_text(text)
    data = tmp_path / "data"
    words = ("--config", str(inputs.config), "--data-dir", str(data))

    for command in ("refresh", "doctor", "rebuild"):
        told = run_here(command, *words, env={"DRUMBEAT_TEST_TOKEN": secret})
        assert told.returncode == (0 if command == "rebuild" else 1)
        assert secret not in told.stdout + told.stderr
        if command != "rebuild":
            assert "shop" in told.stdout + told.stderr
    assert "DRUMBEAT_TEST_TOKEN" in (data / "drumbeat.yaml").read_text()
    assert holding(tmp_path, secret) == []


def test_a_secret_that_is_not_set_is_named_and_stops_no_other_source(drumbeat, inputs, tmp_path):
    text = inputs.config.read_text().replace("path: files", "path: ${DRUMBEAT_TEST_NONE}/files")
    inputs.config.write_text(text)

    error = failed(drumbeat("refresh", "--config", str(inputs.config)))

    assert re.search(r"^files: .*needs the environment variable DRUMBEAT_TEST_NONE", error, re.M)
    assert re.search(r"^code +[1-9]", error, re.M)
    assert (tmp_path / "data" / "serving").exists()


def test_a_folder_with_brackets_and_blanks_in_its_name_is_as_good_as_any(drumbeat, inputs):
    words = ("refresh", "--config", str(inputs.config), "--data-dir", "my [1] *data")
    assert drumbeat(*words)[0] == 0
    status, _, error = drumbeat(*words)

    assert status == 0
    assert re.search(r"^files +0$", error, re.MULTILINE)
    asked = ("metrics", "--json", "--since", "2026-01-01", "--data-dir", "my [1] *data")
    found = drumbeat(*asked)
    assert any(row["n"] for row in json.loads(found[1])["rows"])


def test_an_as_of_without_an_offset_is_the_calendars_and_is_told(drumbeat, inputs):
    words = ("refresh", "--config", str(inputs.config), "--as-of", "2026-03-01")

    assert "Published as of 2026-03-01: " in drumbeat(*words)[2]
    assert json.loads(drumbeat("metrics", "--json")[1])["as_of"] == "2026-03-01T00:00:00+00:00"
    assert failed(drumbeat("refresh", "--config", str(inputs.config), "--as-of", "soon"), 2)

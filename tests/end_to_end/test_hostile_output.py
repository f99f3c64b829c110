"""No command prints what a terminal obeys, and no CSV of it what a spreadsheet runs."""

import csv
import io
import re

import pytest
import yaml
from click.testing import CliRunner

from pipelines.command_line import drumbeat
from pipelines.configuration import load
from pipelines.errors import DrumbeatError
from pipelines.project import Project
from tests import support
from tests.support import at

OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TERMINAL = "\x1b[2J\x1b]0;taken\x07shop\x9b31m"
FORMULA = "=cmd|' /C calc'!A0"
COMMANDS = [
    "metrics",
    "metrics --by week --json",
    "explain change_lead_time --since 2026-09-01 --until 2026-11-23",
    "explain change_fail_rate --since 2026-09-01 --until 2026-11-23",
    "explain deployment d-1",
    "explain change c-1",
    "explain incident i-1",
    "cadence",
    "where aaaa1",
    "alerts --dry-run",
    "compare",
    "definitions",
    "check",
    "doctor",
    "report --format html,md,json,slack",
    "report --service nobody",
    "sql 'from marts.service_overview'",
    "sql 'from marts.service_overview' --format csv",
    "sql 'from facts.changes' --format csv",
    "sql 'from facts.changes' --format json",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("hostile")
    names = (TERMINAL, FORMULA)
    days = range(1, 22, 2)
    deployments = [
        {
            "deployment_id": f"d-{place}" if place else f"{TERMINAL}-{day}",
            "service": name,
            "finished_at": at(f"2026-11-{day:02d} 10:00"),
            "sha": f"aaaa{place}{day}",
            "version": TERMINAL,
            "url": f"https://x.invalid/{TERMINAL}",
        }
        for place, name in enumerate(names)
        for day in (days if place == 0 else days[:1])
    ]
    changes = [
        {
            "change_id": f"c-{place}",
            "service": name,
            "title": f"{name} {TERMINAL}",
            "first_commit_at": at("2026-10-29 09:00"),
            "merged_at": at("2026-10-30 10:00"),
            "merge_sha": f"aaaa{place}1",
            "url": "javascript:alert(1)",
        }
        for place, name in enumerate(names)
    ]
    incidents = [
        {
            "incident_id": "i-1",
            "service": TERMINAL,
            "title": TERMINAL,
            "severity": TERMINAL,
            "started_at": at("2026-11-21 10:30"),
        }
    ]
    tables = {"deployments": deployments, "changes": changes, "incidents": incidents}
    support.write(found / "files", **tables)
    # Rows that are rejected are told with what is in them.
    with (found / "files" / "deployments.ndjson").open("a") as file:
        file.write('{"deployment_id": "\\u001b[2J", "finished_at": "\\u001b[31mnever"}\n')
    sources = [{"kind": "files", "name": "files", "path": "files"}]
    told = {"organisation": FORMULA, "sources": sources}
    (found / "drumbeat.yaml").write_text(yaml.safe_dump(told))
    project = Project(load(found / "drumbeat.yaml"), found / "data")
    support.refresh(project, at("2026-11-23 10:00"))
    return found


def printed(folder, words):
    import shlex

    places = ["--data-dir", str(folder / "data")]
    parts = shlex.split(words)
    if parts[0] in ("alerts", "check", "doctor", "report"):
        places += ["--config", str(folder / "drumbeat.yaml")]
    if parts[0] == "report":
        places += ["--out", str(folder / "out")]
    found = CliRunner().invoke(drumbeat, [*parts, *places])
    error = found.exception
    assert error is None or isinstance(error, DrumbeatError | SystemExit), error
    return found.stdout, found.stderr


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_prints_nothing_that_a_terminal_obeys(folder, words):
    for text in printed(folder, words):
        assert not OBEYED.search(text), repr(OBEYED.search(text))


def test_csv_of_the_command_line_has_no_formula(folder):
    text, _ = printed(folder, "sql 'select service, title from facts.changes' --format csv")
    rows = list(csv.reader(io.StringIO(text)))

    cells = [cell for row in rows for cell in row]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_an_error_that_names_what_comes_from_outside_is_printed_plainly(folder, capsys):
    from pipelines.command_line import complain

    with pytest.raises(SystemExit):
        complain(DrumbeatError(f"no service is called {TERMINAL}\nchoose another"))
    said = capsys.readouterr().err
    assert not OBEYED.search(said)
    assert said.count("\n") == 2

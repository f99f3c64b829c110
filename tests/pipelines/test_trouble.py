"""What the command line answers where a file is damaged, or the system refuses."""

import errno
import os
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from pipelines import command_line, exporting, flag_code, refreshing
from pipelines.command_line import drumbeat
from pipelines.errors import DrumbeatError, Unreadable
from tests.support import project, write

NAME = "drumbeat-20260320T120000000000.duckdb"
SETTINGS = "sources: [{kind: files, name: files, path: files}]\nservices: [{name: shop}]\n"


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """A folder with a configuration, and a published file that is no database."""
    folder = tmp_path_factory.mktemp("damaged")
    write(folder / "files")
    serving = folder / "data" / "serving"
    serving.mkdir(parents=True)
    (folder / "drumbeat.yaml").write_text(SETTINGS)
    (serving / "current.txt").write_text(f"{NAME}\n")
    (serving / NAME).write_text("garbage\n")
    return folder


def run(folder, words, *, has_config=False):
    config = ["--config", str(folder / "drumbeat.yaml")] if has_config else []
    data = os.path.relpath(folder / "data")
    return CliRunner().invoke(drumbeat, [*words, "--data-dir", data, *config])


@pytest.mark.parametrize(
    "words",
    [
        ["metrics"],
        ["metrics", "--service", "shop", "--bands"],
        ["explain", "change_lead_time"],
        ["explain", "change", "1234567"],
        ["where", "1234567"],
        ["sql", "select 1"],
        ["schema"],
        ["export"],
        ["compare"],
        ["scorecard"],
        ["cadence"],
        ["cadence", "--confirmed"],
        ["alerts", "--dry-run"],
        ["flags"],
        ["report"],
    ],
    ids=" ".join,
)
def test_a_damaged_published_file_is_told_with_its_remedy(damaged, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    has_config = words[0] in ("alerts", "flags", "report") or "--confirmed" in words
    result = run(damaged, words, has_config=has_config)

    assert isinstance(result.exception, Unreadable), result.output
    assert f"data/serving/{NAME} can not be read" in str(result.exception)
    assert "`drumbeat refresh` makes a new one" in str(result.exception)
    assert "`drumbeat rebuild`" in str(result.exception)


def test_the_doctor_tells_it_and_goes_on(damaged):
    result = run(damaged, ["doctor"], has_config=True)

    assert result.exit_code == 1
    assert "configuration: sources: 1; 1 services" in result.output
    assert "mend  data: the published file " in result.output
    assert f"data/serving/{NAME} can not be read" in result.output


def test_a_refresh_that_looks_for_flags_in_code_begins_as_at_first(damaged):
    assert flag_code.published(project(damaged)) == ({}, [])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (duckdb.IOException("Cannot open file: Permission denied"), "must be writable"),
        (duckdb.IOException("Could not write: No space left on device"), "the disk is full"),
        (duckdb.Error("Could not write: No space left on device"), "the disk is full"),
    ],
)
def test_what_duckdb_may_not_write_is_said_so(tmp_path, error, said):
    with pytest.raises(DrumbeatError, match=said), refreshing.writing(project(tmp_path)):
        raise error


def test_a_table_that_can_not_be_exported_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / NAME
    with duckdb.connect(file) as con:
        con.execute("create schema marts; create table marts.numbers as select 1 as n")
    (tmp_path / "out" / ".partial-marts.numbers.parquet").mkdir(parents=True)

    with pytest.raises(DrumbeatError, match=r"marts\.numbers can not be written to .*out: "):
        exporting.export(file, Path("out"), ["marts"])


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_named(tmp_path, monkeypatch, capsys, number):
    said = ended(monkeypatch, capsys, OSError(number, os.strerror(number), tmp_path / ".partial-x"))

    assert said.startswith(f"drumbeat: {tmp_path / '.partial-x'}: {os.strerror(number)}")
    assert f"folder {tmp_path} and what lies in it must be writable" in said
    assert "Nothing in it has changed." in said


def test_what_may_not_be_read_and_what_is_full_is_said_so(tmp_path, monkeypatch, capsys):
    kept = tmp_path / "kept"
    kept.write_text("")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.R_OK)

    denied = PermissionError(errno.EACCES, "Permission denied", str(kept))
    assert "must be allowed to read it" in ended(monkeypatch, capsys, denied)
    full = OSError(errno.ENOSPC, "No space left on device", str(kept))
    assert "make room there" in ended(monkeypatch, capsys, full)
    other = OSError(errno.EADDRINUSE, "Address already in use")
    assert ended(monkeypatch, capsys, other).strip() == f"drumbeat: {other}"


def ended(monkeypatch, capsys, error):
    """Return what the command says at its end, where the system refuses something."""

    def refuse(**_):
        raise error

    monkeypatch.setattr(command_line, "drumbeat", refuse)
    with pytest.raises(SystemExit) as ending:
        command_line.main()
    assert ending.value.code == 1
    return capsys.readouterr().err

"""The ledger's entries: numbered in the order of writing, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest

from pipelines import ledger
from pipelines.configuration import ConfigurationError, parse
from pipelines.landing import Landing
from pipelines.locking import locked
from tests import support

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def entered(project, name, now=NOW, scope=""):
    return ledger.enter(project, "rows", scope, lambda known: [(name, {"said": name})], now)


def said(project):
    return [(entry["number"], entry["said"]) for entry in ledger.entries(project.landing, "rows")]


@pytest.fixture
def project(tmp_path):
    return support.project(tmp_path)


def test_entries_are_numbered_in_the_order_of_writing_whatever_the_clock_says(project):
    entered(project, "a")
    entered(project, "b", NOW - timedelta(days=400))
    entered(project, "c", NOW + timedelta(days=1))

    assert said(project) == [(1, "a"), (2, "b"), (3, "c")]
    names = [file.name for file in project.landing.files("ledger", "rows")]
    assert names == sorted(names)
    assert len(set(names)) == 3


def test_what_is_fresh_is_asked_of_the_entries_of_one_scope(project):
    entered(project, "a", scope="2026-W46")
    entered(project, "b", scope="2026-W47")
    found = []

    ledger.enter(project, "rows", "2026-W46", lambda known: found.extend(known) or [], NOW)

    assert [entry["said"] for entry in found] == ["a"]


def test_nothing_fresh_writes_no_file(project):
    assert ledger.enter(project, "rows", "", lambda known: [], NOW) == 0
    assert project.landing.files() == []


def test_many_reports_at_once_have_numbers_of_their_own(project):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: entered(project, name), "abcdefgh"))

    numbers, names = zip(*said(project), strict=True)
    assert numbers == tuple(range(1, 9))
    assert sorted(names) == list("abcdefgh")


def test_a_report_does_not_wait_for_a_refresh(project):
    with locked(project.data_dir, wait=False, say=print):
        assert entered(project, "a") == 1


def test_a_sweep_in_the_middle_of_writing_is_written_again(project, monkeypatch):
    swept, write = [], Landing.write

    def once(landing, file, content, cursors):
        if not swept:
            swept.append(file)
            raise FileNotFoundError(file.name)
        write(landing, file, content, cursors)

    monkeypatch.setattr(Landing, "write", once)

    entered(project, "a")
    assert said(project) == [(1, "a")]


def test_the_ledger_lies_in_whatever_folder_the_landing_zone_is(project, request):
    name = request.node.name
    request.addfinalizer(lambda: fsspec.filesystem("memory").rm(f"/{name}", True))
    elsewhere = replace(project, landing_url=f"memory://{name}")

    entered(elsewhere, "a")

    assert said(elsewhere) == [(1, "a")]
    assert not (project.data_dir / "landing").exists()


def test_no_source_may_be_called_ledger():
    text = "sources:\n  - kind: files\n    name: ledger\n    path: files\n"
    with pytest.raises(ConfigurationError, match="is 'ledger', which is where reports are kept"):
        parse(text, Path("drumbeat.yaml"))

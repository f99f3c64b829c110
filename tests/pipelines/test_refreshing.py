"""One refresh: what becomes of a source of which a part can not be read, and of a long one."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from connectors import Failure, SourceUnavailable
from pipelines import collecting, gathering, publishing, refreshing
from pipelines.commands.collecting import complain, tell
from pipelines.errors import DrumbeatError
from pipelines.settings import Run
from tests import support
from tests.pipelines import hosts
from tests.pipelines.hosts import Heard, Pages
from tests.support import Silent, at, rows

NOW = at("2026-03-09 09:00")


def refreshed(folder, **tables):
    files = folder / "files"
    files.mkdir()
    for name, text in tables.items():
        (files / f"{name}.csv").write_text(text)
    project = support.project(folder)
    outcome = refreshing.refresh(project, Run(NOW, NOW), Silent(is_terminal=False))
    (found,) = outcome.collected
    return project, found


def test_a_table_that_can_not_be_read_stops_no_other_of_its_source(tmp_path):
    project, found = refreshed(
        tmp_path,
        deployments="deployment_id,service\nd1,shop\n",
        incidents="incident_id,started_at\ni1,2026-03-02T10:00:00Z\n",
    )

    assert found.landed == 1
    assert found.error == (
        "deployments.csv: has no column finished_at; "
        "a table of deployments needs deployment_id, service, finished_at"
    )
    with support.published(project) as con:
        assert rows(con, "select incident_id from facts.incidents") == [("i1",)]


def test_all_that_is_wrong_with_a_source_is_told_at_once(tmp_path):
    with pytest.raises(DrumbeatError, match="no source was collected, nothing is changed") as told:
        refreshed(tmp_path, deployments="deployment_id,service\n", incidents="incident_id\n")

    said = str(told.value)
    assert [file in said for file in ("deployments.csv: ", "incidents.csv: ")] == [True] * 2
    assert said.count("has no column") == 2


def test_where_no_source_can_be_collected_what_is_published_stays(tmp_path):
    project, _ = refreshed(tmp_path, deployments="deployment_id,service,finished_at\n")
    before = publishing.current(project.serving)
    (tmp_path / "files").rename(tmp_path / "moved")

    with pytest.raises(DrumbeatError, match="is no folder"):
        refreshing.refresh(project, Run(NOW, NOW), Silent(is_terminal=False))

    assert publishing.current(project.serving) == before


CHANGES = "select record_count from marts.sources where entity = 'changes'"
FIFTY = tuple(f"acme/r{number:02}" for number in range(50))
PAGES = Counter(
    (entity, scope, page)
    for entity in ("deployments", "changes")
    for scope in FIFTY
    for page in range(3)
)


def deployed(con):
    query = "select service, count(*) from facts.deployments group by service order by service"
    return dict(rows(con, query))


def landed(project, entity="deployments"):
    """Count how often each record was landed."""
    files = project.landing.files("files", entity)
    return Counter(
        record
        for file in files
        for record in pl.read_parquet(project.landing.url(file))["record_id"].to_list()
    )


def refresh(project, progress=None, **settings):
    progress = progress or Heard()
    support.begin(project.data_dir)
    return refreshing.refresh(project, hosts.RUN, progress, **settings)


def test_a_repository_that_fails_stops_no_other_and_goes_on_next_time(tmp_path):
    error = SourceUnavailable("no answer; refresh again")

    def failing(entity, scope, page):
        is_second = (entity, scope, page) == ("deployments", "acme/b", 1)
        return Failure(entity, scope, error) if is_second else None

    pages = Pages(("acme/a", "acme/b", "acme/c"), failing)
    project = hosts.project(tmp_path, pages)
    (found,) = refresh(project).collected
    with support.published(project) as con:
        assert deployed(con) == {"a": 6, "b": 2, "c": 6}
    assert found.lines == ["acme/b (deployments): no answer; refresh again"]
    assert found.repositories == "2 read, 1 not"

    pages.hook = hosts.passing
    outcome = refresh(project)

    with support.published(project) as con:
        assert deployed(con) == {"a": 6, "b": 6, "c": 6}
    assert max(Counter(pages.asked).values()) == 1
    assert outcome.reached == {}


def test_how_far_back_a_repository_is_read_is_told_until_it_is_whole(tmp_path, capsys):
    def failing(entity, scope, page):
        stops = {"acme/b": 1, "acme/c": 2}.get(scope, 3)
        error = SourceUnavailable("no answer")
        return Failure(entity, scope, error) if page == stops else None

    project = hosts.project(tmp_path, Pages(("acme/a", "acme/b", "acme/c"), failing))
    outcome = refresh(project)

    with refreshing.warehouse(project, is_temporary=False) as con:
        assert rows(con, "select entity, scope, history_since from raw.reached order by all") == [
            (entity, scope, at(f"2026-02-{day} 12:00"))
            for entity in ("changes", "deployments")
            for scope, day in (("acme/b", 27), ("acme/c", 25))
        ]
    assert outcome.reached == {"files": at("2026-02-27 12:00")}
    with pytest.raises(DrumbeatError, match=r"^not all was collected:\nfiles: acme/b and 1 more "):
        complain(project, outcome)
    tell(outcome, None)
    published = "Published (history since 2026-02-27, more is being read): "
    assert published in capsys.readouterr().err


@pytest.mark.slow
def test_fifty_repositories_stopped_midway_go_on_where_they_were(tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "FLUSH_ROWS", 10)

    def stopping(entity, scope, page):
        if (entity, scope, page) == ("changes", "acme/r30", 1):
            raise RuntimeError("stopped")

    pages = Pages(FIFTY, stopping)
    project = hosts.project(tmp_path, pages)
    with pytest.raises(RuntimeError, match="stopped"):
        refresh(project)
    read = project.landing.cursors("files", "changes")
    assert read["acme/r10"] == {"read": 3}
    assert "acme/r40" not in read
    pages.hook, pages.asked = hosts.passing, []

    refresh(project)

    first = [page for page in PAGES if page[0] == "changes" and page[1] < "acme/r29"]
    assert not set(first) & set(pages.asked)
    with support.published(project) as con:
        assert deployed(con) == {f"r{number:02}": 6 for number in range(50)}
    for entity in ("deployments", "changes"):
        assert len(landed(project, entity)) == 300
        assert set(landed(project, entity).values()) == {1}


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines import collecting
from tests.pipelines import hosts
from tests.pipelines.test_refreshing import FIFTY, refresh
collecting.FLUSH_ROWS = 10
def dying(entity, scope, page):
    if (entity, scope, page) == (sys.argv[2], "acme/r30", 1):
        os.kill(os.getpid(), signal.SIGKILL)
refresh(hosts.project(Path(sys.argv[1]), hosts.Pages(FIFTY, dying)))
"""


@pytest.mark.kill
def test_a_process_killed_twice_midway_loses_and_doubles_nothing(tmp_path):
    support.begin(tmp_path / "data")
    for entity in ("deployments", "changes"):
        words = [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path), entity]
        environment = {**os.environ, "PYTHONPATH": str(Path(refreshing.__file__).parents[1])}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == -signal.SIGKILL, done.stderr
    pages = Pages(FIFTY)
    project = hosts.project(tmp_path, pages)
    # Pages of the last flush may have been told and not been landed.
    assert project.landing.cursors("files", "changes")["acme/r25"] == {"read": 3}

    refresh(project)

    assert {entity for entity, _, _ in pages.asked} == {"changes"}
    assert min(scope for _, scope, _ in pages.asked) >= "acme/r25"
    for entity in ("deployments", "changes"):
        assert landed(project, entity) == Counter(
            f"{scope}#{day}" for scope in FIFTY for day in range(23, 29)
        )
    with support.published(project) as con:
        assert deployed(con) == {f"r{number:02}": 6 for number in range(50)}


class Gate:
    """Holds a connector at one page until it is let on."""

    def __init__(self, entity, scope, page):
        self.place = (entity, scope, page)
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, entity, scope, page):
        if (entity, scope, page) == self.place:
            self.reached.set()
            assert self.open.wait(60)


def test_a_long_collection_publishes_what_is_there_so_far(tmp_path):
    gate = Gate("changes", "acme/b", 2)
    project = hosts.project(tmp_path, Pages(("acme/a", "acme/b"), gate))

    def look(text):
        with support.published(project) as con:
            if rows(con, CHANGES) == [(10,)]:
                assert deployed(con) == {"a": 6, "b": 6}
                gate.open.set()

    heard = Heard(look)
    outcome = refresh(project, heard, early_seconds=0.01)

    so_far = "Published what is there so far; history since 2026-02-25; going on"
    assert so_far in heard.lines
    assert outcome.reached == {}
    with support.published(project) as con:
        assert rows(con, CHANGES) == [(12,)]


@pytest.fixture
def rounds(monkeypatch):
    """Open a gate once the main thread came by so often; return the function that sets it."""
    flush, passed = gathering.Gathering.flush, []

    def opening(gate, count):
        def counted(self):
            passed.extend([1] * gate.reached.is_set())
            if len(passed) > count:
                gate.open.set()
            return flush(self)

        monkeypatch.setattr(gathering.Gathering, "flush", counted)

    return opening


@pytest.mark.slow
def test_what_is_not_new_is_not_published_again_early(tmp_path, rounds):
    gate = Gate("changes", "acme/a", 1)
    rounds(gate, 20)
    heard = Heard()

    refresh(hosts.project(tmp_path, Pages(("acme/a",), gate)), heard, early_seconds=0.01)

    assert len([text for text in heard.lines if "history since 2026-02-27" in text]) == 1


@pytest.mark.slow
def test_a_week_as_it_was_known_publishes_nothing_early(tmp_path, rounds):
    refresh(hosts.project(tmp_path, Pages(("acme/a",))))
    gate = Gate("changes", "acme/b", 1)
    rounds(gate, 5)
    project = hosts.project(tmp_path, Pages(("acme/a", "acme/b"), gate))
    heard = Heard()
    run = Run(hosts.NOW, at("2100-01-01 00:00"))

    refreshing.refresh(project, run, heard, is_past=True, early_seconds=0.01)

    assert gate.reached.is_set()
    assert heard.lines == []


@pytest.mark.slow
def test_an_early_build_that_fails_stops_no_collection(tmp_path, monkeypatch):
    gate = Gate("changes", "acme/a", 1)
    project = hosts.project(tmp_path, Pages(("acme/a",), gate))
    publish = publishing.publish

    def failing(*words, **settings):
        if not gate.open.is_set():
            raise OSError("the disk is full")
        return publish(*words, **settings)

    monkeypatch.setattr(publishing, "publish", failing)
    heard = Heard(lambda text: gate.open.set() if gate.reached.is_set() else None)
    refresh(project, heard, early_seconds=0.01)

    assert heard.lines[0] == "What is there so far could not be published yet: the disk is full"
    with support.published(project) as con:
        assert deployed(con) == {"a": 6}


def test_an_interrupted_collection_ends_at_once_and_writes_nothing_more(tmp_path):
    gate = Gate("changes", "acme/a", 1)
    pages = Pages(("acme/a",), gate)
    project = hosts.project(tmp_path, pages)

    def interrupt(text):
        if gate.reached.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(project, Heard(interrupt), early_seconds=0.01)

    files = project.landing.files()
    before = threading.active_count()
    gate.open.set()
    while threading.active_count() == before:
        pass
    assert project.landing.files() == files
    pages.hook = hosts.passing
    refresh(project)
    assert set(landed(project, "changes").values()) == {1}

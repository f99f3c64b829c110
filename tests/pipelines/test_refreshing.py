"""One refresh: what becomes of a source of which a part can not be read."""

import pytest

from pipelines import publishing, refreshing
from pipelines.errors import DrumbeatError
from pipelines.settings import Run
from tests import support
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

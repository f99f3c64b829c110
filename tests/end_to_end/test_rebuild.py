"""What is landed is enough: rebuilding, refreshing again and looking back agree."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest

from pipelines import publishing, refreshing
from pipelines.configuration import load
from pipelines.errors import DrumbeatError
from pipelines.project import Project
from pipelines.settings import Run
from tests.end_to_end.conftest import MOMENT, Inputs, Silent, contents, different, refresh

QUIET = Silent(is_terminal=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that went through both states of its sources."""
    folder = tmp_path_factory.mktemp("rebuild")
    inputs, data = Inputs(folder / "project"), folder / "data"
    inputs.first()
    refresh(inputs.config, data)
    inputs.second()
    refresh(inputs.config, data)
    return Project(load(inputs.config), data)


@pytest.fixture
def config(made: Project) -> Path:
    return made.data_dir.with_name("project") / "drumbeat.yaml"


@pytest.fixture
def project(made: Project, tmp_path: Path) -> Project:
    """The same with a data directory of one's own."""
    shutil.copytree(made.data_dir, tmp_path / "data", symlinks=True)
    return replace(made, data_dir=tmp_path / "data")


@contextmanager
def gone(*folders: Path) -> Iterator[None]:
    """Take folders away for a while."""
    for folder in folders:
        folder.rename(folder.with_suffix(".gone"))
    try:
        yield
    finally:
        for folder in folders:
            folder.with_suffix(".gone").rename(folder)


def read(project: Project) -> dict:
    return contents(publishing.current(project.serving))


def rebuild(project: Project, as_of=MOMENT, known_at=None) -> dict:
    moments = Run(as_of, known_at or as_of)
    refreshing.rebuild(project, moments, QUIET, is_past=known_at is not None)
    return read(project)


def test_a_rebuild_asks_no_source_and_gives_what_the_run_that_collected_gave(project, config):
    collected = read(project)

    with gone(config.with_name("files"), config.with_name("code")):
        assert different(rebuild(project), collected) == []
    assert different(refresh(config, project.data_dir), collected) == []


def test_without_a_warehouse_a_refresh_makes_it_again(project, config):
    collected = read(project)
    project.warehouse.unlink()

    assert different(refresh(config, project.data_dir), collected) == []


def test_the_way_to_the_second_state_leaves_no_trace_in_the_numbers(project, config, tmp_path):
    assert different(refresh(config, tmp_path / "straight"), read(project)) == []


@pytest.mark.slow
def test_a_landing_zone_in_memory_gives_what_one_on_disk_gives(project, tmp_path, request):
    name = request.node.name
    request.addfinalizer(lambda: fsspec.filesystem("memory").rm(f"/{name}", True))
    elsewhere = replace(project, data_dir=tmp_path / "other", landing_url=f"memory://{name}")

    for _ in range(2):
        outcome = refreshing.refresh(elsewhere, Run(MOMENT, MOMENT), QUIET)
        assert [one.error for one in outcome.collected if one.error] == []
        assert different(contents(outcome.published), read(project)) == []
    assert [one.landed for one in outcome.collected] == [0, 0]
    assert different(rebuild(elsewhere), read(project)) == []
    assert not (tmp_path / "other" / "landing").exists()


@pytest.mark.slow
def test_a_week_as_it_was_seen_is_what_was_published_then(inputs, tmp_path):
    data = tmp_path / "data"
    before = refresh(inputs.config, data)
    between = datetime.now(UTC)
    inputs.second()
    after = refresh(inputs.config, data)
    project = Project(load(inputs.config), data)

    assert different(before, after)
    assert different(rebuild(project, known_at=between), before) == []
    # Looking back leaves the warehouse of today as it was.
    assert different(refresh(inputs.config, data), after) == []


def test_before_the_first_collection_nothing_was_known_and_that_is_said(project):
    published = publishing.current(project.serving)
    first = min(file.name for file in project.landing.files())[:8]

    with pytest.raises(DrumbeatError) as error:
        rebuild(project, known_at=datetime(2026, 1, 1, tzinfo=UTC))

    day = f"{first[:4]}-{first[4:6]}-{first[6:]}"
    assert f"nothing was known then, the landing zone was first collected on {day}" in str(
        error.value
    )
    assert publishing.current(project.serving) == published


def test_an_empty_landing_zone_says_so(inputs, tmp_path):
    project = Project(load(inputs.config), tmp_path / "data")

    with pytest.raises(DrumbeatError, match="the landing zone was empty"):
        rebuild(project, known_at=MOMENT)


@pytest.mark.slow
def test_a_source_taken_out_leaves_the_numbers_and_comes_back_from_landing(project, config):
    whole = read(project)
    both = project.configuration
    one = both.model_copy(update={"sources": both.sources[1:]})

    refreshing.refresh(replace(project, configuration=one), Run(MOMENT, MOMENT), QUIET)
    reduced = read(project)
    assert {row[0] for row in reduced["marts.sources"]} == {"code"}
    with gone(config.with_name("files")):
        assert different(rebuild(replace(project, configuration=both)), whole) == []


@pytest.mark.slow
def test_a_later_as_of_tells_more_and_going_back_tells_the_same(project):
    collected = read(project)

    earlier = rebuild(project, MOMENT - timedelta(days=45))
    assert len(earlier["facts.deployments"]) < len(collected["facts.deployments"])
    assert different(rebuild(project), collected) == []

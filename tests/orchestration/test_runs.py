import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
import yaml

from connectors.neutral import TABLES
from pipelines import publishing, raw, refreshing, settings
from pipelines.commands.starting import demo_text
from pipelines.configuration import parse
from pipelines.locking import locked
from pipelines.orchestration.assets import PUBLISHED, WEEKLY_REPORT
from pipelines.project import Project
from pipelines.warehouse import opened
from tests.cases.building import ancestry
from tests.conftest import IS_WHOLE
from tests.connectors.git_repository import Made
from tests.orchestration.running import AS_OF, held, run, small
from tests.support import Silent, refresh

FACTS = dg.AssetKey(["facts", "rollouts"])
RAW = dg.AssetKey(["raw", "files__deployments"])
STAGED = dg.AssetKey(["staging", "files__deployments"])
TOLD = dg.AssetKey(["facts", "told_deployments"])
CONFIG = dg.AssetKey(["config", "run"])
COLLECTED = {f"raw.{raw.table_of('files', table)}" for table in TABLES}


def demo(folder: Path) -> Project:
    return Project(parse(demo_text(), folder / "drumbeat.yaml"), folder / "data")


def clone(folder: Path) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    made = Made(folder / "shop")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    for number in range(6):
        made.commit(f"Change {number}", "file")
        made.git("tag", f"v1.{number}.0")
    source = {"kind": "git", "name": "shop", "location": str(made.path)}
    text = yaml.safe_dump({"sources": [source]})
    return Project(parse(text, folder / "drumbeat.yaml"), folder / "data")


# Every table is made by one step; what Dagster writes down of each asset takes most of a run.
# A plain run has what findings and rollouts are made from, of every source and layer.
NEEDED = ancestry("marts.data_quality") | ancestry("facts.rollouts") | COLLECTED
CHOSEN = [*(dg.AssetKey(table.split(".")) for table in sorted(NEEDED)), PUBLISHED]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    project = small(tmp_path_factory.mktemp("ran"))
    return project, run(project, asset_selection=None if IS_WHOLE else CHOSEN)


def assert_same_as_a_refresh(project, result, *, is_whole=True):
    other = replace(
        project, data_dir=project.data_dir.with_name("other"), landing_url=project.landing.root
    )
    outcome = refreshing.refresh(
        other, settings.Run(AS_OF, datetime.now(UTC)), Silent(is_terminal=False)
    )
    assert result.success
    assert [one.landed for one in outcome.collected] == [0], "the run had landed everything"
    made, expected = held(project), held(other)
    assert made == {table: expected[table] for table in (expected if is_whole else made)}
    failed = [one for one in result.get_asset_check_evaluations() if not one.passed]
    # What the data lacks is warned of: the checks of what we make all pass.
    assert [one for one in failed if one.severity == dg.AssetCheckSeverity.ERROR] == []
    assert publishing.current(project.serving).is_file()


def test_a_run_makes_the_same_tables_as_a_refresh(ran):
    assert_same_as_a_refresh(*ran, is_whole=IS_WHOLE)


@pytest.mark.parametrize("make", [clone, demo])
@pytest.mark.slow
def test_a_run_on_a_clone_and_on_the_demo_makes_the_same_tables_as_a_refresh(tmp_path, make):
    project = make(tmp_path)
    assert_same_as_a_refresh(project, run(project))


def test_a_second_run_makes_nothing_anew(ran):
    project, _ = ran
    files = project.landing.files()

    result = run(project, asset_selection=[RAW, STAGED, FACTS], run_config={})

    assert project.landing.files() == files
    events = {one.asset_key: one for one in result.get_asset_materialization_events()}
    assert events.keys() == {RAW, STAGED, FACTS}
    assert events[FACTS].materialization.metadata["is_new"].value is False


def test_a_table_that_can_not_be_made_fails_the_run_and_is_named(ran):
    project, _ = ran
    with opened(project.warehouse) as con:
        con.execute("alter table staging.files__deployments drop column service")
        con.execute("delete from build.tables where table_name = 'facts.told_deployments'")
    try:
        result = run(project, asset_selection=[TOLD], run_config={}, raise_on_error=False)
        (failed,) = [event for event in result.all_events if event.is_step_failure]
        assert "while making facts.told_deployments" in str(failed.step_failure_data.error)
    finally:
        with opened(project.warehouse) as con:
            con.execute("delete from build.tables where table_name = 'staging.files__deployments'")
        assert run(project, asset_selection=[STAGED, TOLD], run_config={}).success


def test_a_table_tells_its_rows_and_columns(ran):
    _, result = ran

    (event,) = [one for one in result.get_asset_materialization_events() if one.asset_key == FACTS]
    told = event.materialization.metadata
    columns = {one.name: one for one in told["dagster/column_schema"].schema.columns}
    assert told["dagster/row_count"].value == 13
    assert columns["finished_at"].type == "timestamp with time zone"
    assert columns["finished_at"].description == "End of the first region, UTC."


def test_every_asset_tells_how_many_rows_it_has(ran):
    events = ran[1].get_asset_materialization_events()

    assert [
        one.asset_key for one in events if "dagster/row_count" not in one.materialization.metadata
    ] == []


def test_a_source_that_fails_stops_no_other(tmp_path):
    project = small(tmp_path)
    missing = {"kind": "files", "name": "gone", "path": str(tmp_path / "gone")}
    here = {"kind": "files", "name": "files", "path": str(tmp_path / "files")}
    text = yaml.safe_dump({"sources": [missing, here]})
    both = replace(project, configuration=parse(text, tmp_path / "drumbeat.yaml"))

    result = run(both, asset_selection=[RAW], run_config={})

    (event,) = result.get_asset_materialization_events()
    (failed,) = [one for one in result.get_asset_check_evaluations() if not one.passed]
    assert event.materialization.metadata["dagster/row_count"].value == 13
    assert (failed.check_name, failed.severity) == (
        "sources_are_fresh",
        dg.AssetCheckSeverity.WARN,
    )
    assert "gone: never collected" in failed.description
    assert "mend `path`" in failed.description


def test_a_moment_that_is_none_is_told(tmp_path):
    config = {"ops": {"configuration": {"config": {"as_of": "yesterday"}}}}

    result = run(small(tmp_path), run_config=config, asset_selection=[CONFIG], raise_on_error=False)

    errors = [
        str(event.step_failure_data.error) for event in result.all_events if event.is_step_failure
    ]
    assert not result.success
    assert any("'yesterday' is no time; write 2026-11-23" in error for error in errors)


def test_a_run_waits_while_another_process_writes(tmp_path):
    project = small(tmp_path)
    ended: list[float] = []

    def running() -> None:
        run(project, asset_selection=[RAW], run_config={})
        ended.append(time.monotonic())

    thread = threading.Thread(target=running)
    with locked(project.data_dir, wait=False, say=print):
        thread.start()
        thread.join(1.5)
        released = time.monotonic()
    thread.join()

    assert ended[0] > released


def test_the_lock_is_free_after_a_run(ran):
    project, _ = ran

    with locked(project.data_dir, wait=False, say=print):
        pass


@pytest.fixture
def refreshed(tmp_path):
    """Return a refreshed project that reports into a folder, so that its report alone is run."""
    project = small(tmp_path, report={"out": str(tmp_path / "out")})
    refresh(project, AS_OF)
    return project


@pytest.mark.slow
def test_the_weekly_report_is_made_of_what_the_run_published(refreshed):
    before = publishing.current(refreshed.serving)

    result = run(refreshed, "weekly_report", asset_selection=[PUBLISHED, WEEKLY_REPORT])

    out = refreshed.data_dir.with_name("out")
    assert result.success
    assert sorted(path.suffix for path in out.iterdir()) == [".html", ".md"]
    assert publishing.current(refreshed.serving) != before


def test_what_the_weekly_report_told_is_landed_while_the_run_holds_the_lock(refreshed):
    assert run(refreshed, "weekly_report", run_config={}, asset_selection=[WEEKLY_REPORT]).success

    (file,) = refreshed.landing.files("ledger", "rows")
    assert {row["scope"] for row in pl.read_parquet(refreshed.landing.url(file)).to_dicts()} == {
        "2026-W12"
    }

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import yaml

from pipelines import publishing, raw, reaching, settings
from pipelines.configuration import ConfigurationError
from pipelines.locking import locked
from pipelines.orchestration import launching, schedules
from pipelines.orchestration.location import definitions, project_from_environment
from pipelines.steps import steps
from tests.orchestration.running import small
from tests.support import project

ROOT = Path(__file__).parents[2]
CALENDAR = {"calendar": {"time_zone": "Europe/Berlin"}, "report": {"weekday": "thu", "hour": 6}}


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    return definitions(project(tmp_path_factory.mktemp("graph"))).resolve_asset_graph()


def names(keys):
    return {".".join(key.path) for key in keys}


def test_every_table_is_an_asset_and_nothing_comes_from_elsewhere(graph):
    tables = {*steps(), *(f"raw.{one}" for one in raw.TABLES), reaching.TABLE}
    tables |= {f"config.{one}" for one in settings.TABLES}

    others = {"serving.published", "reports.weekly", "alerts.told"}
    assert names(graph.get_all_asset_keys()) == tables | others
    assert names(graph.materializable_asset_keys) == names(graph.get_all_asset_keys())


def test_the_hourly_run_tells_people_and_the_weekly_one_reports(graph):
    hourly, weekly = (names(job.selection.resolve(graph)) for job in schedules.JOBS)

    assert "alerts.told" in hourly - weekly
    assert "reports.weekly" in weekly - hourly


def test_lineage_is_what_the_sql_reads(graph):
    parents = graph.get(dg.AssetKey(["marts", "deployment_counts"])).parent_keys

    assert names(parents) == {
        "facts.deployments",
        "facts.period_days",
        "facts.rollouts",
        "facts.rules",
        "facts.scope_periods",
        "facts.scopes",
    }


def test_an_analysis_has_lineage_too(graph):
    asset = graph.get(dg.AssetKey(["facts", "rollout_members"]))

    assert names(asset.parent_keys) == {"facts.rules", "facts.deployment_records"}


def test_the_published_file_comes_from_every_table_in_it(graph):
    parents = names(graph.get(dg.AssetKey(["serving", "published"])).parent_keys)

    seen = {table for table in steps() if table.startswith(("facts.", "marts."))}
    private = {f"{layer}.{name}" for name in publishing.PRIVATE for layer in ("config", "facts")}
    assert seen - parents == seen & private
    assert not parents & private
    assert not any(table.startswith(("raw.", "staging.")) for table in parents)


def test_every_asset_is_described_and_grouped_by_its_layer(graph):
    assets = [graph.get(key) for key in graph.get_all_asset_keys()]

    assert [one.key for one in assets if not one.description] == []
    assert [one.key for one in assets if one.group_name != one.key.path[0]] == []


def test_every_table_is_checked_for_its_grain_and_keys(graph):
    wanted = {*steps(), *(f"raw.{one}" for one in raw.TABLES)}

    for name in ("grain_is_unique", "keys_are_present"):
        keys = {key.asset_key for key in graph.asset_check_keys if key.name == name}
        assert names(keys) == wanted


def test_the_refresh_writes_no_report(tmp_path):
    job = definitions(project(tmp_path)).resolve_job_def("refresh")

    assert "reports" not in {key.path[0] for key in job.asset_layer.selected_asset_keys}
    assert job.executor_def == dg.in_process_executor


def test_schedules_follow_the_configured_zone_day_and_hour(tmp_path):
    found = definitions(project(tmp_path, **CALENDAR))
    hourly = found.resolve_schedule_def("hourly_refresh_schedule")
    weekly = found.resolve_schedule_def("weekly_report_schedule")

    assert (hourly.cron_schedule, weekly.cron_schedule) == ("0 * * * *", "0 6 * * 4")
    assert {hourly.execution_timezone, weekly.execution_timezone} == {"Europe/Berlin"}
    assert {hourly.job_name, weekly.job_name} == {"refresh", "weekly_report"}
    assert {one.default_status for one in (hourly, weekly)} == {dg.DefaultScheduleStatus.STOPPED}


def test_the_report_is_on_monday_at_seven_unless_told_otherwise(tmp_path):
    found = definitions(project(tmp_path)).resolve_schedule_def("weekly_report_schedule")

    assert (found.cron_schedule, found.execution_timezone) == ("0 7 * * 1", "UTC")


def test_an_hour_is_skipped_while_another_process_writes(tmp_path):
    found = project(tmp_path)
    schedule = definitions(found).resolve_schedule_def("hourly_refresh_schedule")
    tick = dg.build_schedule_context(scheduled_execution_time=datetime(2026, 3, 2, 9, tzinfo=UTC))

    with locked(found.data_dir, wait=False, say=print):
        skipped = schedule.evaluate_tick(tick)

    assert skipped.run_requests == []
    assert f"process {os.getpid()}" in skipped.skip_message
    assert len(schedule.evaluate_tick(tick).run_requests) == 1


def test_no_configuration_is_an_error_with_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CONFIG", str(tmp_path / "missing.yaml"))

    with pytest.raises(ConfigurationError) as raised:
        project_from_environment()

    assert "missing.yaml: is not a file; write one with `drumbeat init`" in str(raised.value)
    assert "DRUMBEAT_CONFIG and DRUMBEAT_DATA_DIR" in raised.value.__notes__[0]


def test_the_environment_names_configuration_and_data(tmp_path, monkeypatch):
    (tmp_path / "drumbeat.yaml").write_text("sources: [{kind: demo, name: demo}]\n")
    monkeypatch.setenv("DRUMBEAT_CONFIG", str(tmp_path / "drumbeat.yaml"))
    monkeypatch.setenv("DRUMBEAT_DATA_DIR", str(tmp_path / "there"))

    found = project_from_environment()

    assert found.configuration.is_demo
    assert found.data_dir == tmp_path / "there"


def test_dagster_keeps_its_files_below_the_data_directory_and_tells_nobody(tmp_path):
    found = launching.environment(tmp_path / "drumbeat.yaml", tmp_path / "data")

    home = Path(found["DAGSTER_HOME"])
    assert home.parent == tmp_path / "data"
    assert yaml.safe_load((home / "dagster.yaml").read_text())["telemetry"] == {"enabled": False}
    assert found["DRUMBEAT_CONFIG"] == str(tmp_path / "drumbeat.yaml")


def test_what_the_user_changed_in_dagsters_settings_stays(tmp_path):
    home = Path(launching.environment(tmp_path / "drumbeat.yaml", tmp_path)["DAGSTER_HOME"])
    (home / "dagster.yaml").write_text("telemetry: {enabled: true}\n")

    launching.environment(tmp_path / "drumbeat.yaml", tmp_path)

    assert "true" in (home / "dagster.yaml").read_text()


def test_the_workspace_has_the_one_code_location():
    (location,) = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]

    assert location["python_module"]["module_name"] == "pipelines.definitions"
    assert location["python_module"]["working_directory"] == "."


def test_importing_the_code_location_opens_and_fetches_nothing(tmp_path):
    small(tmp_path)
    source = {"kind": "files", "name": "files", "path": "files"}
    (tmp_path / "drumbeat.yaml").write_text(yaml.safe_dump({"sources": [source]}))
    environment = launching.environment(tmp_path / "drumbeat.yaml", tmp_path / "data")

    words = [
        sys.executable,
        "-W",
        "error",
        "-c",
        "import sys, pipelines.definitions; print(*sys.modules)",
    ]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert {path.name for path in (tmp_path / "data").iterdir()} == {"dagster"}
    assert not {"connectors.files", "connectors.git", "scipy", "plotly"} & set(done.stdout.split())

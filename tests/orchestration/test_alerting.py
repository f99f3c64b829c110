"""Dagster's own run tells people, as `drumbeat refresh` does: once, of now, of what was read."""

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from pipelines import refreshing, settings
from pipelines.orchestration.alerting import told
from pipelines.orchestration.assets import raw_asset
from pipelines.orchestration.warehouse import Warehouse
from pipelines.settings import Run
from tests import support
from tests.pipelines.alerts.servers import web


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    """Return a project whose one service went quiet, and what it posted."""
    folder, now = tmp_path_factory.mktemp("alerting"), datetime.now(UTC)
    deployments = [
        {
            "deployment_id": f"shop-{days}",
            "service": "shop",
            "finished_at": now - timedelta(days=days),
        }
        for days in range(60, 120)
    ]
    support.write(folder / "files", deployments=deployments)
    with web() as (url, posted):
        channels = [{"kind": "webhook", "url": f"{url}/x"}]
        project = support.project(folder, alerts={"channels": channels})
        support.refresh(project, now)
        yield project, posted


@contextmanager
def held(project):
    """Open the warehouse as a run has it."""
    with refreshing.warehouse(project, is_temporary=False) as con:
        yield Warehouse(project, con)


def alerted(project, *before, is_forgotten=True):
    """Run assets and then the alerts, by default as if whatever was remembered were lost."""
    if is_forgotten:
        shutil.rmtree(project.data_dir / "outbox", ignore_errors=True)
    with held(project) as warehouse:
        for asset in (*before, told):
            result = asset(dg.build_asset_context(), warehouse=warehouse)
    return result.metadata["dagster/row_count"]


def test_a_run_tells_of_a_stall_once(organisation):
    project, posted = organisation

    assert [alerted(project), alerted(project, is_forgotten=False)] == [1, 0]

    ((_, headers, body),) = posted
    (service,) = json.loads(body)["services"]
    assert (service["service"], service["state"]) == ("shop", "stalled")
    assert headers["Idempotency-Key"] == json.loads(body)["id"]


def test_what_a_run_loses_it_tells_again_under_the_same_id(organisation):
    project, posted = organisation
    alerted(project)
    alerted(project)

    assert posted[-1][1]["Idempotency-Key"] == posted[-2][1]["Idempotency-Key"]


def test_a_run_that_could_not_read_all_tells_nobody(organisation):
    project, posted = organisation
    count, files = len(posted), project.data_dir.with_name("files")
    files.rename(files.with_name("away"))
    try:
        assert alerted(project, raw_asset("files__deployments")) == 0
    finally:
        files.with_name("away").rename(files)

    assert len(posted) == count


def test_a_run_of_another_moment_tells_nobody(organisation):
    project, posted = organisation
    count, now = len(posted), datetime.now(UTC)
    with held(project) as warehouse:
        settings.write(warehouse.con, project.configuration, Run(now, now, has_as_of=True))
        refreshing.published(warehouse.con, project)

    assert alerted(project) == 0

    assert len(posted) == count
    assert not (project.data_dir / "outbox").exists()

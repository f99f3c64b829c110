"""Dagster's own run tells people, as `drumbeat refresh` does: once, of now, of what was read."""

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from pipelines import refreshing, settings
from pipelines.alerts import unread
from pipelines.commands.collecting import refreshed
from pipelines.errors import DrumbeatError
from pipelines.orchestration.alerting import told
from pipelines.orchestration.assets import merged
from pipelines.orchestration.warehouse import Warehouse
from pipelines.settings import Run
from tests import support
from tests.pipelines.alerts.servers import web


@pytest.fixture(scope="module")
def organisation(tmp_path_factory):
    """Return a project of two sources, each with a service gone quiet, and what it posted."""
    folder, now = tmp_path_factory.mktemp("alerting"), datetime.now(UTC)
    for service in ("cart", "shop"):
        deployments = [
            {
                "deployment_id": f"{service}-{days}",
                "service": service,
                "finished_at": now - timedelta(days=days),
            }
            for days in range(60, 120)
        ]
        support.write(folder / service, deployments=deployments)
    sources = [
        {"kind": "files", "name": name, "path": str(folder / name)} for name in ("cart", "shop")
    ]
    with web() as (url, posted):
        channels = [{"kind": "webhook", "url": f"{url}/x"}]
        project = support.project(folder, sources=sources, alerts={"channels": channels})
        support.refresh(project, now)
        yield project, posted


@contextmanager
def held(project):
    """Open the warehouse as a run has it."""
    with refreshing.warehouse(project, is_temporary=False) as con:
        yield Warehouse(project, con)


def alerted(project, collect=None, is_forgotten=True):
    """Collect a table and then alert, by default as if whatever was remembered were lost."""
    if is_forgotten:
        shutil.rmtree(project.data_dir / "outbox", ignore_errors=True)
    with held(project) as warehouse:
        if collect:
            list(merged(warehouse, collect, print))
            unread.keep(project.data_dir, warehouse.collected)
        result = told(dg.build_asset_context(), warehouse=warehouse)
    return result.metadata["dagster/row_count"]


@contextmanager
def away(project, source):
    """Take the files of a source away for a while."""
    folder = project.data_dir.with_name(source)
    folder.rename(folder.with_name("away"))
    try:
        yield
    finally:
        folder.with_name("away").rename(folder)


def stalled(body):
    """Return the services that a message says are stalled, and that it says nothing else."""
    found = json.loads(body)["services"]
    assert {one["state"] for one in found} == {"stalled"}
    return sorted(one["service"] for one in found)


def test_a_run_tells_of_a_stall_once(organisation):
    project, posted = organisation

    assert [alerted(project), alerted(project, is_forgotten=False)] == [1, 0]

    ((_, headers, body),) = posted
    assert stalled(body) == ["cart", "shop"]
    assert headers["Idempotency-Key"] == json.loads(body)["id"]


def test_what_a_run_loses_it_tells_again_under_the_same_id(organisation):
    project, posted = organisation
    alerted(project)
    alerted(project)

    assert posted[-1][1]["Idempotency-Key"] == posted[-2][1]["Idempotency-Key"]


def test_a_source_that_can_not_be_read_silences_its_own_services_alone(organisation):
    project, posted = organisation
    with away(project, "shop"):
        assert alerted(project, "files__deployments") == 1
    # Later runs and commands read what was published then.
    assert alerted(project) == 1
    assert [stalled(body) for _, _, body in posted[-2:]] == [["cart"], ["cart"]]

    assert alerted(project, "files__deployments") == 1
    assert stalled(posted[-1][2]) == ["cart", "shop"]


def test_a_refresh_that_can_not_read_a_source_tells_of_the_others_and_fails(organisation, capsys):
    project, posted = organisation
    shutil.rmtree(project.data_dir / "outbox", ignore_errors=True)
    with away(project, "shop"), pytest.raises(DrumbeatError, match="not all was collected:\nshop"):
        refreshed(project, None, None, wait=True)

    assert stalled(posted[-1][2]) == ["cart"]
    said = "Nobody is told of shop: not all could be read of shop.\n"
    assert said in capsys.readouterr().err


def test_a_run_of_another_moment_tells_nobody(organisation):
    project, posted = organisation
    count, now = len(posted), datetime.now(UTC)
    with held(project) as warehouse:
        settings.write(warehouse.con, project.configuration, Run(now, now, has_as_of=True))
        refreshing.published(warehouse.con, project)

    assert alerted(project) == 0

    assert len(posted) == count
    assert not (project.data_dir / "outbox").exists()

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from connectors import Failure, SourceUnavailable
from pipelines.collected import Collected
from pipelines.orchestration import checks, sources, totals
from pipelines.orchestration.warehouse import Warehouse
from pipelines.steps import steps
from pipelines.warehouse import opened
from tests.orchestration.running import AS_OF, checked, small
from tests.support import refresh


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    project = small(tmp_path_factory.mktemp("checks"))
    refresh(project, AS_OF)
    return project


@pytest.fixture
def con(made):
    with opened(made.warehouse) as con:
        con.execute("begin")
        yield con
        con.execute("rollback")


def answers(made, con, table):
    step = steps()[table]
    asked = checks.of(table, step.grain, checks.keys(step))
    return {one.name: one.answer(Warehouse(made, con)) for one in asked}


def test_a_duplicated_grain_fails_and_is_shown(made, tmp_path):
    shutil.copytree(made.data_dir, tmp_path / "data", symlinks=True)
    project = small(tmp_path)
    with opened(project.warehouse) as con:
        con.execute("insert into facts.rollouts from facts.rollouts where rollout_id = 'shop-5'")

    found = checked(project, "facts.rollouts")

    assert {name for name, one in found.items() if not one.passed} == {
        "grain_is_unique",
        "rollouts_agree",
        "carried_changes_agree",
    }
    assert found["grain_is_unique"].description == (
        "1 of rollout_id stand in several rows, such as 2 x shop-5"
    )
    assert found["grain_is_unique"].metadata["duplicated"].value == 1


def test_a_missing_key_fails(made, con):
    con.execute("update facts.rollouts set rollout_id = null where rollout_id = 'shop-5'")

    found = answers(made, con, "facts.rollouts")

    assert not found["keys_are_present"].passed
    assert found["keys_are_present"].description == "1 rows lack rollout_id"


def test_a_key_that_may_be_null_is_not_missed():
    assert checks.keys(steps()["facts.incidents"]) == ("incident_id",)


def test_a_row_lost_in_staging_fails(made, con):
    con.execute("delete from staging.files__changes where change_id = 'change-7'")

    found = answers(made, con, "staging.files__changes")

    assert not found["records_agree"].passed
    assert found["records_agree"].description.startswith("16 here, 17 there")


@pytest.mark.parametrize(
    ("table", "name", "spoil"),
    [
        (
            "facts.rollout_members",
            "members_agree",
            "delete from facts.rollout_members where deployment_id = 'shop-5'",
        ),
        (
            "facts.deployments",
            "deployments_agree",
            "delete from facts.deployments where deployment_id = 'shop-5'",
        ),
        (
            "facts.rollouts",
            "carried_changes_agree",
            "update facts.rollouts set change_count = change_count + 1",
        ),
        (
            "marts.deployment_frequency",
            "weeks_agree",
            "update marts.deployment_frequency set deployment_count = 0 where starts_on = "
            "'2026-03-09'",
        ),
        (
            "marts.deployment_frequency",
            "services_agree",
            "delete from marts.deployment_frequency where name = 'shop'",
        ),
        (
            "marts.change_fail_rate",
            "failures_agree",
            "update marts.change_fail_rate set failed_count = failed_count + 1",
        ),
        (
            "marts.lead_time_stages",
            "delivered_changes_agree",
            "update marts.lead_time_stages set change_count = change_count + 1",
        ),
        ("marts.metrics", "rows_agree", "delete from marts.metrics where metric = 'rework_rate'"),
    ],
)
def test_totals_that_disagree_fail(made, con, table, name, spoil):
    assert answers(made, con, table)[name].passed

    con.execute(spoil)

    assert not answers(made, con, table)[name].passed


def test_every_staging_table_is_counted_against_its_raw_table():
    staged = [table for table in steps() if table.startswith("staging.")]

    assert [t for t in staged if "records_agree" not in {one.name for one in totals.of(t)}] == []


def fresh(made, con, now):
    return checks.fresh(Warehouse(made, con), "files__deployments", now)


def test_a_source_without_anything_new_is_fresh(made, con):
    sources.note(con, Collected("files"), "deployments", datetime.now(UTC))
    con.execute("update raw.files__deployments set fetched_at = fetched_at - interval 90 day")

    assert fresh(made, con, datetime.now(UTC)).passed


def test_a_source_that_was_not_asked_for_three_hours_is_late(made, con):
    now = datetime.now(UTC)

    assert fresh(made, con, now + checks.LATE - timedelta(minutes=5)).passed
    late = fresh(made, con, now + checks.LATE + timedelta(minutes=5))

    assert not late.passed
    assert f"files: last collected on {now:%Y-%m-%d}" in late.description
    assert "run `drumbeat refresh`" in late.description


def test_a_refresh_outside_of_dagster_counts_by_the_records_that_it_fetched(made, con):
    now = datetime.now(UTC)
    sources.note(con, Collected("files"), "deployments", now - timedelta(days=9))

    assert fresh(made, con, now).passed


def test_a_failed_attempt_is_told_until_the_next_that_works(made, con):
    now = datetime.now(UTC)
    failure = Failure("deployments", "", SourceUnavailable("no answer"))
    unanswered = Collected("files", failures=(failure,))
    sources.note(con, unanswered, "deployments", now)
    failed = fresh(made, con, now)
    sources.note(con, Collected("files"), "deployments", now)

    assert not failed.passed
    assert "the latest attempt failed: no answer" in failed.description
    assert fresh(made, con, now).passed


def test_a_scope_that_failed_is_told_and_the_rest_is_collected(made, con):
    now = datetime.now(UTC)
    failure = Failure("deployments", "acme/shop", SourceUnavailable("no answer"))
    partly = Collected("files", Counter(deployments=3), (failure,), frozenset({"acme/pay"}))
    sources.note(con, partly, "deployments", now)

    assert sources.told(partly) == "3 new; acme/shop (deployments): no answer"
    assert sources.last_collected(con, "files__deployments", "files") == (
        now,
        "acme/shop (deployments): no answer",
    )

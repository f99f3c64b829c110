"""What pages list beside the metrics: waiting changes, recent deployments, states, windows."""

from datetime import date, timedelta

import pytest

from pipelines import explaining, windows
from tests import support
from tests.sql.making import organisation
from tests.support import Stories, at, rows

NOW = at("2026-03-23 16:00")
STORIES = Stories(as_of=NOW)


def merged(day, **more):
    return {
        "merged_at": at(f"2026-03-{day:02d} 10:00"),
        "opened_at": at(f"2026-03-{day:02d} 09:00"),
        **more,
    }


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with STORIES.build(tmp_path_factory.mktemp("overview")) as found:
        yield found


mixed = STORIES.service(
    "mixed",
    deployments=[{"finished_at": at("2026-03-10 12:00")}],
    changes=[merged(10), merged(9, author="renovate[bot]"), merged(20, author="renovate[bot]")],
)


def test_the_lead_time_of_a_recent_deployment_leaves_bots_out_as_the_metric_does(con):
    query = "select change_count, lead_time_hours from marts.recent_deployments where service = $1"
    assert rows(con, query, mixed) == [(2, 3.0)]
    assert rows(con, "from marts.waiting_changes where service = $1", mixed) == []


def test_bots_changes_wait_where_the_configuration_counts_them(tmp_path):
    deployments = [
        {"deployment_id": "d1", "service": "shop", "finished_at": at("2026-03-10 12:00")}
    ]
    change = merged(20, author="renovate[bot]", change_id="c1", service="shop")
    settings = {"definitions": {"bots_changes": "in"}}
    with organisation(
        tmp_path, as_of=NOW, deployments=deployments, changes=[change], **settings
    ) as found:
        assert rows(found, "select change_id from marts.waiting_changes") == [("c1",)]


retired = STORIES.service(
    "retired",
    settings={"retired_on": date(2026, 3, 5)},
    deployments=[{"finished_at": at("2026-03-03 12:00")}],
)


def test_a_retired_service_did_not_ship_last_week(con):
    query = "select state, last_week_count from marts.service_overview where service = $1"
    assert rows(con, query, retired) == [("retired", None)]


moving = STORIES.service(
    "moving",
    settings={"team": [{"name": "North"}, {"name": "South", "since": date(2026, 3, 24)}]},
    deployments=[{"finished_at": at("2026-03-03 12:00")}],
)


def test_a_team_that_takes_the_service_tomorrow_does_not_have_it_today(con):
    query = "select team from marts.service_overview where service = $1"
    assert rows(con, query, moving) == [("North",)]


regions = STORIES.service(
    "regions",
    deployments=[
        {
            "environment": f"production-{place}",
            "version": version,
            "finished_at": at(f"2026-03-{day} {hour}:00"),
        }
        for place, version, day, hour in (
            ("eu", "1", "16", "10"),
            ("us", "1", "16", "11"),
            ("us", "2", "17", "10"),
            ("eu", "1", "18", "09"),
            ("us", "1", "18", "10"),
        )
    ],
)


def test_explain_names_what_any_region_of_a_deployment_mends(con):
    found = explaining.explain(con, "rework_rate", service=regions, team=None, week="2026-W12")
    mends = {row["deployment"]: row["mends"] for row in found.rows.to_dicts() if row["is_rework"]}
    assert mends == {"regions-4": "rollback of regions-3"}


steady = STORIES.service(
    "steady",
    deployments=[
        {"finished_at": NOW - timedelta(days=7 * week + day, hours=3)}
        for week in range(30)
        for day in range(week % 4)
    ],
)


def test_usual_over_a_window_of_ones_own_is_the_usual_of_the_marts(con):
    chosen = windows.window(con, since=date(2025, 12, 1), until=date(2026, 3, 23))
    asked = windows.metrics(con, chosen, by="week", service=steady)
    found = {
        row["starts_on"]: (row["low"], row["high"])
        for row in asked.to_dicts()
        if row["metric"] == "deployment_frequency"
    }
    known = rows(
        con,
        "select starts_on, usual_low, usual_high from marts.deployment_frequency "
        "where name = $1 and period = 'week' and starts_on between '2025-12-01' and '2026-03-16'",
        steady,
    )
    assert len(found) == 16
    assert found == {starts_on: (low, high) for starts_on, low, high in known}


def test_an_incident_that_ends_before_it_begins_is_told(tmp_path):
    deployments = [
        {"deployment_id": "d1", "service": "shop", "finished_at": at("2026-03-10 12:00")}
    ]
    incident = {
        "incident_id": "i1",
        "service": "shop",
        "started_at": at("2026-03-10 13:00"),
        "resolved_at": at("2026-03-01 13:00"),
    }
    with organisation(tmp_path, as_of=NOW, deployments=deployments, incidents=[incident]) as found:
        query = "select kind from marts.data_quality where subject = 'i1'"
        assert rows(found, query) == [("incident resolved before it began",)]


def test_rejected_rows_are_counted_with_their_own_table(tmp_path):
    deployments = [
        {"deployment_id": "d1", "service": "shop", "finished_at": at("2026-03-10 12:00")},
        {"deployment_id": "d2", "service": "shop", "finished_at": "yesterday"},
    ]
    incident = {"incident_id": "i1", "started_at": at("2026-03-10 13:00")}
    with support.organisation(
        tmp_path, as_of=NOW, deployments=deployments, incidents=[incident]
    ) as found:
        assert rows(found, "select entity, rejected_count from marts.sources order by 1") == [
            ("deployments", 1),
            ("incidents", 0),
        ]


bots = STORIES.service(
    "bots",
    deployments=[{"finished_at": at("2026-03-10 12:00")}],
    changes=[merged(10, author="renovate[bot]")],
)
never = STORIES.service("never", settings={})


def test_what_has_no_rhythm_says_why(con):
    query = (
        "select state, attention, deploy_day_count from marts.service_overview where service = $1"
    )
    assert rows(con, query, bots) == [("too_new", 7, 0)]
    assert rows(con, query, mixed) == [("too_new", 7, 1)]
    assert rows(con, query, never) == [("never_deployed", 8, 0)]
    assert rows(con, query, retired) == [("retired", 9, 0)]

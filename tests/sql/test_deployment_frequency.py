"""Deployment frequency, counted by hand."""

import pytest

from tests.support import Stories, at, metric, rows

STORIES = Stories(
    # A Monday in New York, where the clocks went forward on Sunday the 8th.
    as_of=at("2026-03-23 16:00"),
    settings={"calendar": {"time_zone": "America/New_York"}},
)


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with STORIES.build(tmp_path_factory.mktemp("frequency")) as found:
        yield found


def frequency(con, name, starts_on, period="week"):
    found = metric(con, name, "deployment_frequency", starts_on, period)
    return found and (found["value"], found["n"])


never = STORIES.service("never")


def test_a_service_that_never_deployed_has_no_rows(con):
    assert rows(con, "from marts.metrics where name = $1", never) == []


once = STORIES.service("once", deployments=[{"finished_at": at("2026-03-12 15:00")}])


def test_one_deployment_on_a_thursday_is_one_a_week(con):
    assert frequency(con, once, "2026-03-09") == (1, 1)


def test_a_week_without_any_is_nought_a_week_and_a_day_without_any_has_no_row(con):
    assert frequency(con, once, "2026-03-16") == (0, 0)
    assert frequency(con, once, "2026-03-12", "day") == (7, 1)
    assert frequency(con, once, "2026-03-13", "day") == {}


def test_the_unfinished_week_is_scaled_by_the_days_that_have_begun(con):
    found = metric(con, today, "deployment_frequency", "2026-03-23")
    assert (found["value"], found["n"], found["is_finished"]) == (14, 2, False)


def test_windows_that_begin_before_the_first_deployment_have_all_their_days(con):
    assert frequency(con, once, "2026-02-16", "four_weeks") == (0.25, 1)
    assert frequency(con, once, "2026-03-01", "month") == (pytest.approx(7 / 23), 1)


today = STORIES.service(
    "today",
    deployments=[{"finished_at": at("2026-03-23 04:00")}, {"finished_at": at("2026-03-23 05:00")}],
)
# Sunday ends at 04:00 UTC after the clocks went forward, at 05:00 before.
midnight = STORIES.service(
    "midnight",
    deployments=[
        {"finished_at": at("2026-03-09 03:59:59")},
        {"finished_at": at("2026-03-09 04:00")},
        {"finished_at": at("2026-03-02 04:59:59")},
        {"finished_at": at("2026-03-02 05:00")},
    ],
)


def test_weeks_begin_at_midnight_of_monday_where_the_organisation_is(con):
    mondays = ("2026-02-23", "2026-03-02", "2026-03-09")
    assert [frequency(con, midnight, day)[1] for day in mondays] == [1, 2, 1]


def test_the_week_in_which_clocks_change_is_a_week_of_seven_days(con):
    assert frequency(con, midnight, "2026-03-02") == (2, 2)


others = STORIES.service(
    "others",
    deployments=[
        {"finished_at": at("2026-03-10 15:00"), "status": "failure"},
        {"finished_at": at("2026-03-10 15:00"), "status": "cancelled"},
        {"finished_at": at("2026-03-10 15:00"), "environment": "staging"},
        {"started_at": at("2026-03-10 15:00"), "status": "in_progress"},
        {"finished_at": at("2026-03-10 15:00"), "environment": "Prod-EU"},
    ],
)


def test_only_successes_in_production_count(con):
    assert frequency(con, others, "2026-03-09") == (1, 1)


def region(finished_at, name, **more):
    return {
        "finished_at": at(finished_at),
        "environment": f"production-{name}",
        "sha": "a" * 40,
        **more,
    }


regions = STORIES.service(
    "regions",
    deployments=[
        region("2026-03-10 15:00", "eu"),
        region("2026-03-11 15:00", "us"),
        region("2026-03-11 15:00:01", "ap"),
    ],
)


def test_regions_within_a_day_are_one_rollout_and_a_second_later_is_another(con):
    assert frequency(con, regions, "2026-03-09") == (2, 2)
    assert rows(
        con, "select environments from facts.rollouts where service = 'regions' order by 1"
    ) == [
        ("production-ap",),
        ("production-eu, production-us",),
    ]


slow = STORIES.service(
    "slow",
    deployments=[
        region("2026-03-10 15:00", "eu", started_at=at("2026-03-10 14:00")),
        region("2026-03-12 15:00", "us", started_at=at("2026-03-11 14:00")),
    ],
)


def test_the_span_of_regions_is_between_their_starts(con):
    assert frequency(con, slow, "2026-03-09") == (1, 1)


again = STORIES.service(
    "again", deployments=[region("2026-03-10 15:00", "eu"), region("2026-03-10 16:00", "eu")]
)


def test_the_same_version_again_to_the_same_place_is_another_deployment(con):
    assert frequency(con, again, "2026-03-09") == (2, 2)


unknown = STORIES.service(
    "unknown",
    deployments=[
        {"finished_at": at("2026-03-10 15:00"), "environment": "prod-eu"},
        {"finished_at": at("2026-03-10 15:00"), "environment": "prod-us"},
    ],
)


def test_deployments_of_unknown_version_are_never_one(con):
    assert frequency(con, unknown, "2026-03-09") == (2, 2)


moved = STORIES.service(
    "moved",
    settings={
        "team": [{"name": "old"}, {"name": "new", "since": "2026-03-12"}],
        "aliases": ["moved-once"],
    },
    deployments=[
        {"finished_at": at("2026-03-10 15:00")},
        {"finished_at": at("2026-03-13 15:00"), "service": "moved-once"},
    ],
)


def test_a_move_between_teams_leaves_each_team_its_own_past(con):
    assert frequency(con, "old", "2026-03-09") == (1, 1)
    assert frequency(con, "new", "2026-03-09") == (1, 1)
    assert frequency(con, moved, "2026-03-09") == (2, 2)


def test_a_team_that_has_no_service_any_more_has_no_weeks_any_more(con):
    assert frequency(con, "old", "2026-03-16") == {}


retired = STORIES.service(
    "retired",
    settings={"retired_on": "2026-03-16"},
    deployments=[{"finished_at": at("2026-03-03 15:00")}],
)


def test_a_retired_service_has_no_weeks_from_its_retirement_on(con):
    assert frequency(con, retired, "2026-03-09") == (0, 0)
    assert frequency(con, retired, "2026-03-16") == {}


steady = STORIES.service(
    "steady",
    deployments=[
        {"finished_at": at(f"{day} 15:00")}
        for day in (
            "2026-01-12", "2026-01-13", "2026-01-20", "2026-01-28", "2026-02-03", "2026-02-11",
            "2026-02-17", "2026-02-26", "2026-03-04",
        )
    ],
)  # fmt: skip


def test_the_usual_range_needs_eight_weeks_before(con):
    seventh = metric(con, steady, "deployment_frequency", "2026-03-02")
    eighth = metric(con, steady, "deployment_frequency", "2026-03-09")
    assert (seventh["low"], seventh["high"]) == (None, None)
    # Two in the first of eight weeks, one in each of the others: the 90th percentile is at 6.3.
    assert (eighth["low"], eighth["high"]) == (1, pytest.approx(1.3))

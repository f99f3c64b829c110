"""Change fail rate, recovery time and rework rate, counted by hand."""

import pytest

from tests.support import Stories, at, metric, rows

STORIES = Stories(as_of=at("2026-03-20 12:00"))
WEEK = "2026-03-09"


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with STORIES.build(tmp_path_factory.mktemp("failures")) as found:
        yield found


def rate(con, name, wanted="change_fail_rate"):
    found = metric(con, name, wanted, WEEK)
    return found["value"], found["n"]


def recovery(con, name):
    found = metric(con, name, "recovery_time", WEEK)
    return found["value"], found["n"], found["open_count"], found["at_least"]


def links(con, name):
    query = (
        "select deployment_id, how, confidence, is_counted from facts.deployment_incidents "
        "where service = $1 order by confidence desc, deployment_id"
    )
    return rows(con, query, name)


def deployed(moment, version=None, **more):
    return {"finished_at": at(moment), "version": version, **more}


def incident(moment, resolved=None, **more):
    return {"started_at": at(moment), "resolved_at": at(resolved) if resolved else None, **more}


quiet = STORIES.service("quiet", deployments=[deployed("2026-03-03 10:00")])


def test_without_deployments_there_is_no_rate_and_with_one_that_held_it_is_nought(con):
    assert rate(con, quiet) == (None, 0)
    found = metric(con, quiet, "change_fail_rate", "2026-03-02")
    assert (found["value"], found["n"]) == (0, 1)
    # Wilson's interval of none in one.
    assert (found["low"], round(found["high"], 4)) == (0, 0.7935)


def test_without_failures_there_is_no_recovery_time(con):
    assert recovery(con, quiet) == (None, 0, 0, None)


halved = STORIES.service(
    "halved",
    deployments=[deployed("2026-03-10 10:00")],
    incidents=[incident("2026-03-11 10:00", "2026-03-11 13:00")],
)


def test_a_day_later_half_the_confidence_is_left_and_that_still_counts(con):
    assert links(con, halved) == [("halved-1", "service_and_time", 0.25, True)]
    assert rate(con, halved) == (1, 1)
    assert recovery(con, halved) == (27, 1, 0, None)


late = STORIES.service(
    "late",
    deployments=[deployed("2026-03-10 10:00")],
    incidents=[
        incident("2026-03-11 10:00:01"),
        incident("2026-03-13 10:00"),
        incident("2026-03-13 10:00:01"),
    ],
)


def test_after_a_day_it_counts_no_more_and_after_72_hours_there_is_no_link(con):
    assert [(round(confidence, 4), counts) for _, _, confidence, counts in links(con, late)] == [
        (0.25, False),
        (0.0625, False),
    ]
    assert rate(con, late) == (0, 1)


same_second = STORIES.service(
    "same-second",
    deployments=[deployed("2026-03-10 10:00"), deployed("2026-03-10 10:00")],
    incidents=[incident("2026-03-10 10:00", "2026-03-10 10:00")],
)


def test_an_incident_at_the_second_of_two_deployments_blames_the_later_by_id(con):
    assert links(con, same_second) == [("same-second-2", "service_and_time", 0.5, True)]
    assert recovery(con, same_second) == (0, 1, 0, None)


before = STORIES.service(
    "before",
    deployments=[deployed("2026-03-10 10:00")],
    incidents=[
        incident("2026-03-10 09:59:59"),
        incident("2026-03-10 08:00", "2026-03-10 09:00", deployment_id="before-1"),
    ],
)


def test_an_incident_before_blames_nothing_unless_it_says_so_and_never_ends_before_it(con):
    assert links(con, before) == [("before-1", "explicit", 1, True)]
    assert recovery(con, before) == (0, 1, 0, None)


named = STORIES.service(
    "named",
    deployments=[
        deployed("2026-03-01 10:00", sha="f00dbeef" * 5),
        deployed("2026-03-10 10:00", "V2.1"),
    ],
    incidents=[
        incident("2026-03-10 11:00", title="Since F00DBEE, all is slow"),
        incident("2026-03-10 11:00", title="Broke with v2.1."),
    ],
)


def test_a_title_that_names_a_commit_or_a_version_blames_it(con):
    assert [link for link in links(con, named) if link[3]] == [
        ("named-1", "commit", 0.95, True),
        ("named-2", "version", 0.95, True),
    ]


STORIES.service("one-of-two", deployments=[deployed("2026-03-10 10:00", "9.9.9")])
STORIES.service("two-of-two", deployments=[deployed("2026-03-10 11:00", "9.9.9")])
STORIES.tables["incidents"].append(
    {"incident_id": "nobody's", "started_at": at("2026-03-10 12:00"), "title": "9.9.9 is bad"}
)


def test_an_incident_of_no_service_counts_against_one_deployment_not_one_of_every_service(con):
    assert [rate(con, f"{name}-of-two") for name in ("one", "two")] == [(0, 1), (1, 1)]


back = STORIES.service(
    "back",
    deployments=[
        deployed("2026-03-09 10:00", "1"),
        deployed("2026-03-10 10:00", "2"),
        deployed("2026-03-10 12:00", "1", started_at=at("2026-03-10 11:00")),
        deployed("2026-03-11 10:00", "2"),
        deployed("2026-03-11 11:00", "2"),
    ],
)


def test_going_back_to_an_earlier_version_is_a_rollback_and_going_forward_again_is_none(con):
    assert rows(
        con,
        "select deployment_id, rolls_back_to from facts.deployments "
        "where service = 'back' and is_rollback",
    ) == [("back-3", "back-1")]


def test_a_rollback_blames_what_was_live_when_it_began_and_is_rework(con):
    assert rows(con, "select mended_id, how from facts.remedies where service = 'back'") == [
        ("back-2", "rollback")
    ]
    assert rate(con, back) == (0.2, 5)
    assert rate(con, back, "rework_rate") == (0.2, 5)
    assert recovery(con, back) == (2, 1, 0, None)


past = STORIES.service(
    "past",
    deployments=[
        deployed("2026-03-09 10:00", "1"),
        deployed("2026-03-09 11:00", "2"),
        deployed("2026-03-09 12:00", "3"),
        deployed("2026-03-09 13:00", "1", started_at=at("2026-03-09 11:30")),
    ],
)


def test_a_rollback_past_several_blames_only_the_one_live_when_it_began(con):
    assert rows(con, "select mended_id from facts.remedies where service = 'past'") == [("past-2",)]


unknown = STORIES.service(
    "unknown",
    deployments=[
        deployed("2026-03-09 10:00", "1"),
        deployed("2026-03-09 11:00", "2"),
        deployed("2026-03-09 12:00"),
        deployed("2026-03-09 13:00", "1"),
    ],
)


def test_whether_it_goes_back_from_an_unknown_version_cannot_be_seen(con):
    assert rows(con, "from facts.remedies where service = 'unknown'") == []


told = STORIES.service(
    "told",
    deployments=[
        deployed("2026-03-09 10:00", "1"),
        deployed("2026-03-09 11:00", "2"),
        deployed("2026-03-09 12:00", "1-again", rolls_back_to="1"),
    ],
)


def test_a_rollback_that_is_told_needs_no_version_that_ran_before(con):
    assert rows(con, "select mended_id from facts.remedies where service = 'told'") == [("told-2",)]


fixed = STORIES.service(
    "fixed",
    deployments=[deployed("2026-03-09 10:00", "1"), deployed("2026-03-09 14:00", "2")],
    changes=[
        {
            "opened_at": at("2026-03-09 12:00"),
            "merged_at": at("2026-03-09 13:00"),
            "branch": "hotfix/7",
        }
    ],
    incidents=[incident("2026-03-09 11:00", "2026-03-09 16:00")],
)


def test_recovery_is_the_first_that_holds_and_the_strongest_link_says_why(con):
    assert rows(
        con,
        "select why, confidence, recovered_by, recovery_id from facts.failed_deployments "
        "where service = 'fixed'",
    ) == [("hotfix", 0.6, "fix", "fixed-2")]
    assert recovery(con, fixed) == (4, 1, 0, None)


A, B = "a" * 40, "b" * 40
reverted = STORIES.service(
    "reverted",
    deployments=[
        deployed(f"2026-03-{9 + day:02} 10:00", sha=sha * 40) for day, sha in enumerate("abc")
    ],
    commits=[
        {"sha": A, "authored_at": at("2026-03-08 10:00")},
        {"sha": B, "authored_at": at("2026-03-09 10:00"), "parents": A},
        {
            "sha": "c" * 40,
            "authored_at": at("2026-03-10 12:00"),
            "parents": B,
            "reverts": "bbbbbbb",
        },
    ],
)


def test_a_revert_blames_the_deployment_that_first_carried_what_it_takes_back(con):
    assert rows(
        con,
        "select deployment_id, mended_id, how, cast(confidence as double) from facts.remedies "
        "where service = 'reverted'",
    ) == [("reverted-3", "reverted-2", "revert", 0.85)]


undecided = STORIES.service(
    "undecided",
    deployments=[deployed("2026-03-10 10:00"), deployed("2026-03-12 10:00")],
    incidents=[
        incident("2026-03-10 11:00", "2026-03-10 12:00", deployment_id="undecided-1"),
        incident("2026-03-12 11:00", deployment_id="undecided-2"),
    ],
)


def test_an_open_failure_is_as_long_as_it_is_by_now_and_a_half_is_reached(con):
    assert recovery(con, undecided) == (2, 2, 1, None)


still_open = STORIES.service(
    "still-open",
    deployments=[deployed("2026-03-10 10:00")],
    incidents=[incident("2026-03-10 11:00")],
)


def test_a_median_that_is_not_reached_is_at_least_the_longest_so_far(con):
    assert recovery(con, still_open) == (None, 1, 1, 242)


def test_one_recovery_has_a_median_and_no_band(con):
    found = metric(con, halved, "recovery_time", WEEK)
    assert (found["low"], found["high"]) == (None, None)


ten = STORIES.service(
    "ten",
    deployments=[deployed(f"2026-03-{9 + n % 5:02} {n:02}:00") for n in range(10)],
    incidents=[
        {
            "started_at": at(f"2026-03-{9 + n % 5:02} {n:02}:00"),
            "resolved_at": at(f"2026-03-{9 + n % 5:02} {2 * n + 1:02}:00") if n < 8 else None,
            "deployment_id": f"ten-{n + 1}",
        }
        for n in range(10)
    ],
)


def test_the_band_of_the_median_is_that_of_the_textbook(con):
    # Ends after 1 to 8 hours and two still open: S falls by a tenth an hour. Its log-log interval
    # reaches down to a half from the first end on (0.9 ** exp(1.96) = 0.473), and up no further
    # than to a half from the eighth on (0.2 ** exp(-0.77) = 0.475).
    found = metric(con, ten, "recovery_time", WEEK)
    assert (found["value"], found["low"], found["high"], found["n"]) == (5, 1, 8, 10)


def test_regions_fail_and_recover_as_one(con):
    assert rate(con, regions) == (1, 1)
    assert rows(
        con, "select failed_at, recovered_at from facts.rollouts where service = 'regions'"
    ) == [(at("2026-03-10 10:00"), at("2026-03-10 15:00"))]


regions = STORIES.service(
    "regions",
    deployments=[
        deployed("2026-03-10 10:00", "7", environment="prod-eu"),
        deployed("2026-03-10 11:00", "7", environment="prod-us"),
    ],
    incidents=[
        incident("2026-03-10 10:30", "2026-03-10 12:00", deployment_id="regions-1"),
        incident("2026-03-10 11:30", "2026-03-10 15:00", deployment_id="regions-2"),
    ],
)


def test_weeks_younger_than_72_hours_are_not_settled(con):
    found = metric(con, quiet, "change_fail_rate", "2026-03-16")
    assert (found["is_finished"], found["is_settled"]) == (False, False)
    assert metric(con, quiet, "change_fail_rate", WEEK)["is_settled"]

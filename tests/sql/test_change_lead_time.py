"""Change lead time and its stages, counted by hand."""

import pytest

from tests.support import Stories, at, metric, rows

STORIES = Stories(as_of=at("2026-03-20 12:00"))


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with STORIES.build(tmp_path_factory.mktemp("lead")) as found:
        yield found


def lead(con, name, starts_on="2026-03-09"):
    found = metric(con, name, "change_lead_time", starts_on)
    return found["value"], found["n"]


def carried(con, name, columns):
    query = f"select {columns} from facts.deployment_changes where service = $1 order by all"
    return rows(con, query, name)


none = STORIES.service("none", deployments=[{"finished_at": at("2026-03-10 10:00")}])


def test_without_changes_there_is_no_lead_time(con):
    assert lead(con, none) == (None, 0)


whole = STORIES.service(
    "whole",
    changes=[
        {
            "first_commit_at": at("2026-03-09 08:00"),
            "opened_at": at("2026-03-09 10:00"),
            "first_review_at": at("2026-03-09 11:00"),
            "approved_at": at("2026-03-09 14:00"),
            "merged_at": at("2026-03-09 15:00"),
        }
    ],
    deployments=[{"started_at": at("2026-03-09 20:00"), "finished_at": at("2026-03-09 20:30")}],
)
STAGES = (
    "coding_seconds, pickup_seconds, review_seconds, merge_seconds, wait_seconds, "
    "deployment_seconds"
)


def test_one_change_goes_through_six_stages_that_add_up(con):
    assert lead(con, whole) == (12.5, 1)
    assert carried(con, whole, STAGES) == [(7200, 3600, 10800, 3600, 18000, 1800)]


gaps = STORIES.service(
    "gaps",
    changes=[{"opened_at": at("2026-03-09 10:00"), "approved_at": at("2026-03-09 14:00"),
              "merged_at": at("2026-03-09 15:00")}],
    deployments=[{"finished_at": at("2026-03-09 20:00")}],
)  # fmt: skip


def test_the_time_of_an_unknown_stage_falls_to_the_next_known_one(con):
    assert carried(con, gaps, STAGES) == [(None, None, 4 * 3600, 3600, None, 5 * 3600)]


disordered = STORIES.service(
    "disordered",
    changes=[
        {
            "first_commit_at": at("2026-03-09 08:00"),
            "opened_at": at("2026-03-09 12:00"),
            "first_review_at": at("2026-03-09 09:00"),
            "merged_at": at("2026-03-09 13:00"),
            "deployment_id": "disordered-1",
        }
    ],
    deployments=[{"started_at": at("2026-03-09 11:00"), "finished_at": at("2026-03-09 12:30")}],
)


def test_boundaries_never_go_back_nor_pass_the_end(con):
    assert carried(con, disordered, f"how, {STAGES}") == [
        ("explicit", 4 * 3600, 0, None, 1800, 0, 0)
    ]


backwards = STORIES.service(
    "backwards",
    changes=[
        {"merged_at": at("2026-03-10 09:00"), "first_commit_at": at("2026-03-11 09:00")},
        {"merged_at": at("2026-03-10 09:00")},
    ],
    deployments=[{"finished_at": at("2026-03-10 10:00")}],
)


def test_a_clock_run_back_or_no_start_is_no_lead_time_and_is_listed(con):
    assert lead(con, backwards) == (None, 0)
    assert rows(
        con,
        "select excluded_count from marts.change_lead_time "
        "where name = 'backwards' and period = 'week' and starts_on = '2026-03-09'",
    ) == [(2,)]
    assert rows(
        con,
        "select kind, subject from marts.data_quality where service = 'backwards' "
        "and kind in ('clock runs backwards', 'change without a start') order by 2",
    ) == [("clock runs backwards", "backwards-1"), ("change without a start", "backwards-2")]


moments = STORIES.service(
    "moments",
    changes=[
        {"first_commit_at": at("2026-03-10 08:00"), "merged_at": at("2026-03-10 10:00")},
        {"first_commit_at": at("2026-03-10 08:00"), "merged_at": at("2026-03-10 10:00:01")},
        {"first_commit_at": at("2026-03-10 08:00"), "merged_at": at("2026-03-19 10:00")},
        {"first_commit_at": at("2026-03-10 08:00")},
    ],
    deployments=[
        {"finished_at": at("2026-03-10 10:00")},
        {"finished_at": at("2026-03-10 11:00"), "status": "failure"},
        {"finished_at": at("2026-03-10 12:00"), "environment": "staging"},
        {"finished_at": at("2026-03-10 13:00")},
    ],
)


def test_in_time_a_change_goes_with_the_first_success_at_or_after_its_merge(con):
    assert carried(con, moments, "change_id, deployment_id, how, lead_seconds") == [
        ("moments-1", "moments-1", "time", 2 * 3600),
        ("moments-2", "moments-4", "time", 5 * 3600),
    ]


def test_a_merged_change_that_nothing_carries_waits(con):
    assert rows(
        con, "select change_id, waiting_hours from marts.waiting_changes where service = 'moments'"
    ) == [("moments-3", 26.0)]


bots = STORIES.service(
    "bots",
    changes=[
        {"merged_at": at("2026-03-10 09:00"), "opened_at": at("2026-03-10 08:00"), "author": name}
        for name in ("renovate[bot]", "ann")
    ],
    deployments=[{"finished_at": at("2026-03-10 10:00"), "author": "ci-bot"}],
)


def test_changes_by_bots_are_out_and_deployments_by_bots_are_in(con):
    assert lead(con, bots) == (2, 1)


many = STORIES.service(
    "many",
    changes=[
        {"opened_at": at(f"2026-03-10 {hour:02}:00"), "merged_at": at("2026-03-10 10:00")}
        for hour in (9, 8, 6, 2)
    ],
    deployments=[{"finished_at": at("2026-03-10 10:00")}],
)


def test_quantiles_lie_between_the_nearest_two(con):
    found = metric(con, many, "change_lead_time", "2026-03-09")
    # 1, 2, 4 and 8 hours.
    assert [round(found[key], 6) for key in ("p25", "value", "p75", "p90")] == [1.75, 3, 5, 6.8]


A, B, C, D = ("a" * 40, "b" * 40, "c" * 40, "d" * 40)


def commit(sha, moment, *parents, **more):
    return {"sha": sha, "authored_at": at(moment), "parents": " ".join(parents) or None, **more}


graph = STORIES.service(
    "graph",
    commits=[
        commit(A, "2026-03-02 09:00"),
        commit(B, "2026-03-03 09:00", A),
        commit(C, "2026-03-03 09:00", A),
        commit(D, "2026-03-04 09:00", B, C),
    ],
    changes=[
        {"merge_sha": D, "opened_at": at("2026-03-03 12:00"), "merged_at": at("2026-03-04 09:00")}
    ],
    deployments=[
        {"finished_at": at("2026-03-02 10:00"), "sha": A},
        {"finished_at": at("2026-03-10 10:00"), "sha": D},
        {"finished_at": at("2026-03-11 10:00"), "sha": B},
        {"finished_at": at("2026-03-12 10:00"), "sha": D.upper()},
    ],
)


def test_with_commits_the_graph_tells_and_a_request_takes_its_commits_along(con):
    assert carried(
        con, graph, "change_id, deployment_id, how, is_before_history, lead_seconds"
    ) == [
        (A, "graph-1", "graph", True, None),
        # Of the direct line and of the merged branch, in the first deployment of the merge.
        (B, "graph-2", "graph", False, (7 * 24 + 1) * 3600),
        ("graph-1", "graph-2", "graph", False, (7 * 24 + 1) * 3600),
    ]


def test_a_request_and_its_commits_are_never_both_changes(con):
    assert rows(con, "select change_id from facts.changes where service = 'graph' order by 1") == [
        (A,), (B,), ("graph-1",),
    ]  # fmt: skip


pending = STORIES.service(
    "pending",
    commits=[commit(A, "2026-03-02 09:00")],
    changes=[{"merge_sha": B, "merged_at": at("2026-03-03 09:00"), "repository": "pending"}],
    deployments=[{"finished_at": at("2026-03-03 10:00"), "sha": sha} for sha in (A, B)],
)


def test_a_merge_commit_that_is_not_known_waits_nowhere_and_is_listed(con):
    assert carried(con, pending, "change_id") == [(A,)]
    assert rows(con, "from marts.waiting_changes where service = 'pending'") == []
    assert rows(
        con, "select kind from marts.data_quality where service = 'pending' order by 1"
    ) == [
        ("pending change",),
        ("unknown commit",),
    ]


regional = STORIES.service(
    "regional",
    changes=[
        {"merge_sha": C, "opened_at": at("2026-03-10 08:00"), "merged_at": at("2026-03-10 09:00")}
    ],
    deployments=[
        {"finished_at": at("2026-03-10 12:00"), "sha": C, "environment": "prod-us"},
        {"finished_at": at("2026-03-10 10:00"), "sha": C, "environment": "prod-eu"},
    ],
)


def test_lead_time_ends_with_the_first_region(con):
    assert lead(con, regional) == (2, 1)
    assert rows(con, "select last_region_at from facts.rollouts where service = 'regional'") == [
        (at("2026-03-10 12:00"),)
    ]

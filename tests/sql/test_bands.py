"""Levels of DORA's reports and scores of its quick check: what a service gets, who gets none."""

import json
from datetime import timedelta

import pytest

import sql
from pipelines import banding, windows
from pipelines.errors import DrumbeatError
from sql import bands
from tests.sql.making import organisation
from tests.support import Stories, at, rows

MONDAY = at("2026-01-05 10:00")
AS_OF = at("2026-03-30 12:00")
TWICE_A_WEEK = [
    MONDAY + timedelta(days=days) for week in range(12) for days in (7 * week, 7 * week + 3)
]


def deployed(times, *, lead_hours=30, **fields):
    deployments = [{"finished_at": one, "version": str(one), **fields} for one in times]
    changes = [
        {
            "first_commit_at": one - timedelta(hours=lead_hours),
            "opened_at": one - timedelta(hours=2),
            "merged_at": one - timedelta(hours=1),
        }
        for one in times
    ]
    return {"deployments": deployments, "changes": changes}


def failing(name, times, *, open_hours=4):
    return [
        {
            "deployment_id": f"{name}-{place}",
            "started_at": times[place - 1] + timedelta(minutes=5),
            "resolved_at": times[place - 1] + timedelta(hours=open_hours),
        }
        for place in range(3, 20, 4)
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    stories = Stories(AS_OF, {"industry": "retail"})
    stories.service(
        "steady",
        settings={"team": "payments"},
        incidents=failing("steady", [MONDAY - timedelta(days=7), *TWICE_A_WEEK]),
        **deployed([MONDAY - timedelta(days=7), *TWICE_A_WEEK]),
    )
    stories.service("daily", **deployed([MONDAY + timedelta(days=day) for day in range(84)]))
    stories.service(
        "young", **deployed([one for one in TWICE_A_WEEK if one > at("2026-02-01 00:00")])
    )
    few = [MONDAY + timedelta(days=9 * count) for count in range(9)]
    stories.service("few", **deployed(few))
    stories.service("never", changes=[{"opened_at": MONDAY, "merged_at": MONDAY}])
    with stories.build(tmp_path_factory.mktemp("bands")) as con:
        yield con


def level(con, name, metric, year):
    query = (
        "select level, said, reason from marts.bands "
        "where name = $1 and metric = $2 and report_year = $3"
    )
    return rows(con, query, name, metric, year)[0]


@pytest.mark.parametrize(
    ("metric", "year", "wanted"),
    [
        ("deployment_frequency", 2019, "high"),
        ("deployment_frequency", 2024, "high"),
        ("change_lead_time", 2019, "high"),
        ("change_lead_time", 2024, "high"),
        ("recovery_time", 2019, "high or medium"),
        ("recovery_time", 2021, "high"),
        ("change_fail_rate", 2019, None),
        ("change_fail_rate", 2021, "high or medium or low"),
        ("change_fail_rate", 2023, "medium"),
        ("change_fail_rate", 2024, "high"),
    ],
)
def test_each_metric_has_the_levels_of_each_report(built, metric, year, wanted):
    assert level(built, "steady", metric, year)[0] == wanted


def test_a_value_between_two_clusters_has_no_level_and_says_so(built):
    assert level(built, "steady", "deployment_frequency", 2021) == (
        None, "", "between the levels of that year",
    )  # fmt: skip


def test_once_a_day_is_on_demand_and_half_an_hour_more_than_a_day_is_not_under_one(built):
    assert level(built, "daily", "deployment_frequency", 2024)[:2] == ("elite", "on demand")
    assert level(built, "daily", "change_lead_time", 2019)[:2] == ("high", "day to week")


def test_rework_has_no_level_in_any_report_and_2025_has_none_at_all(built):
    assert rows(built, "select count(*) from marts.bands where metric = 'rework_rate'") == [(0,)]
    assert rows(built, "select max(report_year) from marts.bands") == [(2024,)]


def test_what_is_second_hand_is_marked(built):
    query = "select distinct report_year, metric from marts.bands where is_second_hand order by all"
    assert rows(built, query) == [
        (2023, "change_fail_rate"), (2023, "change_lead_time"), (2023, "deployment_frequency"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "name", "why"),
    [
        ("team", "payments", "a level is for one service at a time"),
        ("organisation", "organisation", "a level is for one service at a time"),
        ("service", "young", "known since 2026-02-02, inside the twelve weeks"),
        ("service", "never", "no deployment is known"),
    ],
)
def test_no_level_and_no_score_for_what_has_no_business_with_one(built, scope, name, why):
    for table, column in (("bands", "level"), ("quick_check", "score")):
        query = (
            f"select distinct {column}, reason from marts.{table} where scope = $1 and name = $2"
        )
        assert rows(built, query, scope, name) == [(None, why)], table


def test_too_few_have_no_level(built):
    assert level(built, "few", "deployment_frequency", 2024) == (
        None, "", "too few to tell: 9 deployments, 10 are needed",
    )  # fmt: skip
    assert level(built, "few", "change_lead_time", 2024)[2] == (
        "too few to tell: 9 deployments with changes, 10 are needed"
    )
    assert level(built, "daily", "recovery_time", 2024)[2] == (
        "too few to tell: 0 failed deployments, 5 are needed"
    )


def test_on_plain_git_there_is_no_level(built):
    built.execute(
        "create or replace temp table on_git as select * replace (true as is_git_only) "
        "from config.run"
    )
    query = sql.over(sql.model("marts.band_values"), config__run="on_git")

    assert rows(built, f"select distinct reason from ({query}) where name = 'steady'") == [
        ("plain git knows neither deployments nor incidents",)
    ]


def test_a_source_that_has_fallen_silent_leaves_no_level(tmp_path):
    told = Stories(at("2026-04-02 12:00"))
    told.service("shop", **deployed(TWICE_A_WEEK))
    with told.build(tmp_path / "on time") as con:
        assert level(con, "shop", "deployment_frequency", 2024)[0] == "high"

    told.as_of = at("2026-04-12 12:00")
    with told.build(tmp_path / "late") as con:
        found = level(con, "shop", "deployment_frequency", 2024)
        assert found[0] is None
        assert found[2] == "files has told of no changes since 2026-03-26"


def test_the_quick_check_scores_each_metric_beside_everybody_and_the_industry(built):
    query = (
        "select metric, round(score, 1), mean_score, sd_score, industry, industry_score "
        "from marts.quick_check where name = 'steady' order by metric"
    )
    assert rows(built, query) == [
        ("change_fail_rate", 7.9, 8.1, 2.1, "retail", 8.3),
        ("change_lead_time", 6.0, 5.5, 2.4, "retail", 5.9),
        ("deployment_frequency", 6.0, 4.8, 2.8, "retail", 5.3),
        ("recovery_time", 8.0, 7.4, 2.1, "retail", 7.8),
        ("rework_rate", 10.0, 7.8, 2.2, "retail", 8.0),
    ]


def test_without_an_industry_everybody_stands_alone(tmp_path):
    told = deployed(TWICE_A_WEEK, service="shop")
    named = [{"deployment_id": str(one), **row} for one, row in enumerate(told["deployments"])]
    with organisation(tmp_path, as_of=AS_OF, deployments=named) as con:
        query = "select distinct industry, industry_score from marts.quick_check"
        assert rows(con, query) == [(None, None)]


def test_there_is_no_score_over_all_metrics(built):
    for table in ("bands", "quick_check"):
        found = rows(built, f"select distinct metric from marts.{table}")
        assert {metric for (metric,) in found} <= {
            "deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time",
            "rework_rate",
        }  # fmt: skip
    wide = "select column_name from duckdb_columns() where column_name similar to $1"
    assert rows(built, wide, ".*(overall|composite|total_score|rank|grade).*") == []


def test_a_lead_time_that_gets_a_level_is_the_one_of_the_same_window(built):
    asked = windows.metrics(built, windows.window(built), service="steady")
    (wanted,) = asked.filter(metric="change_lead_time")["value"].to_list()

    query = "select value from marts.band_values where name = 'steady' and metric = $1"
    assert rows(built, query, "change_lead_time") == [(wanted,)]


def test_levels_are_told_with_all_that_belongs_beside_them(built):
    found = banding.banded(built, "service", "steady")
    said, answer = found.as_text(), found.as_json()

    assert all(line in said for line in bands.BESIDE)
    assert "not a ladder" in said
    assert "no goals" in said
    assert "unlike services" in said
    assert answer["warnings"] == list(bands.BESIDE)
    assert (answer["since"], answer["until"]) == ("2026-01-05", "2026-03-30")
    assert len(answer["bands"]) == 16
    assert len(answer["quick_check"]) == 5
    json.dumps(answer, allow_nan=False)


def test_a_name_that_is_no_service_is_refused_with_those_that_are(built):
    with pytest.raises(DrumbeatError, match="no service is called 'shopp'; there are: daily, few"):
        banding.banded(built, "service", "shopp")


def test_frequency_ends_where_the_next_level_begins(built):
    query = (
        "select low, lag(high) over (partition by report_year order by place desc) as below "
        f"from ({sql.model('seeds.bands').text}) "
        "where metric = 'deployment_frequency' and report_year in (2019, 2024)"
    )
    found = rows(built, query)
    assert len(found) == 8
    assert all(below in (None, low) for low, below in found)

"""What the data lacks or contradicts: found, with what it does to which metric and the remedy."""

from datetime import timedelta
from functools import partial

import pytest
import sqlglot
from sqlglot import exp

import sql
from sql.names import WINDOWS
from tests.cases import building
from tests.support import Stories, at, rows

AS_OF = at("2026-03-20 12:00")
WANTED = ("marts.data_quality", "marts.explained_deployments", "marts.source_rhythms")
FINDINGS = [one for one in sql.models() if one.name.endswith("_findings")]


def kinds(model):
    """Return every kind that a model may give, as literals of its column ``kind``."""
    tree = sqlglot.parse_one(model.text, read="duckdb")
    named = [one for one in tree.find_all(exp.Alias) if one.alias == "kind"]
    whole = {
        text.this
        for one in named
        for text in ([one.this] if isinstance(one.this, exp.Literal) else results(one.this))
    }
    assert whole, model.table
    return whole


def results(case):
    """Return the literals that a case expression gives."""
    return [branch.args["true"] for branch in case.args["ifs"]] + [case.args["default"]]


def deployment(name, day, **fields):
    return {"deployment_id": name, "finished_at": at(f"2026-03-{day}"), **fields}


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    stories = Stories(AS_OF)
    stories.service(
        "shop",
        commits=[{"sha": "a" * 40, "authored_at": at("2026-03-01 09:00")}],
        deployments=[
            deployment("first", "02 10:00", sha="a" * 40),
            deployment("nameless", "03 10:00"),
            deployment("tagged", "04 10:00", version="1.2"),
            deployment("foreign", "05 10:00", sha="f" * 40),
            deployment("again", "06 10:00", sha="a" * 40),
        ],
        incidents=[
            {"incident_id": "late", "started_at": at("2026-03-08 22:00")},
            {
                "incident_id": "early",
                "started_at": at("2026-03-06 11:00"),
                "resolved_at": at("2026-03-06 10:30"),
            },
        ],
    )
    stories.tables["incidents"].append(
        {"incident_id": "nobody's", "started_at": at("2026-03-06 11:00"), "title": "down"}
    )
    with stories.build(tmp_path_factory.mktemp("quality")) as found:
        yield found


def test_every_kind_of_finding_says_what_it_does_and_how_to_mend_it(con):
    told = con.sql(sql.model("seeds.finding_kinds").text).pl()

    assert set(told["kind"]) == {kind for model in FINDINGS for kind in kinds(model)}
    assert all(told["effect"].str.ends_with("."))
    assert all(told["remedy"].str.ends_with("."))
    touched = {name for line in told["metrics"] for name in line.split(", ") if name}
    assert touched == set(WINDOWS)


def test_every_finding_says_which_metrics_it_touches(con):
    query = (
        "select distinct kind, metrics from marts.data_quality where kind in "
        "('unknown commit', 'incident without a service', 'incident resolved before it began') "
        "order by all"
    )
    assert rows(con, query) == [
        ("incident resolved before it began", "recovery_time"),
        ("incident without a service", "change_fail_rate, recovery_time, rework_rate"),
        ("unknown commit", "change_lead_time"),
    ]


def test_deployments_without_a_sha_are_found_with_a_version_or_without(con):
    query = (
        "select subject, detail from marts.data_quality "
        "where kind = 'deployment without a commit' order by all"
    )
    assert rows(con, query) == [
        ("nameless", "neither sha nor version is known"),
        ("tagged", "only the version 1.2 is known"),
    ]


def test_a_sha_that_is_not_in_the_clone_is_found(con):
    query = "select subject, detail from marts.data_quality where kind = 'unknown commit'"
    assert rows(con, query) == [("foreign", f"commit {'f' * 40} is not in shop")]


def test_an_incident_whose_strongest_link_is_too_weak_is_found(con):
    query = (
        "select subject, detail, remedy from marts.data_quality "
        "where kind = 'link below the confidence'"
    )
    assert rows(con, query) == [
        (
            "late",
            "the strongest, by service and time to again, has 0.09; 0.25 is needed",
            "Name the deployment, sha or version in the incident, or link it in overrides.yaml.",
        )
    ]


def test_a_deployment_explains_itself_by_what_it_brought_or_a_reason(con):
    # The first brought the history, the last deployed it again; of the others nothing is known.
    query = "select * exclude (service) from marts.explained_deployments"
    (found,) = con.sql(query).pl().to_dicts()

    assert found["starts_on"].isoformat() == "2026-03-02"
    assert (found["deployment_count"], found["identified_count"]) == (5, 4)
    assert (found["found_count"], found["explained_count"]) == (3, 2)
    assert found["explained_rate"] == 0.4


def test_a_service_whose_deployments_explain_little_is_found(con):
    query = (
        "select service, detail from marts.data_quality "
        "where kind = 'deployments that explain nothing'"
    )
    assert rows(con, query) == [("shop", "3 of 5 in the last twelve weeks")]


@pytest.fixture(scope="module")
def warehouse():
    with building.warehouse() as found:
        yield found


@pytest.fixture
def organisation(warehouse, tmp_path):
    """Make the findings of an organisation of a test's own."""
    return partial(building.tell, warehouse, tmp_path, WANTED)


def test_a_rollback_is_a_reason_to_carry_nothing(organisation):
    told = [
        {"deployment_id": str(day), "service": "shop", "version": version,
         "finished_at": at(f"2026-03-0{day} 10:00")}
        for day, version in ((2, "1"), (3, "2"), (4, "1"), (5, "3"))
    ]  # fmt: skip
    con = organisation(as_of=AS_OF, deployments=told)
    query = "select deployment_count, explained_count from marts.explained_deployments"
    assert rows(con, query) == [(4, 2)]


WEEKDAYS = [at("2026-02-02 10:00") + timedelta(days=day) for day in range(26) if day % 7 < 5]


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        ("2026-03-06 12:00", []),
        (
            "2026-03-07 12:00",
            [("files: deployments", "none since 2026-02-27, 8 days; silent after 7")],
        ),
    ],
)
def test_a_source_is_silent_after_longer_than_ever_and_a_week(organisation, as_of, found):
    told = [
        {"deployment_id": str(one), "service": "shop", "version": str(one), "finished_at": one}
        for one in WEEKDAYS
    ]
    con = organisation(as_of=at(as_of), deployments=told)
    query = "select subject, detail from marts.data_quality where kind = 'source is silent'"
    assert rows(con, query) == found


def test_few_incidents_are_no_silence_and_few_deployments_are_after_ninety_days(organisation):
    told = {"service": "shop", "version": "1", "deployment_id": "1", "finished_at": WEEKDAYS[0]}
    down = {"service": "shop", "incident_id": "1", "started_at": WEEKDAYS[0]}
    for days, silent in ((90, []), (91, [("deployments",)])):
        as_of = WEEKDAYS[0] + timedelta(days=days)
        con = organisation(as_of=as_of, deployments=[told], incidents=[down])
        assert rows(con, "select thing from marts.source_rhythms where is_silent") == silent


def test_incidents_are_silent_after_twice_their_longest_silence_and_four_weeks(organisation):
    down = [
        {"service": "shop", "incident_id": str(week), "started_at": at("2026-01-05 10:00")
         + timedelta(days=21 * week)}
        for week in range(5)
    ]  # fmt: skip
    last = at("2026-01-05 10:00") + timedelta(days=84)
    for days, is_silent in ((42, False), (43, True)):
        as_of = last + timedelta(days=days)
        con = organisation(as_of=as_of, incidents=down)
        query = "select limit_days, is_silent from marts.source_rhythms"
        assert rows(con, query) == [(42, is_silent)]


def test_a_source_that_never_told_anything_is_found(organisation):
    con = organisation(as_of=AS_OF)
    query = "select kind, subject, detail from marts.data_quality"
    assert rows(con, query) == [("source without a record", "files", "of kind files")]


def test_a_version_in_another_region_is_a_reason_to_carry_nothing(organisation):
    told = [
        {"deployment_id": f"{day}-{region}", "service": "shop", "version": str(day),
         "environment": f"prod-{region}", "finished_at": at(f"2026-03-0{day} 10:0{place}")}
        for day in (2, 3)
        for place, region in enumerate(("eu", "us"))
    ]  # fmt: skip
    change = {"change_id": "1", "service": "shop", "merged_at": at("2026-03-03 09:00"),
              "opened_at": at("2026-03-03 08:00")}  # fmt: skip
    con = organisation(as_of=AS_OF, deployments=told, changes=[change])
    query = "select deployment_count, explained_count from marts.explained_deployments"
    assert rows(con, query) == [(4, 4)]

"""From a row to what it counts in, to every landed version of it, and to its page at the source."""

import json
from datetime import timedelta

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from pipelines import explaining, payloads, publishing, tracing, windows
from pipelines.command_line import drumbeat
from pipelines.errors import DrumbeatError
from pipelines.landing import Landing, LandingFile
from pipelines.locking import locked
from tests.support import at, project, refresh, write

AS_OF = at("2026-03-20 12:00")
PAGE = "https://host.example.org/checkout/deployments"
NAME, LOGIN = "Quilla Zedmore", "qzedmore"
SHA = "abcdef0123" * 4


def deployment(number, day, **more):
    return {
        "deployment_id": f"checkout-{number}", "service": "checkout", "version": f"1.{number}",
        "started_at": at(f"2026-03-{day:02d} 10:00"), "author": NAME, "url": f"{PAGE}/{number}",
        "finished_at": at(f"2026-03-{day:02d} 10:20"), **more,
    }  # fmt: skip


DEPLOYMENTS = [
    deployment(1, 2),
    deployment(2, 9),
    deployment(21, 10, status="failure"),
    deployment(22, 11, environment="staging"),
    deployment(3, 12, version="1.1"),
    {"deployment_id": "till-1", "service": "till", "finished_at": at("2026-03-03 10:00")},
]
CHANGES = [
    {"change_id": f"acme/shop#{number}", "service": "checkout", "author": LOGIN,
     "reviewer": "Dev Two", "title": f"Change by {LOGIN}", "branch": f"{LOGIN}/x",
     "deployment_id": carried, "first_commit_at": at("2026-03-09 06:00"),
     "merged_at": at("2026-03-09 09:00")}
    for number, carried in ((7, "checkout-2"), (8, None))
]  # fmt: skip
INCIDENTS = [
    {"incident_id": "inc-1", "service": "checkout", "started_at": at("2026-03-09 10:50"),
     "resolved_at": at("2026-03-09 12:00"), "deployment_id": "checkout-2", "assignee": NAME,
     "title": "Payments fail"},
    {"incident_id": "inc-2", "service": "checkout", "started_at": at("2026-03-19 10:50")},
]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tracing")
    made = project(folder, services=[{"name": "checkout", "team": "shops"}, {"name": "till"}])
    first = [{**one, "status": "in_progress", "finished_at": None} if one is DEPLOYMENTS[1] else one
             for one in DEPLOYMENTS]  # fmt: skip
    for deployments in (first, DEPLOYMENTS):
        write(folder / "files", deployments=deployments, changes=CHANGES, incidents=INCIDENTS)
        refresh(made, AS_OF)
    return made


@pytest.fixture
def trace(found):
    def traced(kind, asked):
        with windows.published(publishing.current(found.serving)) as con:
            return tracing.trace(con, found.data_dir, kind, asked)

    return traced


@pytest.fixture
def command(found):
    def run(*words):
        made = CliRunner().invoke(drumbeat, ["explain", *words, "--data-dir", str(found.data_dir)])
        return made.exit_code, made.output

    return run


def counts(traced):
    return {row["metric"]: (row["counts"], row["because"]) for row in traced.counts}


def test_a_deployment_tells_what_it_counts_in_and_why(trace):
    told = counts(trace("deployment", "checkout-2"))

    assert [metric for metric, (counts, _) in told.items() if counts] == [
        "deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time",
        "rework_rate",
    ]  # fmt: skip
    assert "2 changes" in told["change_lead_time"][1]
    assert "failed: explicit inc-1, confidence 1.00" in told["change_fail_rate"][1]
    assert told["recovery_time"][1].startswith(
        "recovered 2026-03-09 12:00 UTC by incident_resolved"
    )
    assert "mends no failed deployment" in told["rework_rate"][1]


def test_a_deployment_that_went_back_tells_what_it_mends(trace):
    traced = trace("deployment", "checkout-3")

    assert "rework: rollback of checkout-2" in counts(traced)["rework_rate"][1]
    (mends,) = traced.links["Deployments that it mends"]
    assert (mends["mended_id"], mends["how"], mends["confidence"]) == (
        "checkout-2",
        "rollback",
        0.9,
    )


@pytest.mark.parametrize(
    ("id", "because"),
    [("checkout-21", "its status is failure"), ("checkout-22", "staging is no production")],
)
def test_what_does_not_count_says_why(trace, id, because):
    told = counts(trace("deployment", id))

    assert not any(counts for counts, _ in told.values())
    assert because in told["deployment_frequency"][1]


def test_a_change_tells_how_it_went_live(trace):
    traced = trace("change", "acme/shop#7")

    assert counts(traced) == {
        "change_lead_time of checkout": (True, "live since 2026-03-09 with checkout-2, 4.33 hours")
    }
    (carried,) = traced.links["First production deployment that carries it"]
    assert (carried["deployment_id"], carried["how"]) == ("checkout-2", "explicit")


def test_an_incident_tells_which_deployment_failed_by_it(trace):
    told = counts(trace("incident", "inc-1"))

    assert told["change_fail_rate"][0]
    assert "checkout-2 failed: explicit, confidence 1.00" in told["change_fail_rate"][1]
    assert told["recovery_time"] == (True, "its end ended the failure of checkout-2")
    other = counts(trace("incident", "inc-2"))
    assert not other["change_fail_rate"][0]
    assert not other["recovery_time"][0]


def test_every_landed_version_is_shown_in_order(trace):
    traced = trace("deployment", "checkout-2")

    assert [one["payload"]["status"] for one in traced.landed[:1]] == ["in_progress"]
    assert "finished_at" not in traced.landed[0]["payload"]
    assert traced.landed[1]["payload"]["finished_at"] == "2026-03-09T10:20:00Z"
    assert traced.landed[0]["fetched_at"] < traced.landed[1]["fetched_at"]
    assert len(traced.landed) == 2
    assert traced.url == f"{PAGE}/2"


def test_persons_are_masked_in_text_and_json(trace):
    for kind, id in (
        ("deployment", "checkout-2"),
        ("change", "acme/shop#7"),
        ("incident", "inc-1"),
    ):
        traced = trace(kind, id)
        for told in (traced.as_text(), json.dumps(traced.landed, default=str)):
            assert [name for name in (NAME, LOGIN, "Dev Two") if name in told] == []
        json.loads(traced.as_json())
    change = trace("change", "acme/shop#7").landed[0]["payload"]
    assert change["title"] == "Change by ***"
    assert (change["author"], change["reviewer"], change["branch"]) == ("***", "***", "***/x")


@pytest.mark.parametrize("asked", ["checkout-2", f"{PAGE}/2", "acme/shop#7", "#7", "7"])
def test_a_thing_is_found_by_id_own_id_or_address(trace, asked):
    kind = "change" if "7" in asked else "deployment"

    assert trace(kind, asked).id == {"change": "acme/shop#7", "deployment": "checkout-2"}[kind]


def test_a_unique_beginning_is_enough_and_several_are_listed(trace):
    assert trace("deployment", "till").id == "till-1"
    with pytest.raises(DrumbeatError) as raised:
        trace("deployment", "checkout-")

    said = str(raised.value)
    assert said.startswith("5 deployments may be meant by 'checkout-'")
    assert all(f"checkout-{number}" in said for number in (1, 2, 21, 22, 3))
    with pytest.raises(DrumbeatError, match="no incident has or begins with 'nope'"):
        trace("incident", "nope")


def test_it_works_while_a_refresh_runs(command, found):
    with (
        locked(found.data_dir, wait=False, say=print),
        duckdb.connect(str(found.warehouse)) as con,
    ):
        con.execute("create or replace temp table busy as select 1")
        status, told = command("deployment", "checkout-2")

    assert status == 0
    assert f"At the source: {PAGE}/2" in told
    assert '"version": "1.2"' in told


def test_the_command_prints_json_of_one_shape(command):
    status, told = command("incident", "inc-1", "--json")

    answer = json.loads(told, parse_constant=pytest.fail)
    assert status == 0
    assert list(answer) == ["kind", "id", "url", "facts", "counts", "links", "landed"]
    assert set(answer["landed"][0]) == {
        "source", "scope", "entity", "record_id", "updated_at", "fetched_at", "is_deleted",
        "payload",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deployment",), "say which one"),
        (("deployment", "checkout-2", "--week", "2026-W10"), "--week is for metrics"),
        (("rework_rate", "checkout-2"), "only deployment, change and incident"),
        (("rework_rate", "--week", "2026-W10", "--by", "day"), "--week excludes"),
        (("rework_rate", "--until", "2026-03-10", "--by", "day"), "--until excludes --by"),
        (("rework_rate", "--service", "x", "--team", "y"), "exclude each other"),
    ],
)
def test_options_that_exclude_each_other_are_told(command, words, said):
    status, told = command(*words)

    assert (status, said in told) == (2, True)


# -- days of a number ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "head", "count"),
    [
        (("--week", "2026-W11"), "week of 2026-03-09", 2),
        (("--since", "2026-03-02", "--until", "2026-03-13"), "2026-03-02 up to 2026-03-13", 4),
        (("--by", "month", "--since", "2026-03-17"), "month of 2026-03-01", 4),
        (("--by", "day", "--since", "2026-03-09"), "2026-03-09", 1),
        (("--by", "week", "--since", "2026-03-15"), "week of 2026-03-09", 2),
        (("--since", "2026-03-09"), "2026-03-09 up to 2026-03-16", 2),
        (("--by", "month"), "month of 2026-02-01", 0),
        ((), "week of 2026-03-09", 2),
    ],
)
def test_a_number_of_any_days_has_its_rows(command, words, head, count):
    status, told = command("deployment_frequency", *words, "--json")
    text = command("deployment_frequency", *words)[1]

    answer = json.loads(told)
    assert status == 0
    assert (answer["number"]["n"], len(answer["rows"])) == (count, count)
    assert text.startswith(f"deployment frequency of organisation, {head}: ")


def test_failed_pipelines_are_among_the_rows_where_they_count(tmp_path):
    made = project(tmp_path, definitions={"failed_pipelines": "in"})
    write(tmp_path / "files", deployments=DEPLOYMENTS, incidents=INCIDENTS)
    refresh(made, AS_OF)

    with windows.published(publishing.current(made.serving)) as con:
        found = explaining.explain(con, "change_fail_rate", week="2026-W11")
        traced = tracing.trace(con, made.data_dir, "deployment", "checkout-21")

    assert found.number["n"] == len(found.rows) == 3
    assert found.rows["is_failed"].to_list() == [True, True, False]
    assert found.rows["why"].to_list()[1] == "pipeline"
    assert counts(traced)["change_fail_rate"][0]


# -- how landing knows things --------------------------------------------------------------------


def landed(folder, entity, records, source="github"):
    moment = pl.Datetime("us", "UTC")
    rows = [
        {"source": source, "entity": entity, "scope": "acme/shop", "record_id": name,
         "fetched_at": AS_OF + timedelta(minutes=minute), "updated_at": AS_OF, "is_deleted": False,
         "payload": json.dumps(payload)}
        for minute, (name, payload) in enumerate(records)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides={"fetched_at": moment, "updated_at": moment})
    landing = Landing(str(folder / "landing"))
    landing.write(LandingFile(source, entity, "20260301T0-00001.parquet"), frame, {})


def test_ids_of_facts_are_known_in_landing_in_all_their_forms(tmp_path):
    landed(tmp_path, "deployments", [("42", {"sha": "a"}), ("43", {"sha": "b"})])
    landed(tmp_path, "releases", [("42", {"tag": "v1"})])
    landed(tmp_path, "changes", [("7", {"number": 7})])
    landed(tmp_path, "events", [("delivery", {"subject_id": "github.com/acme/shop/42"})])
    hosts = {"github": "github.com"}

    def known(id, *entities):
        found, _ = payloads.landed(tmp_path, [id], entities, hosts)
        return [(one["entity"], one["record_id"]) for one in found]

    every = tracing.ENTITIES["deployment"]
    assert known("github.com/acme/shop/42", *every) == [
        ("deployments", "42"),
        ("events", "delivery"),
    ]
    assert known("github.com/acme/shop/releases/42", *every) == [("releases", "42")]
    assert known("acme/shop#7", "changes") == [("changes", "7")]
    assert known("acme/shop!7", "changes") == [("changes", "7")]
    assert known("gitlab.com/acme/shop/42", *every) == []


def test_what_facts_put_around_an_id_is_taken_off():
    facts = [{"service": "shop", "repository": "acme/shop"}]

    assert tracing.ids(facts, "one:d1@shop", {"one"}) == ["d1", "d1@shop", "one:d1", "one:d1@shop"]
    assert "v1.2" in tracing.ids(facts, "shop@v1.2", set())
    assert f"acme/shop@{SHA}" in tracing.ids(facts, SHA, set())


def test_commits_of_git_are_shown_by_their_columns(tmp_path):
    frame = pl.DataFrame([{
        "source": "code", "entity": "commits", "scope": "shop", "record_id": SHA,
        "fetched_at": AS_OF, "updated_at": AS_OF, "is_deleted": False, "author": NAME,
        "subject": f"Merge {LOGIN} of {NAME}", "authored_at": AS_OF, "paths": ["a"],
    }])  # fmt: skip
    Landing(str(tmp_path / "landing")).write(
        LandingFile("code", "commits", "20260301T0-00001.parquet"), frame, {}
    )

    ((one,), _) = payloads.landed(tmp_path, [SHA], ("commits",), {"code": None})

    assert one["payload"]["subject"] == f"Merge {LOGIN} of ***"
    assert (one["payload"]["author"], one["payload"]["paths"]) == ("***", ["a"])


def test_reviews_and_unknown_fields_show_nobody(tmp_path):
    told = {
        "reviews": "approved@2026-03-02T09:00:00Z@qzedmore commented@2026-03-02T08:00:00Z@Dev-Two",
        "raw": '{"sender": {"login": "qzedmore"}}', "pager": "Dev Two", "number": 7,
        "title": "For qzedmore and Dev-Two",
    }  # fmt: skip
    landed(tmp_path, "changes", [("7", told), ("7", told), ("7", {**told, "number": 8})])

    (one, other), _ = payloads.landed(tmp_path, ["7"], ("changes",), {"github": "github.com"})

    assert one["payload"] == {
        "reviews": "approved@2026-03-02T09:00:00Z@*** commented@2026-03-02T08:00:00Z@***",
        "raw": "***", "pager": "***", "number": 7, "title": "For *** and ***",
    }  # fmt: skip
    assert other["payload"]["number"] == 8

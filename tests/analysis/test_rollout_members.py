"""Which deployments are one rollout, from the analysis itself."""

import random
from datetime import timedelta

import duckdb
import pytest

from pipelines.analysis import rollout_members
from tests.support import at

START = at("2026-03-02 10:00")


@pytest.fixture
def members():
    """Return a function from (id, version, environment, started, finished) to rollouts by id."""

    def of(*deployments, regions="once"):
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute("create schema config")
            con.execute("create schema facts")
            con.execute(
                "create table facts.rules as select 'shop' as service, $1 as regions", [regions]
            )
            con.execute(
                "create table facts.deployment_records (deployment_id text, service text, "
                "version_key text, environment text, started_at timestamptz, "
                "finished_at timestamptz, is_production boolean, status text)"
            )
            for deployment in deployments:
                con.execute(
                    "insert into facts.deployment_records "
                    "values ($1, 'shop', $2, $3, $4, $5, true, 'success')",
                    list(deployment),
                )
            found = rollout_members.analyse(con)
        assert tuple(found.columns) == tuple(rollout_members.COLUMNS)
        return dict(found.rows())

    return of


def deployed(name, hours, version="1", place="eu", lasted=0.5):
    began = START + timedelta(hours=hours)
    return name, version, place, began, began + timedelta(hours=lasted)


def test_without_deployments_there_are_no_rollouts(members):
    assert members() == {}


def test_exactly_a_day_between_starts_is_one_rollout_and_a_second_more_is_two(members):
    late = deployed("c", 24 + 1 / 3600, place="ap")
    assert members(deployed("a", 0), deployed("b", 24, place="us"), late) == {
        "a": "a", "b": "a", "c": "c",
    }  # fmt: skip


def test_the_day_runs_from_the_first_region_not_from_the_one_before(members):
    found = members(deployed("a", 0), deployed("b", 20, place="us"), deployed("c", 40, place="ap"))
    assert found == {"a": "a", "b": "a", "c": "c"}


def test_a_rollout_is_called_after_the_first_to_end(members):
    found = members(deployed("a", 0, lasted=9), deployed("b", 1, place="us", lasted=1))
    assert found == {"a": "b", "b": "b"}


def test_the_same_place_again_begins_another_rollout_that_others_join(members):
    found = members(
        deployed("a", 0),
        deployed("b", 1, place="us"),
        deployed("c", 2),
        deployed("d", 3, place="us"),
    )
    assert found == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_another_version_in_between_parts_nothing(members):
    found = members(deployed("a", 0), deployed("x", 1, version="2"), deployed("b", 2, place="us"))
    assert found == {"a": "a", "x": "x", "b": "a"}


def test_unknown_versions_are_never_the_same(members):
    found = members(deployed("a", 0, version=None), deployed("b", 0, version=None, place="us"))
    assert found == {"a": "a", "b": "b"}


def test_each_region_can_count(members):
    found = members(deployed("a", 0), deployed("b", 1, place="us"), regions="each")
    assert found == {"a": "a", "b": "b"}


def test_an_unknown_start_is_taken_to_be_the_end(members):
    name, version, place, _, finished = deployed("b", 24, place="us", lasted=0.5)
    assert members(deployed("a", 0), (name, version, place, None, finished)) == {"a": "a", "b": "b"}


def test_the_order_of_rows_plays_no_part(members):
    dice = random.Random(3)
    rows = [
        deployed(str(n), dice.randint(0, 60), str(n % 3), dice.choice(("eu", "us", "ap")))
        for n in range(40)
    ]
    assert members(*rows) == members(*dice.sample(rows, len(rows)))

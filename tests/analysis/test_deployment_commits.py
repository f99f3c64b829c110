"""Which deployment first carried each commit, from the analysis itself."""

import random

import duckdb
import polars as pl
import pytest

from pipelines.analysis import deployment_commits
from pipelines.analysis.differences import Differences
from pipelines.analysis.first_deployments import Graph
from pipelines.analysis.graphs import Repository
from tests.analysis.test_differences import ancestors
from tests.support import at


@pytest.fixture
def carried():
    """Return a function from deployments to (deployment, before history, more) by place and sha."""

    def of(history, *deployments, more=()):
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute("create schema facts")
            con.execute(
                "create table facts.commits (repository text, sha text, parents text, "
                "committed_at timestamptz)"
            )
            con.execute(
                "create table facts.deployment_records (deployment_id text, environment text, "
                "commit_sha text, finished_at timestamptz, status text, service text, "
                "repository text)"
            )
            for sha, parents in history.items():
                con.execute(
                    "insert into facts.commits values ('shop', $1, $2, null)", [sha, parents]
                )
            for deployment in deployments:
                con.execute(
                    "insert into facts.deployment_records "
                    "values ($1, $2, $3, $4, $5, 'shop', 'shop')",
                    list(deployment),
                )
            found = deployment_commits.analyse(con)
        assert tuple(found.columns) == tuple(deployment_commits.COLUMNS)
        told = ("deployment_id", "is_before_history", *more)
        return {
            (row["environment"], row["sha"]): tuple(row[name] for name in told)
            for row in found.to_dicts()
        }

    return of


LINE = {"a": "", "b": "a", "c": "b", "d": "c"}


def deployed(name, sha, hour, place="production", status="success"):
    return name, place, sha, at(f"2026-03-02 {hour:02}:00"), status


def test_without_deployments_nothing_is_carried(carried):
    assert carried(LINE) == {}


def test_what_the_first_known_deployment_carries_is_before_history(carried):
    assert carried(LINE, deployed("1", "b", 9), deployed("2", "d", 10)) == {
        ("production", "a"): ("1", True),
        ("production", "b"): ("1", True),
        ("production", "c"): ("2", False),
        ("production", "d"): ("2", False),
    }


def test_rollbacks_redeployments_and_failures_carry_nothing_new(carried):
    found = carried(
        LINE,
        deployed("1", "a", 9),
        deployed("2", "d", 10, status="failure"),
        deployed("3", "c", 11),
        deployed("4", "a", 12),
        deployed("5", "c", 13),
    )
    assert found == {
        ("production", "a"): ("1", True),
        ("production", "b"): ("3", False),
        ("production", "c"): ("3", False),
    }


def test_deployments_that_end_in_the_same_second_come_by_their_ids(carried):
    found = carried(LINE, deployed("2", "b", 9), deployed("1", "a", 9), deployed("3", "c", 9))
    assert found["production", "b"] == ("2", False)
    assert found["production", "a"] == ("1", True)


def test_a_commit_that_is_not_known_carries_nothing_and_history_begins_after_it(carried):
    found = carried(LINE, deployed("1", "gone", 9), deployed("2", "a", 10), deployed("3", "b", 11))
    assert found == {("production", "a"): ("2", True), ("production", "b"): ("3", False)}


def test_every_environment_has_a_history_of_its_own(carried):
    found = carried(
        LINE, deployed("1", "b", 9, "staging"), deployed("2", "a", 10), deployed("3", "b", 11)
    )
    assert found["staging", "b"] == ("1", True)
    assert found["production", "b"] == ("3", False)


@pytest.mark.parametrize(
    ("tips", "b", "c"),
    [
        ("ac", (None, None), (None, None)),
        ("aca", (None, "3"), (None, "3")),
        ("acaa", (None, "3"), (None, "3")),
        ("acac", ("4", None), ("4", None)),
        ("acacb", ("4", None), ("4", "5")),
        # What is built on the earlier version does not have it either.
        ("acax", (None, "3"), (None, "3")),
        ("acaxd", ("5", None), ("5", None)),
        ("ac?ac", ("5", None), ("5", None)),
    ],
)
def test_what_was_taken_back_is_gone_until_it_is_brought_again(carried, tips, b, c):
    order = [deployed(f"{n}", sha, 8 + n) for n, sha in enumerate(tips, start=1)]

    found = carried({**LINE, "x": "a"}, *order, more=("again_id", "gone_id"))

    assert found["production", "b"] == ("2", False, *b)
    assert found["production", "c"] == ("2", False, *c)
    assert found["production", "a"] == ("1", True, None, None)


def wanted(carried_by, count):
    """Return first, again and gone of each commit by what every deployment carries, in order."""
    found = {}
    for commit in range(count):
        has = [commit in carried for carried in carried_by]
        if any(has):
            # Where it came and where it went, with nothing live before the first deployment.
            turns = [n for n in range(len(has)) if has[n] is not (n > 0 and has[n - 1])]
            came, went = turns[::2], turns[1::2]
            again = came[-1] if len(came) > 1 else None
            found[commit] = (came[0], again, went[-1] if len(went) == len(came) else None)
    return found


@pytest.mark.parametrize("seed", range(100))
def test_random_graphs_agree_with_what_every_deployment_carries(seed):
    dice = random.Random(seed)
    count = dice.randint(1, 12)
    parents = [dice.sample(range(one), min(one, dice.choice((1, 1, 2)))) for one in range(count)]
    tips = [dice.randint(-1, count - 1) for _ in range(dice.randint(1, 10))]
    graph = Graph.of_parents(parents)
    shop = Repository("shop", pl.DataFrame({"sha": [f"{one}" for one in range(count)]}), graph)
    stream = pl.DataFrame(
        {
            "service": "shop",
            "environment": "production",
            "deployment_id": [f"{place}" for place in range(len(tips))],
            "commit_sha": [f"{tip}" for tip in tips],
        }
    )

    found = deployment_commits.first_deployments(shop, Differences(graph), stream)

    known = [f"{place}" for place, tip in enumerate(tips) if tip >= 0]
    told = {
        int(row["sha"]): tuple(
            known.index(row[name]) if row[name] is not None else None
            for name in ("deployment_id", "again_id", "gone_id")
        )
        for row in found.to_dicts()
    }
    assert told == wanted([ancestors(parents, tip) for tip in tips if tip >= 0], count)

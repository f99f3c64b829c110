"""How many deployments a service can be taken back, from tables small enough to count by hand."""

import duckdb
import pytest

import sql
from tests.support import at

FREE, BLOCKED, UNREAD = (False, False), (True, True), (True, None)
NO_PATHS = (None, None)
COLUMNS = """
create schema facts;
create schema config;
create table config.run (as_of timestamptz);
create table facts.rollouts (rollout_id text, service text, finished_at timestamptz);
create table facts.deployments (
    deployment_id text, rollout_id text, service text, artifact_digest text
);
create table facts.deployment_paths (deployment_id text, has_migration boolean);
create table facts.migrations (
    deployment_id text, service text, path text, is_irreversible boolean
)
"""


def depth(*deployments, as_of="2026-03-31 00:00"):
    """Return the row of a service whose deployments, the oldest first, are so and have digests."""
    with duckdb.connect() as con:
        con.execute(COLUMNS)
        con.execute("insert into config.run values ($1)", [at(as_of)])
        for day, ((has_migration, is_irreversible), digest) in enumerate(deployments, start=1):
            name = f"d{day}"
            moment = at(f"2026-03-{day:02} 09:00")
            con.execute("insert into facts.rollouts values ($1, 'shop', $2)", [name, moment])
            con.execute("insert into facts.deployments values ($1, $1, 'shop', $2)", [name, digest])
            con.execute("insert into facts.deployment_paths values ($1, $2)", [name, has_migration])
            if has_migration:
                con.execute(
                    "insert into facts.migrations values ($1, 'shop', 'm.sql', $2)",
                    [name, is_irreversible],
                )
        query = sql.model("facts.reversible_depths").text
        found = con.sql(query).fetchall()
        return found[0][1:] if found else None


@pytest.mark.parametrize(
    ("deployments", "wanted"),
    [
        ([], None),
        ([(FREE, "a")], (0, True, "end_of_history", None)),
        ([(FREE, "a"), (FREE, "b"), (FREE, "c")], (2, True, "end_of_history", None)),
        ([(FREE, "a"), (FREE, "b"), (BLOCKED, "c")], (0, False, "irreversible_migration", "d3")),
        ([(FREE, "a"), (BLOCKED, "b"), (FREE, "c")], (1, False, "irreversible_migration", "d2")),
        ([(BLOCKED, "a"), (FREE, "b")], (1, False, "irreversible_migration", "d1")),
        ([(FREE, "a"), (UNREAD, "b"), (FREE, "c")], (1, True, "unread_migration", "d2")),
        ([(FREE, "a"), (NO_PATHS, "b")], (0, True, "unread_migration", "d2")),
        ([(FREE, None), (FREE, "b"), (FREE, "c")], (1, True, "unknown_digest", "d2")),
        # Whatever is not known further back, the first that stops it counts.
        ([(BLOCKED, "a"), (UNREAD, "b")], (0, True, "unread_migration", "d2")),
    ],
)
def test_the_first_step_that_is_not_possible_ends_it(deployments, wanted):
    assert depth(*deployments) == wanted


def test_what_is_older_than_a_year_is_not_counted():
    deployments = [(FREE, "a"), (FREE, "b"), (BLOCKED, "c"), (FREE, "d")]
    assert depth(*deployments, as_of="2027-03-03 08:59") == (
        1, False, "irreversible_migration", "d3",
    )  # fmt: skip
    assert depth(*deployments, as_of="2027-03-03 09:00") == (0, True, "end_of_history", None)

"""Which commit brought another to the default branch, from the analysis itself."""

import duckdb
import pytest

from pipelines.analysis import commit_landings
from tests.support import at


@pytest.fixture
def landings():
    """Return a function from a history (sha to parents, oldest first) to landed_by by sha."""

    def of(history, head=None, later=()):
        with duckdb.connect() as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute("create schema facts")
            con.execute("create schema staging")
            con.execute(
                "create table facts.commits "
                "(repository text, sha text, parents text, committed_at timestamptz)"
            )
            con.execute("create table staging.git__commits as from facts.commits")
            con.execute("create table staging.files__commits as from facts.commits")
            con.execute(
                "create table staging.git__heads "
                "(source text, repository text, branch text, sha text, is_default boolean)"
            )
            for sha, parents in history.items():
                row = ["shop", sha, parents, at("2026-03-02 10:00")]
                con.execute("insert into staging.git__commits values ($1, $2, $3, $4)", row)
                if sha not in later:
                    con.execute("insert into facts.commits values ($1, $2, $3, $4)", row)
            if head:
                con.execute(
                    "insert into staging.git__heads values ('s', 'shop', 'main', $1, true)", [head]
                )
            found = commit_landings.analyse(con)
        assert tuple(found.columns) == tuple(commit_landings.COLUMNS)
        return {sha: landed_by for _, sha, landed_by, _ in found.rows()}

    return of


MERGED = {"a": "", "b": "a", "c": "a", "d": "c", "m": "b d", "e": "m"}


def test_without_commits_nothing_landed(landings):
    assert landings({}) == {}


def test_a_merge_lands_what_it_brings_and_a_commit_of_the_main_line_itself(landings):
    expected = {"a": "a", "b": "b", "c": "m", "d": "m", "m": "m", "e": "e"}
    assert landings(MERGED, head="e") == expected


def test_without_a_head_the_longest_line_of_first_parents_is_the_default_branch(landings):
    assert landings(MERGED | {"x": "a", "y": "x"}) == landings(MERGED, head="e")


def test_what_is_on_another_branch_only_has_not_landed(landings):
    assert "x" not in landings(MERGED | {"x": "e", "y": "x"}, head="e")


def test_before_the_head_was_made_the_branch_ended_with_its_first_parent(landings):
    found = landings(MERGED, head="e", later={"e", "m"})
    # The merged branch is there already, but only the merge will land it.
    assert found == {"a": "a", "b": "b"}


def test_a_head_that_is_not_known_lands_nothing(landings):
    assert landings(MERGED, head="zz") == {}


def test_a_parent_that_is_not_known_ends_the_line(landings):
    assert landings({"b": "gone", "c": "b"}, head="c") == {"b": "b", "c": "c"}


def test_an_octopus_lands_all_its_branches(landings):
    history = {"a": "", "b": "a", "c": "a", "d": "a", "o": "b c d"}
    assert landings(history, head="o") == {"a": "a", "b": "b", "c": "o", "d": "o", "o": "o"}


def test_several_roots_land_by_the_merge_that_joins_them(landings):
    history = {"a": "", "r": "", "s": "r", "m": "a s"}
    assert landings(history, head="m") == {"a": "a", "r": "m", "s": "m", "m": "m"}

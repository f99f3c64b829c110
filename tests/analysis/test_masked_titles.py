"""Whom a title names without a mention: known authors, where their names can be nothing else."""

import pytest

from pipelines.analysis.masked_titles import is_telling, masked
from tests.sql.making import organisation
from tests.support import at, rows

NAMES = ["Ada Lovelace", "dev-07", "ada_l", "Åsa Öberg"]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Revert what Ada Lovelace did", "Revert what *** did"),
        ("ADA LOVELACE and dev-07: mend", "*** and ***: mend"),
        ("dev-071 and xdev-07 are others", "dev-071 and xdev-07 are others"),
        ("Canada Lovelace, Ada", "Canada Lovelace, Ada"),
        ("thanks @bob, bob@example.invalid and Åsa Öberg", "thanks ***, *** and ***"),
        ("Bump @babel/core", "Bump @babel/core"),
        ("", ""),
    ],
)
def test_a_name_is_masked_where_it_stands_alone(title, said):
    assert masked(title, NAMES) == said


def test_the_longer_of_two_names_goes_first():
    assert masked("by Ada Lovelace-King", ["Ada Lovelace", "Ada Lovelace-King"]) == "by ***"


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Ada Lovelace", True), ("dev-07", True), ("a.king", True), ("smith2x", True),
        ("will", False), ("Mark", False), ("a-b", False), ("ci-", False), ("", False),
    ],
)  # fmt: skip
def test_a_plain_word_may_be_one_of_the_language(name, is_one):
    assert is_telling(name) is is_one


def test_titles_of_all_sources_are_told_without_known_authors(tmp_path):
    shared = {"repository": "shop", "author": "Ada Lovelace"}
    with organisation(
        tmp_path,
        as_of=at("2026-03-20 12:00"),
        deployments=[
            {"deployment_id": "d1", "service": "shop", "repository": "shop", "sha": "a",
             "finished_at": at("2026-03-02 12:00")},
        ],
        commits=[
            {"sha": "a", "authored_at": at("2026-03-02 10:00"), "subject": "From Ada Lovelace",
             **shared},
            {"sha": "b", "parents": "a", "authored_at": at("2026-03-02 11:00"),
             "subject": "Let renovate-bot 2 be", "repository": "shop", "author": "renovate[bot]"},
        ],
        changes=[
            {"change_id": "c1", "merged_at": at("2026-03-02 10:30"), "merge_sha": "b",
             "title": "Ask ada lovelace, or Ada", **shared},
        ],
        incidents=[
            {"incident_id": "i1", "service": "shop", "started_at": at("2026-03-02 13:00"),
             "title": "Ada Lovelace's cart is empty"},
        ],
    ) as con:  # fmt: skip
        said = "select title from facts.changes union all select title from facts.incidents"
        assert sorted(rows(con, said)) == [
            ("***'s cart is empty",), ("Ask ***, or Ada",), ("From ***",),
        ]  # fmt: skip

"""Who reviewed a pull request, and since when it was ready, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, march, organisation, times, words
from tests.support import rows

HUB = CodeHost()
SHOP = HUB.repository("acme/shop")
LONG_AGO = {"opened_at": "2 09:00"}


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with organisation(tmp_path_factory.mktemp("reviews"), HUB, bots=["*-robot"]) as found:
        yield found


def told_of(con, number, *columns):
    query = f"select {', '.join(columns)} from facts.told_changes where change_id = $1"
    return rows(con, query, f"acme/shop#{number}")[0]


def reviewed(con, number):
    return told_of(con, number, "first_review_at", "approved_at")


HUB.change(SHOP, 1, reviews=words("commented 2 10:00 ann", "commented 2 11:00 bob"))
HUB.change(SHOP, 2, reviews=words("approved 2 10:00 ann"))


def test_ones_own_comment_is_no_review_and_ones_own_approval_none(con):
    assert reviewed(con, 1) == (march("2 11:00"), None)
    assert reviewed(con, 2) == (None, None)


HUB.change(SHOP, 3, reviews=words("approved 2 10:00 lint[bot]", "approved 2 12:00 bob"))
HUB.change(SHOP, 4, reviews=words("commented 2 10:00 ci-robot", "changes_requested 2 12:00 bob"))


def test_a_bot_reviews_nothing_whether_the_host_or_the_configuration_says_that_it_is_one(con):
    assert reviewed(con, 3) == (march("2 12:00"), march("2 12:00"))
    assert reviewed(con, 4) == (march("2 12:00"), None)


HUB.change(SHOP, 5, reviews=words("dismissed 2 10:00 bob"))
HUB.change(SHOP, 6, reviews=words("approved 2 10:00 bob", "dismissed 2 11:00 bob"))


def test_a_dismissed_review_was_a_review_and_no_approval(con):
    assert reviewed(con, 5) == (march("2 10:00"), None)
    assert reviewed(con, 6) == (march("2 10:00"), march("2 10:00"))


HUB.change(SHOP, 7, author=None, reviews=words("approved 2 10:00 bob"))


def test_of_a_deleted_author_others_reviews_count_and_nobody_knows_whether_it_was_a_bot(con):
    assert reviewed(con, 7) == (march("2 10:00"), march("2 10:00"))
    assert told_of(con, 7, "is_bot") == (None,)


HUB.change(SHOP, 8, author="helper", is_bot=True)
HUB.change(SHOP, 9, author="merge-robot")


def test_an_author_is_a_bot_where_the_host_or_the_configuration_says_so(con):
    found = [told_of(con, number, "is_bot")[0] for number in (7, 8, 9, 1)]
    assert found == [None, True, True, False]


HUB.change(SHOP, 10, **LONG_AGO)
HUB.change(SHOP, 11, **LONG_AGO, is_draft=True)
HUB.change(SHOP, 12, **LONG_AGO, ready_events=words("ready 3 09:00"))
HUB.change(
    SHOP, 13, **LONG_AGO, is_draft=True, ready_events=words("ready 3 09:00", "draft 4 09:00")
)
HUB.change(SHOP, 14, **LONG_AGO, ready_events=words("draft 3 09:00", "ready 4 09:00"))
HUB.change(SHOP, 15, **LONG_AGO, is_draft=True, ready_events=words("draft 3 09:00"))


@pytest.mark.parametrize(
    ("number", "ready"),
    [(10, "2 09:00"), (11, None), (12, "3 09:00"), (13, "3 09:00"), (14, "2 09:00"),
     (15, "2 09:00")],
    ids=["opened ready", "still a draft", "opened as draft", "draft, ready, draft",
         "ready, draft, ready", "ready, then draft"],
)  # fmt: skip
def test_a_request_is_ready_when_opened_so_else_when_first_marked_so(con, number, ready):
    assert told_of(con, number, "ready_at") == (march(ready) if ready else None,)


HUB.change(SHOP, 16, opened_at="3 09:00", commit_authored_ats=times("2 10:00", "1 10:00"))


def test_it_began_with_the_commit_that_was_authored_first(con):
    assert told_of(con, 16, "first_commit_at") == (march("1 10:00"),)

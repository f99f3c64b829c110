"""Repositories that are renamed, archived, gone or made anew, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, organisation, sha
from tests.support import rows

HUB = CodeHost()
SERVICES = [
    {"name": "by-old-name", "repository": "acme/old"},
    {"name": "by-new-name", "repository": "acme/modern"},
    {"name": "left", "repository": "acme/left"},
    {"name": "right", "repository": "acme/right"},
    {"name": "archived", "repository": "acme/archived"},
    {"name": "gone", "repository": "acme/gone"},
    {"name": "retired", "repository": "acme/retired", "retired_on": "2026-03-10"},
    {"name": "again", "repository": "acme/again"},
    {"name": "moved", "repository": "acme/moved"},
]


def delivering(scope, number, **fields):
    """Say that a repository has a commit, a request and a deployment of it."""
    HUB.repository(scope, **fields)
    HUB.line(scope, f"commit-{number} 2 09:00")
    HUB.change(scope, number, merged_at="2 09:00", merge_sha=sha(f"commit-{number}"))
    HUB.deployment(scope, number, "success 3 09:00", sha=sha(f"commit-{number}"))
    return scope


delivering("acme/old", 1, full_name="acme/renamed")
delivering("acme/antique", 2, full_name="acme/modern", former_names="acme/classic")
delivering("acme/left", 3, full_name="acme/right", former_names="acme/left")
delivering("acme/right", 4, full_name="acme/left", former_names="acme/right")
delivering("acme/archived", 5, is_archived=True)
delivering("acme/gone", 6, is_gone=True)
delivering("acme/retired", 7, is_gone=True)
delivering("acme/again", 8, is_gone=True)
delivering("acme/again~9", 9, full_name="acme/again")
delivering("acme/moved", 10, full_name="acme/elsewhere")
delivering("acme/moved~11", 11, full_name="acme/moved")
delivering("acme/nobody", 12, full_name="acme/nobodys")


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with organisation(tmp_path_factory.mktemp("names"), HUB, services=SERVICES) as found:
        yield found


def repository(con, service):
    query = "select repository from facts.services where service = $1"
    return rows(con, query, service)[0][0]


def delivered(con, service):
    query = (
        "select deployment_id, change_id from facts.deployment_changes where service = $1 "
        "and change_id like '%#%'"
    )
    return rows(con, query, service)


def test_a_renamed_repository_is_found_by_its_old_and_by_its_new_name(con):
    assert repository(con, "by-old-name") == "acme/old"
    assert delivered(con, "by-old-name") == [("github.com/acme/old/1", "acme/old#1")]
    assert repository(con, "by-new-name") == "acme/antique"
    assert delivered(con, "by-new-name") == [("github.com/acme/antique/2", "acme/antique#2")]


def test_where_two_swapped_their_names_each_name_is_the_one_that_has_it_now(con):
    assert delivered(con, "left") == [("github.com/acme/right/4", "acme/right#4")]
    assert delivered(con, "right") == [("github.com/acme/left/3", "acme/left#3")]


def test_an_archived_repository_keeps_what_it_delivered_and_nothing_is_wrong_with_it(con):
    assert delivered(con, "archived") == [("github.com/acme/archived/5", "acme/archived#5")]
    assert rows(con, "from marts.data_quality where service = 'archived'") == []


def test_one_that_is_gone_keeps_it_too_and_is_found_unless_its_service_is_retired(con):
    assert delivered(con, "gone") == [("github.com/acme/gone/6", "acme/gone#6")]
    query = "select service, subject from marts.data_quality where kind = 'repository is gone'"
    assert rows(con, query) == [("gone", "acme/gone")]


def test_a_new_repository_with_the_name_of_one_that_is_gone_or_moved_has_its_service(con):
    assert delivered(con, "again") == [("github.com/acme/again~9/9", "acme/again~9#9")]
    assert delivered(con, "moved") == [("github.com/acme/moved~11/11", "acme/moved~11#11")]


def test_a_repository_of_no_service_is_told_by_its_name_now(con):
    query = (
        "select subject, detail, remedy from marts.data_quality "
        "where kind = 'repository of no service' order by all"
    )
    assert rows(con, query) == [
        ("github: acme/again", "1 deployments", "Add a service with repository: acme/again"),
        (
            "github: acme/elsewhere",
            "1 deployments",
            "Add a service with repository: acme/elsewhere",
        ),
        ("github: acme/nobodys", "1 deployments", "Add a service with repository: acme/nobodys"),
    ]


def test_without_services_each_repository_is_one_under_the_name_at_which_it_was_first_seen(
    tmp_path,
):
    with organisation(tmp_path, HUB) as con:
        assert repository(con, "acme/left") == "acme/left"
        assert repository(con, "acme/right") == "acme/right"
        assert delivered(con, "acme/left") == [("github.com/acme/left/3", "acme/left#3")]
        assert delivered(con, "acme/again~9") == [("github.com/acme/again~9/9", "acme/again~9#9")]

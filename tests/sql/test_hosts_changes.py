"""What counts as a change of a repository at a code host, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, march, organisation, sha, times
from tests.support import rows

HUB, LAB = CodeHost(), CodeHost("gitlab")
SERVICES = [
    {"name": name, "repository": f"acme/{name}"}
    for name in (
        "squash", "rebase", "queue", "merge", "group", "fork", "draft", "closed", "stack", "heap",
        "bots", "pushes", "release",
    )
]  # fmt: skip
SERVICES.append(
    {"name": "forward", "repository": "acme/forward", "deployments": {"source": "gitlab"}}
)


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changes")
    with organisation(folder, HUB, LAB, services=SERVICES) as found:
        yield found


def changes(con, service):
    names = {sha(name): name for name in NAMES}
    found = rows(con, "select change_id from facts.changes where service = $1", service)
    return sorted(names.get(change_id, change_id) for (change_id,) in found)


NAMES = (
    "root", "squashed", "one", "two", "three", "pushed", "later", "merged", "own", "both",
    "inner", "middle", "fix", "cherry", "picked",
)  # fmt: skip
MERGED = {"opened_at": "3 09:00", "merged_at": "5 09:00"}

squash = HUB.repository("acme/squash")
HUB.line(squash, "root 1 09:00", "squashed 5 09:00", "pushed 6 09:00")
HUB.change(
    squash, 1, **MERGED, merge_sha=sha("squashed"), commit_authored_ats=times("2 09:00", "2 10:00")
)


def test_a_squashed_request_is_one_change_and_a_push_beside_it_another(con):
    assert changes(con, "squash") == ["acme/squash#1", "pushed", "root"]
    query = "select first_commit_at, merged_at from facts.changes where change_id = $1"
    assert rows(con, query, "acme/squash#1") == [(march("2 09:00"), march("5 09:00"))]


rebase = HUB.repository("acme/rebase")
OWN = {"commit_authored_ats": times("2 09:00", "2 10:00", "2 11:00")}


def rebased(scope, when):
    """Say that three commits were moved onto the default branch at a time."""
    HUB.commit(scope, "root", "1 09:00")
    HUB.commit(scope, "one", "2 09:00", "root", committed=when)
    HUB.commit(scope, "two", "2 10:00", "one", committed=when)
    HUB.commit(scope, "three", "2 11:00", "two", committed=when)
    HUB.commit(scope, "pushed", "6 09:00", "three")
    HUB.head(scope, "pushed")
    HUB.change(scope, 1, **MERGED, **OWN, merge_sha=sha("three"), merge_method="rebase")


rebased(rebase, "5 09:00")


def test_a_rebased_request_of_three_commits_is_one_change(con):
    assert changes(con, "rebase") == ["acme/rebase#1", "pushed", "root"]


queue = HUB.repository("acme/queue")
rebased(queue, "5 07:30")


def test_what_a_merge_queue_rebased_long_before_it_merged_is_part_of_the_request(con):
    assert changes(con, "queue") == ["acme/queue#1", "pushed", "root"]


forward = LAB.repository("acme/forward")
LAB.line(forward, "root 1 09:00", "one 2 09:00", "two 2 10:00", "pushed 6 09:00")
LAB.change(
    forward, 1, **MERGED, merge_sha=sha("two"), commit_shas=f"{sha('one')} {sha('two')}",
    commit_authored_ats=times("2 09:00", "2 10:00"),
)  # fmt: skip


def test_what_gitlab_forwarded_as_it_was_is_part_of_the_request(con):
    assert changes(con, "forward") == ["acme/forward!1", "pushed", "root"]


merge = HUB.repository("acme/merge")
HUB.commit(merge, "root", "1 09:00")
HUB.commit(merge, "own", "2 09:00", "root")
HUB.commit(merge, "later", "3 09:00", "root")
HUB.commit(merge, "merged", "5 09:00", "later", "own")
HUB.head(merge, "merged")
HUB.change(merge, 1, **MERGED, merge_sha=sha("merged"))


def test_a_merge_commit_is_no_change_and_what_it_brings_is_the_requests(con):
    assert changes(con, "merge") == ["acme/merge#1", "later", "root"]
    query = "select first_commit_at from facts.changes where change_id = 'acme/merge#1'"
    assert rows(con, query) == [(march("2 09:00"),)]


group = HUB.repository("acme/group")
HUB.line(group, "root 1 09:00", "squashed 5 08:00", "both 5 08:05")
HUB.change(group, 1, **MERGED, merge_sha=sha("squashed"))
HUB.change(group, 2, **MERGED, merge_sha=sha("both"))


def test_what_a_merge_queue_merged_as_a_group_is_each_requests_own_commit(con):
    assert changes(con, "group") == ["acme/group#1", "acme/group#2", "root"]


fork = HUB.repository("acme/fork")
HUB.line(fork, "root 1 09:00", "squashed 5 09:00")
HUB.change(fork, 1, **MERGED, is_from_fork=True, merge_sha=sha("squashed"))


def test_a_request_from_a_fork_is_a_change_as_any_other(con):
    assert changes(con, "fork") == ["acme/fork#1", "root"]


draft = HUB.repository("acme/draft")
HUB.line(draft, "root 1 09:00", "squashed 5 09:00")
HUB.change(draft, 1, **MERGED, is_draft=True, merge_sha=sha("squashed"))


def test_a_draft_that_was_merged_is_a_change(con):
    assert changes(con, "draft") == ["acme/draft#1", "root"]


closed = HUB.repository("acme/closed")
HUB.line(closed, "root 1 09:00", "squashed 5 09:00")
HUB.change(closed, 1, opened_at="3 09:00", closed_at="4 09:00", state="closed")
HUB.change(closed, 2, **MERGED, closed_at="5 09:00", merge_sha=sha("squashed"))
HUB.change(closed, 3, opened_at="3 09:00", closed_at="4 09:00", state="open")


def test_one_closed_without_a_merge_is_none_and_one_opened_again_is_one(con):
    assert changes(con, "closed") == ["acme/closed#2", "acme/closed#3", "root"]


def stacked(scope, brought):
    """Say that request 1 was merged into the branch of request 2, which then was."""
    HUB.commit(scope, "root", "1 09:00")
    HUB.commit(scope, "own", "2 09:00", "root")
    HUB.commit(scope, "inner", "3 09:00", "own")
    HUB.commit(scope, "middle", "4 09:00", "own", "inner")
    HUB.change(
        scope, 1, base_branch="own", opened_at="3 09:30", merged_at="4 09:00",
        merge_sha=sha("middle"),
    )  # fmt: skip
    HUB.commit(scope, "both", "5 09:00", *brought)
    HUB.head(scope, "both")
    own = {"commit_shas": " ".join(map(sha, ("own", "inner", "middle")))}
    HUB.change(scope, 2, **MERGED, **own, merge_sha=sha("both"))


stack, heap = HUB.repository("acme/stack"), HUB.repository("acme/heap")
stacked(stack, ("root", "middle"))
stacked(heap, ("root",))


def test_stacked_requests_are_both_changes_where_a_merge_commit_brings_them_through(con):
    assert changes(con, "stack") == ["acme/stack#1", "acme/stack#2", "root"]


def test_squashed_on_the_way_a_stacked_request_is_part_of_the_one_that_brought_it(con):
    assert changes(con, "heap") == ["acme/heap#2", "root"]


release = HUB.repository("acme/release")
HUB.commit(release, "root", "1 09:00")
HUB.commit(release, "fix", "5 09:00", "root")
HUB.commit(release, "later", "6 09:00", "root")
HUB.head(release, "later")
HUB.change(
    release, 1, **MERGED, branch="hotfix/slow", base_branch="release/1.x", merge_sha=sha("fix")
)
HUB.deployment(release, 1, "success 4 20:00", sha=sha("root"))
HUB.deployment(release, 2, "success 5 10:00", sha=sha("fix"))


def test_a_fix_merged_into_a_release_branch_is_a_change_once_it_is_live(con):
    assert changes(con, "release") == ["acme/release#1", "later", "root"]
    query = "select how, mended_id from facts.remedies where service = 'release'"
    assert rows(con, query) == [("hotfix", "github.com/acme/release/1")]


pushes = HUB.repository("acme/pushes")
HUB.line(pushes, "root 1 09:00", "cherry 4 09:00", "squashed 5 09:00", "later 6 09:00")
HUB.commit(pushes, "picked", "4 09:00", "root", committed="4 12:00")
HUB.change(
    pushes, 1, opened_at="4 12:30", merged_at="5 09:00", merge_sha=sha("squashed"),
    commit_shas=sha("picked"), commit_authored_ats=times("4 09:00"),
)  # fmt: skip


def test_a_push_that_a_request_picked_later_stays_a_change_of_its_own(con):
    assert changes(con, "pushes") == ["acme/pushes#1", "cherry", "later", "root"]


bots = HUB.repository("acme/bots")
HUB.line(bots, "root 1 09:00", "squashed 5 09:00", "both 5 09:30")
HUB.change(bots, 1, **MERGED, is_bot=True, merge_sha=sha("squashed"))
HUB.change(bots, 2, **MERGED, merge_sha=sha("both"), commit_authored_ats=times("4 09:00"))
HUB.deployment(bots, 1, "success 2 09:00", sha=sha("root"))
HUB.deployment(bots, 2, "success 5 10:00", sha=sha("both"))


def test_a_bots_request_is_a_change_and_out_of_lead_time(con):
    query = "select change_id, is_bot from facts.changes where service = 'bots' order by all"
    assert rows(con, query)[:2] == [("acme/bots#1", True), ("acme/bots#2", False)]
    query = (
        "select change_count, median_hours from marts.change_lead_time "
        "where name = 'bots' and period = 'week' and change_count > 0"
    )
    assert rows(con, query) == [(1, 25)]

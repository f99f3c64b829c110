"""What is said of how whole and how sound a code host's data is."""

import pytest

from tests.sql.hosts import CodeHost, march, organisation, sha
from tests.support import rows

HUB = CodeHost()
SERVICES = [{"name": "shop", "repository": "acme/shop"}, {"name": "web", "repository": "acme/web"}]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with organisation(tmp_path_factory.mktemp("quality"), HUB, services=SERVICES) as found:
        yield found


def found(con, kind):
    query = "select service, subject, detail from marts.data_quality where kind = $1 order by all"
    return rows(con, query, kind)


for scope, since in (("acme/shop", "2026-02-01"), ("acme/web", "2026-02-15")):
    HUB.repository(scope)
    HUB.change(scope, 1, merged_at="2 09:00", merge_sha=sha("unknown"))
    HUB.cursors["changes", scope] = {"history_since": f"{since}T00:00:00Z"}
HUB.line("acme/shop", "root 1 09:00")
HUB.deployment("acme/shop", 1, "in_progress 2 09:00", "inactive 3 09:00", sha=sha("root"))
HUB.deployment("acme/shop", 2, "in_progress 10 09:00", sha=sha("root"))
HUB.deployment("acme/shop", 3, "success 10 09:00", sha=sha("elsewhere"))
HUB.deployment("acme/web", 4, "success 19 09:00")


def test_a_source_tells_from_when_on_all_of_its_repositories_are_read(con):
    query = (
        "select entity, record_count, history_since from marts.sources "
        "where source = 'github' order by all"
    )
    assert rows(con, query) == [
        ("changes", 2, march("1 00:00").replace(month=2, day=15)),
        ("commits", 1, None),
        ("deployments", 4, None),
        ("heads", 1, None),
        ("repositories", 2, None),
    ]
    assert [subject for _, subject, _ in found(con, "history is still being read")] == [
        "github: changes"
    ]


def test_a_deployment_that_has_not_ended_in_two_weeks_never_will(con):
    assert [subject for _, subject, _ in found(con, "deployment never ended")] == [
        "github.com/acme/shop/1"
    ]


def test_a_deployment_of_a_commit_that_the_clone_lacks_is_found_and_one_without_any(con):
    assert [subject for _, subject, _ in found(con, "unknown commit")] == ["github.com/acme/shop/3"]
    assert [subject for _, subject, _ in found(con, "deployment without a commit")] == [
        "github.com/acme/web/4"
    ]


def test_a_request_whose_merge_commit_the_clone_lacks_waits(con):
    assert [subject for _, subject, _ in found(con, "pending change")] == ["acme/shop#1"]


def test_without_commits_a_request_is_in_the_first_deployment_after_its_merge(con):
    query = "select change_id, deployment_id, how from facts.deployment_changes"
    assert rows(con, f"{query} where service = 'web'") == [
        ("acme/web#1", "github.com/acme/web/4", "time")
    ]

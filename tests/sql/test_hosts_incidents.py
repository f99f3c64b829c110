"""Issues that stand for incidents: whose they are and what they blame, told by hand."""

import pytest

from tests.sql.hosts import CodeHost, march, organisation, sha
from tests.support import rows, write

HUB = CodeHost()
SERVICES = [
    {"name": "own", "repository": "acme/own"},
    {"name": "one", "repository": "acme/one", "incidents": {"source": "github", "labels": ["s1"]}},
    {"name": "two", "repository": "acme/two", "incidents": {"source": "github", "labels": ["s2"]}},
    {"name": "paged", "repository": "acme/paged", "incidents": {"source": "files"}},
    {"name": "blamed", "repository": "acme/blamed"},
]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = tmp_path_factory.mktemp("incidents")
    told = [{"incident_id": "p1", "service": "paged", "started_at": "2026-03-02T09:00:00Z"}]
    path = write(folder / "files", incidents=told)
    files = {"kind": "files", "name": "files", "path": str(path)}
    with organisation(folder, HUB, files, services=SERVICES) as found:
        yield found


def services(con, incident_id):
    query = "select service from facts.incidents where incident_id = $1 order by all"
    return [service for (service,) in rows(con, query, incident_id)]


def found(con, kind):
    query = "select subject from marts.data_quality where kind = $1 order by all"
    return [subject for (subject,) in rows(con, query, kind)]


for scope in ("acme/own", "acme/one", "acme/two", "acme/paged", "acme/blamed", "acme/incidents"):
    HUB.repository(scope)
HUB.issue("acme/own", 1, "2 09:00", closed_at="2 10:00", acknowledged_at="2 09:05")
HUB.issue("acme/own", 2, "2 09:00", closed_at="2 10:00", state="open")
HUB.issue("acme/own", 3, "2 09:00", closed_at="2 08:00")
HUB.issue("acme/own", 4, "2 09:00")
HUB.issue("acme/own", 4, "2 09:00", is_deleted=True)


def test_an_issue_is_an_incident_of_the_service_of_its_repository(con):
    query = (
        "select service, started_at, acknowledged_at, resolved_at from facts.incidents "
        "where incident_id = 'acme/own#1'"
    )
    assert rows(con, query) == [
        ("own", march("2 09:00"), march("2 09:05"), march("2 10:00")),
    ]


def test_one_that_was_opened_again_is_open(con):
    query = "select resolved_at from facts.incidents where incident_id = 'acme/own#2'"
    assert rows(con, query) == [(None,)]


def test_one_resolved_before_it_began_is_found(con):
    assert found(con, "incident resolved before it began") == ["acme/own#3"]


def test_an_issue_that_is_an_incident_no_more_is_none(con):
    assert services(con, "acme/own#4") == []


HUB.issue("acme/incidents", 1, "2 09:00", labels="incident;S2")
HUB.issue("acme/incidents", 2, "2 09:00", labels="incident;s1;s2")
HUB.issue("acme/incidents", 3, "2 09:00")
HUB.issue("acme/one", 4, "2 09:00", labels="s1;s2")
HUB.issue("acme/one", 5, "2 09:00")


def test_in_a_repository_of_its_own_the_label_says_whose_an_incident_is(con):
    assert services(con, "acme/incidents#1") == ["two"]
    assert services(con, "acme/incidents#2") == ["one", "two"]


def test_in_a_services_repository_it_is_that_services_whatever_else_it_is_labelled(con):
    assert services(con, "acme/one#4") == ["one"]


def test_what_nobody_claims_is_found(con):
    assert services(con, "acme/one#5") == [None]
    assert found(con, "incident without a service") == [
        "acme/incidents#3",
        "acme/one#5",
        "acme/paged#1",
    ]


HUB.issue("acme/paged", 1, "2 09:00")


def test_a_service_whose_incidents_another_source_tells_has_no_issues(con):
    assert services(con, "acme/paged#1") == [None]
    assert services(con, "p1") == ["paged"]


PAGE = "https://github.com/acme/blamed/actions/runs/7/job/1"
HUB.deployment("acme/blamed", 1, "success 2 09:00", sha=sha("one"), url=PAGE)
HUB.deployment("acme/blamed", 2, "success 3 09:00", sha=sha("two"))
HUB.deployment("acme/blamed", 3, "success 4 09:00", is_tag=True, ref="v3.1", sha=sha("three"))
for number in (4, 5):
    HUB.deployment(
        "acme/blamed",
        number,
        f"success {number + 1} 09:00",
        sha=sha("four"),
        url="https://github.com/acme/blamed/deployments/production",
    )
MENTIONS = {
    1: f"#12 {PAGE.upper()}",
    2: sha("two")[:9],
    3: "V3.1",
    4: "https://github.com/acme/blamed/deployments/production",
}
for number, mentions in MENTIONS.items():
    HUB.issue("acme/blamed", number, "6 10:00", mentions=mentions)


def blamed(con, number):
    query = (
        "select deployment_id, how from facts.deployment_incidents "
        "where incident_id = $1 and is_counted"
    )
    return rows(con, query, f"acme/blamed#{number}")


@pytest.mark.parametrize(("number", "how"), [(1, "explicit"), (2, "commit"), (3, "version")])
def test_a_page_a_sha_or_a_version_in_its_text_blames_that_deployment(con, number, how):
    assert blamed(con, number) == [(f"github.com/acme/blamed/{number}", how)]


def test_a_page_that_deployments_share_blames_none_so_time_does(con):
    assert blamed(con, 4) == [("github.com/acme/blamed/5", "service_and_time")]

"""Jira's issues as incidents, as a made-up cloud and a made-up data center tell them."""

import pytest

from connectors.pagers import Pager, jira
from tests.connectors.gitlab.collecting import Landed
from tests.connectors.pagers.collecting import QUICK, collect, incidents, only
from tests.connectors.pagers.conftest import SINCE
from tests.connectors.pagers.jira_server import TOKEN, FakeJira


@pytest.fixture(params=["cloud", "data center"])
def site(request):
    with FakeJira(is_cloud=request.param == "cloud") as made:
        yield made


@pytest.fixture
def cloud():
    with FakeJira() as made:
        yield made


def api(site, **told):
    asked = {"url": site.url, "token": TOKEN, "since": SINCE, **QUICK, **told}
    made = jira.connect(user="ann@example.com" if site.is_cloud else None, **asked)
    made.client.at = site.now
    return made


def read(site, landed=None, until=lambda: False, **told):
    return collect(api(site, **told), landed, until=until)


def test_an_incident_lands_with_the_course_of_its_statuses(site):
    made = site.issue(
        "Down since v1.2.3",
        labels=["eu"],
        components=[{"name": "web"}],
        customfield_1={"value": "Major"},
        customfield_2=[{"name": "Checkout"}, {"name": "Search"}],
    )
    site.issue("No incident", kind="Bug")
    for minutes, to in ((5, "3"), (25, "5"), (60, "6")):
        site.wait(minutes=minutes)
        site.move(made, to)

    assert only(read(site)) == {
        "incident_id": "OPS-1", "title": "Down since v1.2.3", "services": "Checkout;Search",
        "components": "web", "severity": "Major", "priority": "High", "status": "Closed",
        "started_at": "2025-03-03T09:00:00Z", "acknowledged_at": "2025-03-03T09:05:00Z",
        "resolved_at": "2025-03-03T09:30:00Z", "reopened_count": 0, "labels": "eu",
        "mentions": "v1.2.3", "url": f"{site.url}/browse/OPS-1",
    }  # fmt: skip


def test_a_reopened_incident_is_open_and_ends_with_its_last_resolution(site):
    made = site.issue()
    landed = Landed()
    for to in ("5", "3"):
        site.wait(hours=1)
        site.move(made, to)
    found = only(read(site, landed))
    assert (found["reopened_count"], found.get("resolved_at")) == (1, None)
    assert found["acknowledged_at"] == "2025-03-03T11:00:00Z"

    site.wait(days=30)
    site.move(made, "5")
    found = only(read(site, landed))
    assert (found["reopened_count"], found["resolved_at"]) == (1, "2025-04-02T11:00:00Z")


def test_times_that_people_typed_are_kept_even_in_the_wrong_order(site):
    fields = {"started": "Outage began", "resolved": "customfield_4"}
    site.issue(customfield_3="2025-03-01T10:00:00.000+0100", customfield_4="2025-02-28T10:00:00Z")

    found = only(read(site, fields=fields))
    assert found["started_at"] == "2025-03-01T09:00:00Z"
    assert found["resolved_at"] == "2025-02-28T10:00:00Z"


def test_an_incident_closed_as_a_duplicate_names_the_other(site):
    link = {"type": {"name": "Duplicate"}, "outwardIssue": {"key": "OPS-7"}}
    made = site.issue(resolution={"name": "Duplicate"}, issuelinks=[link])
    site.move(made, "6")

    assert only(read(site))["merged_into"] == "OPS-7"


def test_rich_text_is_read_for_what_it_mentions_and_then_dropped(cloud):
    link = {"type": "link", "attrs": {"href": "https://git.example.com/acme/shop/pull/12"}}
    words = {"type": "text", "text": "broken by abc1234", "marks": [link]}
    cloud.issue(description={"type": "doc", "content": [{"type": "p", "content": [words]}]})

    found = only(read(cloud))
    assert found["mentions"] == "abc1234 https://git.example.com/acme/shop/pull/12"
    assert "broken by" not in str(found)


def test_what_is_an_incident_no_more_or_deleted_becomes_a_tombstone(site):
    first, second = site.issue(), site.issue()
    site.issue()
    landed = read(site)
    site.wait(days=1)
    site.edit(first, issuetype={"name": "Bug"})
    site.issues.remove(second)

    assert set(incidents(read(site, landed))) == {"1003"}


def test_another_jql_reads_all_again_and_drops_what_it_does_not_find(site):
    site.move(site.issue(), "5")
    bug = site.issue(kind="Bug")
    landed = read(site)
    assert set(incidents(landed)) == {"1001"}

    found = incidents(read(site, landed, jql='issuetype in ("Bug")'))

    assert set(found) == {bug["id"]}


def test_many_issues_are_read_by_few_calls_and_a_quiet_day_by_fewer(site):
    for number in range(450):
        site.wait(minutes=number % 60)
        made = site.issue(f"Incident {number}")
        site.move(made, "5" if number % 9 else "3")
    landed = read(site)
    assert len(incidents(landed)) == 450
    assert len(site.calls) <= 16

    site.calls.clear()
    versions = landed.versions
    site.wait(days=1)
    read(site, landed)
    assert landed.versions == versions
    assert len(site.calls) <= 8


def test_a_killed_collection_goes_on_where_it_was(site):
    for number in range(450):
        site.wait(minutes=number % 60)
        site.move(site.issue(f"Incident {number}"), "5")
    landed, kills = Landed(), iter(range(3))
    for _ in range(5):
        read(site, landed, until=lambda: next(kills, None) is not None)

    assert landed.failures == []
    assert landed.records == read(site).records


def test_a_server_that_says_more_for_ever_is_noticed(cloud):
    cloud.issue()
    cloud.is_endless = True

    (failure,) = read(cloud).failures
    assert "repeats a page" in str(failure.error)


def test_a_site_without_incidents_is_told_to_name_a_jql(site):
    site.types = ["Bug"]

    (failure,) = read(site).failures
    assert "say as `jql`" in str(failure.error)


def test_a_wrong_jql_and_a_wrong_field_name_their_key(site):
    (failure,) = read(site, jql="nonsense").failures
    assert "mend `jql`" in str(failure.error)
    (failure,) = read(site, fields={"started": "Begin"}).failures
    assert "mend `fields.started`" in str(failure.error)


def test_a_refused_token_is_not_shown(site):
    (failure,) = read(site, token="another-token").failures
    assert "refused (401)" in str(failure.error)
    assert "another-token" not in str(failure.error) + repr(api(site, token="another-token"))


def test_access_tells_what_the_token_finds(site):
    site.issue()
    told = list(Pager(api(site)).access())
    assert [(one.subject, one.level) for one in told] == [("server", "ok"), ("jql", "ok")]

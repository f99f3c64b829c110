"""Incidents as they land: by type or by label."""

from tests.connectors.gitlab.collecting import collect


def issues(gitlab, landed=None, **told):
    landed = collect(gitlab, landed, entities=("repositories", "issues"), **told)
    assert landed.failures == []
    return landed.of("issues")


def test_an_incident_lands_with_what_it_mentions_and_when_it_was_acknowledged(gitlab, shop):
    shop.merge_request()
    made = shop.issue(
        "Till is down since v1.2.3",
        kind="incident",
        severity="HIGH",
        labels=["till"],
        description="after !12 and deadbeef12, tell ann@example.com",
    )
    gitlab.state.wait(minutes=10)
    text = "changed the incident status to **Acknowledged** by changing it"
    shop.note(made, text, by="bea", system=True)
    gitlab.state.wait(minutes=50)
    shop.touch(made, state="closed", closed_at="2025-03-01T11:00:00.123Z")

    assert issues(gitlab) == {
        "2": {
            "number": 2,
            "title": "Till is down since v1.2.3",
            "kind": "incident",
            "severity": "high",
            "labels": "till",
            "author": "cy",
            "is_bot": False,
            "state": "closed",
            "opened_at": "2025-03-01T10:00:00Z",
            "acknowledged_at": "2025-03-01T10:10:00Z",
            "closed_at": "2025-03-01T11:00:00Z",
            "mentions": "v1.2.3 !12 deadbeef12",
            "url": f"{gitlab.url}/acme/shop/-/issues/2",
        }
    }


def test_only_incidents_land(gitlab, shop):
    shop.issue("a wish")
    shop.issue("trouble", labels=["outage"])
    shop.issue("much the same", labels=["outage-review"])
    shop.issue("a fault", kind="incident")

    told = issues(gitlab, incident_labels=("incident", "outage"), incident_types=())
    assert list(told) == ["2"]
    assert list(issues(gitlab, incident_labels=(), incident_types=("Incident",))) == ["4"]


def test_an_issue_that_is_no_incident_any_more_is_taken_back(gitlab, shop):
    made = shop.issue(labels=["incident"])
    landed = collect(gitlab, entities=("repositories", "issues"))
    assert list(landed.of("issues")) == ["1"]
    gitlab.state.wait(days=1)
    shop.touch(made, labels=[])

    assert issues(gitlab, landed) == {}


def test_an_issue_that_becomes_an_incident_lands(gitlab, shop):
    made = shop.issue()
    landed = collect(gitlab, entities=("repositories", "issues"))
    gitlab.state.wait(days=1)
    shop.touch(made, labels=["incident"])

    assert list(issues(gitlab, landed)) == ["1"]


def test_other_labels_read_everything_again_and_take_back_what_does_not_match(gitlab, shop):
    shop.issue(labels=["incident"])
    shop.issue(labels=["outage"])
    landed = collect(gitlab, entities=("repositories", "issues"))
    gitlab.state.wait(days=1)
    shop.issue()

    assert list(issues(gitlab, landed, incident_labels=("outage",))) == ["2"]


def test_a_project_without_issues_has_none(gitlab, shop):
    shop.off |= {"issues_access_level"}

    assert issues(gitlab) == {}

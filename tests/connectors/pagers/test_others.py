"""incident.io, Statuspage, ServiceNow and Grafana IRM, each against a few rows of its own shape."""

from dataclasses import dataclass, field

import pytest

from connectors.pagers import grafana_irm, incident_io, servicenow, statuspage
from tests.connectors.pagers.collecting import QUICK, collect, incidents, only
from tests.connectors.pagers.conftest import SINCE
from tests.hosts.serving import Answer, Server


@dataclass
class Site:
    """Answers by path what it is told to; ``seen`` are the requests."""

    answers: dict
    seen: list = field(default_factory=list)
    url: str = ""

    def answer(self, request):
        self.seen.append(request)
        found = self.answers.get(request.path, Answer(404, {}))
        return found if isinstance(found, Answer) else Answer(200, found)


@pytest.fixture
def site():
    made = Site({})
    with Server(made.answer) as server:
        made.url = server.url
        yield made


def asked(site, **told):
    return {"url": site.url, "token": "token-for-tests", "since": SINCE, **QUICK, **told}


def io_incident(**more):
    stamps = [("Reported at", "2025-03-03T08:55:00Z"), ("Accepted at", "2025-03-03T09:05:00Z"),
              ("Resolved at", "2025-03-03T09:30:00Z")]  # fmt: skip
    return {
        "id": "01A", "reference": "INC-12", "name": "Checkout is down", "mode": "standard",
        "created_at": "2025-03-03T09:00:00.5Z", "updated_at": "2025-03-04T09:00:00Z",
        "severity": {"name": "Major"}, "incident_status": {"name": "Closed", "category": "closed"},
        "incident_timestamp_values": [
            {"incident_timestamp": {"name": name}, "value": {"value": at}} for name, at in stamps
        ],
        "custom_field_entries": [{"custom_field": {"name": "Affected service"}, "values": [
            {"value_catalog_entry": {"name": "Checkout"}}, {"value_option": {"value": "Search"}},
        ]}],
        "permalink": "https://app.incident.invalid/12",
    } | more  # fmt: skip


def test_incident_io_tells_times_services_and_merges(site):
    merged = {"name": "Merged", "category": "merged"}
    rows = [
        io_incident(),
        io_incident(id="01B", incident_status=merged, merged_into_incident_id="01A"),
        io_incident(id="01C", mode="test"),
    ]
    site.answers["/v2/incidents"] = {"incidents": rows, "pagination_meta": {"page_size": 250}}

    landed = collect(incident_io.connect(**asked(site)))

    found = incidents(landed)
    assert set(found) == {"01A", "01B"}
    assert found["01B"]["merged_into"] == "01A"
    assert found["01A"] | {"labels": ""} == {
        "incident_id": "01A", "number": 12, "title": "Checkout is down", "severity": "Major",
        "status": "Closed", "services": "Checkout;Search", "reopened_count": 0, "labels": "",
        "started_at": "2025-03-03T08:55:00Z", "acknowledged_at": "2025-03-03T09:05:00Z",
        "resolved_at": "2025-03-03T09:30:00Z", "url": "https://app.incident.invalid/12",
    }  # fmt: skip
    collect(incident_io.connect(**asked(site)), landed)
    assert site.seen[-1].query["updated_at[gte]"] == "2025-03-03"


def test_incident_io_that_pages_for_ever_is_noticed(site):
    rows = [io_incident(id=str(number)) for number in range(incident_io.PAGE)]
    site.answers["/v2/incidents"] = {"incidents": rows, "pagination_meta": {"after": "x"}}

    (failure,) = collect(incident_io.connect(**asked(site))).failures
    assert "for ever" in str(failure.error)


def page_incident(name, status, *updates, **more):
    return {
        "id": name, "name": "Checkout is down", "status": status, "impact": "major",
        "created_at": "2025-03-03T09:00:00Z", "updated_at": "2025-03-03T10:00:00Z",
        "incident_updates": [{"status": told, "created_at": at} for told, at in updates],
        "components": [{"name": "Checkout"}, {"name": "Search"}], "shortlink": None,
    } | more  # fmt: skip


def test_statuspage_tells_what_everybody_may_see(site):
    again = page_incident(
        "a",
        "resolved",
        ("resolved", "2025-03-03T09:20:00Z"),
        ("investigating", "2025-03-03T09:30:00Z"),
        ("resolved", "2025-03-03T09:40:00Z"),
    )
    planned = page_incident("b", "completed", scheduled_for="2025-03-05T01:00:00Z",
                            resolved_at="2025-03-05T03:00:00Z")  # fmt: skip
    site.answers["/api/v2/incidents.json"] = {
        "incidents": [again, page_incident("c", "monitoring")]
    }
    site.answers["/api/v2/scheduled-maintenances.json"] = {"scheduled_maintenances": [planned]}

    found = incidents(collect(statuspage.connect(url=site.url, **QUICK)))

    assert (found["a"]["reopened_count"], found["a"]["resolved_at"]) == (1, "2025-03-03T09:40:00Z")
    assert found["a"]["services"] == "Checkout;Search"
    assert "resolved_at" not in found["c"]
    assert found["b"]["is_maintenance"] is True
    assert found["b"]["started_at"] == "2025-03-05T01:00:00Z"
    assert all("authorization" not in request.headers for request in site.seen)


def test_statuspage_asks_again_for_what_was_open(site):
    path = "/v1/pages/p1/incidents"
    site.answers[path] = [page_incident("a", "monitoring")]
    landed = collect(statuspage.connect(**asked(site, page="p1")))
    site.answers[path] = []
    ended = page_incident("a", "resolved", resolved_at="2025-06-03T09:00:00Z")
    site.answers[f"{path}/a"] = ended

    found = only(collect(statuspage.connect(**asked(site, page="p1")), landed))
    assert found["resolved_at"] == "2025-06-03T09:00:00Z"
    assert site.seen[-1].headers["authorization"] == "OAuth token-for-tests"


def both(shown, value=None):
    return {"display_value": shown, "value": shown if value is None else value}


def test_servicenow_tells_names_and_utc_times(site):
    row = {
        "sys_id": both("f00"), "number": both("INC0010001"), "state": both("Closed", "7"),
        "short_description": both("Checkout is down"), "priority": both("1 - Critical", "1"),
        "business_service": both("Checkout", "b1"), "cmdb_ci": both("web-1", "c1"),
        "opened_at": both("2025-03-03 01:00:00", "2025-03-03 09:00:00"),
        "resolved_at": both("2025-03-03 00:30:00", "2025-03-03 08:30:00"),
        "sys_updated_on": both("", "2025-03-04 09:00:00"), "reopen_count": both("2"),
        "parent_incident": both("INC0010000", "f01"), "sys_created_on": both(""),
    }  # fmt: skip
    site.answers["/api/now/table/incident"] = {"result": [row]}

    landed = collect(servicenow.connect(user="ann", query="active=false", **asked(site)))

    assert only(landed) == {
        "incident_id": "INC0010001", "title": "Checkout is down", "services": "Checkout",
        "service_ids": "b1", "components": "web-1", "priority": "Critical", "status": "Closed",
        "started_at": "2025-03-03T09:00:00Z", "resolved_at": "2025-03-03T08:30:00Z",
        "reopened_count": 2, "merged_into": "INC0010000",
        "url": f"{site.url}/nav_to.do?uri=incident.do?sys_id=f00",
    }  # fmt: skip
    assert site.seen[0].query["sysparm_query"].startswith("active=false^sys_updated_on>=2024-08-31")


def irm(name, **more):
    return {
        "incidentID": name, "title": "Checkout is down", "status": "resolved", "isDrill": False,
        "createdTime": "2025-03-03T09:00:00Z", "modifiedTime": "2025-03-03T10:00:00Z",
        "incidentStart": "2025-03-03T08:50:00Z", "incidentEnd": "2025-03-03T09:30:00Z",
        "severityLabel": "Major", "labels": [{"key": "service", "label": "checkout"},
                                             {"key": "tags", "label": "eu"}],
    } | more  # fmt: skip


def test_grafana_irm_leaves_drills_out_and_asks_again_for_what_was_open(site):
    still = irm("2", status="active", incidentEnd="0001-01-01T00:00:00Z", closedTime="")
    rows = [irm("1"), still, irm("3", isDrill=True)]
    listing = f"{grafana_irm.API}.QueryIncidentPreviews"
    site.answers[listing] = {"incidentPreviews": rows, "cursor": {"hasMore": False}}
    landed = collect(grafana_irm.connect(**asked(site)))
    found = incidents(landed)
    assert set(found) == {"1", "2"}
    assert found["1"]["resolved_at"] == "2025-03-03T09:30:00Z"
    assert (found["1"]["services"], found["1"]["labels"]) == ("checkout", "service:checkout;eu")
    assert "resolved_at" not in found["2"]

    site.answers[listing]["incidentPreviews"] = rows[:1]
    site.answers[f"{grafana_irm.API}.GetIncident"] = {"incident": irm("2")}
    collect(grafana_irm.connect(**asked(site)), landed)
    assert incidents(landed)["2"]["resolved_at"] == "2025-03-03T09:30:00Z"


@pytest.mark.parametrize("module", [incident_io, servicenow, grafana_irm, statuspage])
def test_what_is_forbidden_says_what_the_token_needs(site, module):
    paths = ("/v2/incidents", "/api/now/table/incident", f"{grafana_irm.API}.QueryIncidentPreviews",
             "/v1/pages/p1/incidents")  # fmt: skip
    site.answers |= {path: Answer(403, {"message": "token-for-tests is weak"}) for path in paths}
    told = asked(site, **({"page": "p1"} if module is statuspage else {}))

    (failure,) = collect(module.connect(**told)).failures
    assert module.NEEDS in str(failure.error)
    assert "token-for-tests" not in str(failure.error)
    assert [one.level for one in module.connect(**told).access()] == ["mend"]

"""The settings of pagers and incident tools, and the connectors that they make."""

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from pipelines.configuration import Configuration
from pipelines.configuration.pagers import AnyPager
from pipelines.pagers import pager
from pipelines.project import Project

TOKEN = "token-for-tests"
KINDS = {
    "pagerduty": {"region": "eu"},
    "opsgenie": {"read": "incidents"},
    "jira": {"url": "https://acme.example.org", "user": "ann@example.com"},
    "incident_io": {},
    "statuspage": {"page": "p1"},
    "servicenow": {"url": "https://acme.example.org"},
    "grafana_irm": {"url": "https://grafana.example.org"},
}


def read(kind, **told):
    given = {"kind": kind, "token": TOKEN, **KINDS[kind], **told}
    return TypeAdapter(AnyPager).validate_python(given)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_a_connector_and_shows_no_token(kind, tmp_path):
    source = read(kind)

    made = pager(Project(Configuration(sources=[{"kind": "demo"}]), tmp_path), source)

    assert source.name == kind
    assert made.api.client.url == source.address
    assert made.api.scopes("incidents")
    assert TOKEN not in repr(source) + repr(made) + repr(source.rules)


def test_a_region_has_an_address_of_its_own():
    assert read("pagerduty").address == "https://api.eu.pagerduty.com"
    assert read("opsgenie").host == "api.opsgenie.com"


def test_names_and_filters_become_rules_in_the_order_of_the_file():
    source = read(
        "pagerduty",
        services={"PX1": "checkout", "web-*": "shop"},
        severities={"SEV*": "major"},
        leave_out={"labels": "drill"},
    )

    told = [(rule.does, rule.field, rule.kind, rule.place, rule.value) for rule in source.rules]
    assert told == [
        ("call", "service", None, 0, "checkout"),
        ("call", "service", None, 1, "shop"),
        ("call", "severity", None, 0, "major"),
        ("not", "label", None, 0, None),
        ("only", "urgency", None, 1, None),
        ("only", "name", "deployment", 0, None),
    ]
    urgency = source.rules[4].pattern
    assert re.search(urgency, "HIGH")
    assert not re.search(urgency, "low")


def test_low_urgency_counts_where_the_file_says_so():
    (rule,) = [one for one in read("pagerduty", urgencies=["high", "low"]).rules
               if one.field == "urgency"]  # fmt: skip
    assert re.search(rule.pattern, "low")


@pytest.mark.parametrize(
    ("kind", "told", "said"),
    [
        ("jira", {"jql": "project = OPS  ORDER  by key"}, "ORDER BY"),
        ("jira", {"url": "http://jira.example.org"}, "https://"),
        ("jira", {"fields": {"began": "x"}}, "began"),
        ("statuspage", {"page": None}, "both `token` and `page`"),
        ("statuspage", {"page": None, "token": None}, "address of the page"),
        ("pagerduty", {"region": "mars"}, "'us' or 'eu'"),
        ("pagerduty", {"ca": "nowhere.pem"}, "nowhere.pem"),
    ],
)
def test_what_is_wrong_is_said(kind, told, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        read(kind, **told)


def test_fields_of_jira_are_those_that_are_named():
    source = read("jira", fields={"started": "Outage began"})
    assert source.fields == {
        "started": "Outage began", "severity": "Severity", "urgency": "Urgency",
        "services": "Affected services",
    }  # fmt: skip

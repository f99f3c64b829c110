from pathlib import Path

import pytest

from pipelines.configuration import Configuration, ConfigurationError, dump, parse
from pipelines.configuration.credentials import TOKENS

HERE = Path("/somewhere/drumbeat.yaml")
SECRET = "made-up-very-secret"
URL = "url: https://acme.example.org"
SOURCES = {
    "pagerduty": "kind: pagerduty, token: VALUE",
    "jira": f"kind: jira, {URL}, user: someone, token: VALUE",
    "opsgenie": "kind: opsgenie, token: VALUE",
    "incident_io": "kind: incident_io, token: VALUE",
    "statuspage": "kind: statuspage, page: p1, token: VALUE",
    "servicenow": f"kind: servicenow, {URL}, user: someone, token: VALUE",
    "grafana_irm": f"kind: grafana_irm, {URL}, token: VALUE",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("TOKEN", SECRET)


def read(source: str) -> Configuration:
    return parse(f"sources: [{{{source}}}]\n", HERE)


def complaints(source: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(source)
    return str(caught.value)


def test_every_kind_is_looked_at():
    others = {"github", "gitlab", "unleash", "launchdarkly", "flagsmith"}
    assert set(SOURCES) == set(TOKENS) - others


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("value", [SECRET, f"'x${{TOKEN}}{SECRET}'", f"'{SECRET} and more'"])
def test_a_token_written_out_is_refused_and_not_repeated(kind, value):
    said = complaints(SOURCES[kind].replace("VALUE", value))

    assert "sources[0].token: is written out, must name an environment variable: " in said
    assert f"${{{TOKENS[kind]}}}; set {TOKENS[kind]}, and make a new one" in said
    assert SECRET not in said


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_shown_or_dumped_never_has_the_token(kind):
    found = read(SOURCES[kind].replace("VALUE", "'${TOKEN}'"))

    for shown in (repr(found), str(found), repr(found.sources[0]), dump(found)):
        assert SECRET not in shown
    assert "token: ${TOKEN}" in dump(found)
    assert parse(dump(found), HERE) == found


def test_a_webhook_secret_written_out_is_refused_and_not_repeated():
    source = f"kind: pagerduty, token: '${{TOKEN}}', webhook_secrets: [{SECRET}]"
    said = complaints(source)

    assert "sources[0].webhook_secrets[0]: is written out, must name an environment" in said
    assert "${PAGERDUTY_WEBHOOK_SECRET}" in said
    assert SECRET not in said


@pytest.mark.parametrize("kind", sorted(set(SOURCES) - {"statuspage"}))
def test_a_token_that_is_missing_is_asked_for(kind):
    said = complaints(SOURCES[kind].replace(", token: VALUE", ""))

    assert said.endswith("sources[0].token: is missing, must be text")


def test_a_public_status_page_needs_no_token():
    (found,) = read(f"kind: statuspage, {URL}").sources

    assert found.host == "acme.example.org"


def test_names_that_the_environment_gives_are_not_shown_either():
    found = read("kind: pagerduty, token: '${TOKEN}', services: {PX1: '${TOKEN}'}")

    assert SECRET not in repr(found)
    assert SECRET not in dump(found)


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("services: [shop]", "services: is a list, must be a mapping of names to texts"),
        ("priorities: {P1: 1}", "priorities.P1: is 1, must be text: put it in quotes, '1'"),
        ("severities: {'!P1': high}", "severities.!P1: has this key, which must not start with"),
        ("leave_out: {label: drill}", "leave_out.label: is not a known key; did you mean 'labels'"),
        ("url: 'http://localhost'", "url: is 'http://localhost', must begin with https://: Pager"),
        ("region: asia", "region: is 'asia', must be one of us, eu"),
        ("reserve: 1", "reserve: is 1, must be a number from 0 to below 1"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(setting, complaint):
    said = complaints(f"kind: pagerduty, token: '${{TOKEN}}', {setting}")

    assert f"sources[0].{complaint}" in said


SERVICES = """
services:
- {name: checkout, aliases: [till]}
- {name: shop, incidents: {services: [Web*]}}
"""


@pytest.mark.parametrize("word", ["checkout", "till", "Website"])
def test_a_service_may_be_called_by_its_name_an_alias_or_what_one_claims(word):
    source = SOURCES["pagerduty"].replace("VALUE", "'${TOKEN}'")
    text = f"sources: [{{{source}, services: {{PX1: {word}}}}}]\n{SERVICES}"

    assert parse(text, HERE).sources[0].services == {"PX1": word}


def test_a_slip_in_what_a_service_is_called_is_refused_with_its_place():
    source = SOURCES["pagerduty"].replace("VALUE", "'${TOKEN}'")
    text = f"sources: [{{{source}, services: {{PX1: chekout}}}}]\n{SERVICES}"

    with pytest.raises(ConfigurationError) as caught:
        parse(text, HERE)
    said = "sources[0].services.PX1: is 'chekout', must be the name or an alias of a service"
    assert said in str(caught.value)


def test_without_services_the_data_names_them_and_nothing_is_refused():
    source = SOURCES["pagerduty"].replace("VALUE", "'${TOKEN}'")

    assert read(f"{source}, services: {{PX1: chekout}}").sources[0].services == {"PX1": "chekout"}

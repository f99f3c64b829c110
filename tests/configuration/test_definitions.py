"""Rules of one service over those of the organisation, teams, and when people work."""

import pytest

from pipelines.configuration import ConfigurationError, dump, parse
from pipelines.settings import DEFINED_BY, Run, rows
from tests.support import at

SOURCES = "sources: [{kind: files, path: tables}]\n"
RUN = Run(at("2026-03-20 12:00"), at("2026-03-20 12:00"))


def told(text, tmp_path):
    return parse(SOURCES + text, tmp_path / "drumbeat.yaml")


def refused(text, tmp_path):
    with pytest.raises(ConfigurationError) as raised:
        told(text, tmp_path)
    return str(raised.value)


def test_a_service_without_rules_of_its_own_has_no_row(tmp_path):
    found = rows(told("services: [{name: web}]", tmp_path), RUN)

    assert [row[0] for row in found["rules"]] == [""]
    assert {(row[0], row[1]) for row in found["definitions"]} == {(name, "") for name in DEFINED_BY}


def test_what_a_service_leaves_out_is_as_in_the_organisation(tmp_path):
    text = (
        "definitions: {lookback_days: 60, regions: each}\n"
        "services: [{name: web, definitions: {regions: once}}]"
    )
    configuration = told(text, tmp_path)
    own = configuration.services[0].definitions.over(configuration.definitions)

    assert (own.lookback_days, own.regions) == (60, "once")
    assert [row[0] for row in rows(configuration, RUN)["rules"]] == ["", "web"]


def test_rules_of_a_service_survive_being_written_and_read_again(tmp_path):
    text = "definitions: {lookback_days: 60}\nservices: [{name: web, definitions: {regions: each}}]"
    once = told(text, tmp_path)
    again = parse(dump(once), tmp_path / "drumbeat.yaml")

    assert rows(again, RUN)["rules"] == rows(once, RUN)["rules"]


def test_a_definition_of_a_metric_changes_with_its_own_settings_alone(tmp_path):
    text = "services: [{name: web, definitions: {lead_time_from: merged}}]"
    found = {(row[0], row[1]): row[2] for row in rows(told(text, tmp_path), RUN)["definitions"]}

    changed = [metric for metric in DEFINED_BY if found[metric, ""] != found[metric, "web"]]

    assert changed == ["change_lead_time"]


def test_a_team_with_members_is_the_team_of_a_service(tmp_path):
    text = "services: [{name: web, team: shop}]\nteams: [{name: pay, members: [ada]}]"

    assert "teams[0].name: is 'pay', must be the team of a service: shop" in refused(text, tmp_path)


@pytest.mark.parametrize("blamed", ["web", "nobody"])
def test_incidents_blame_another_service_that_there_is(tmp_path, blamed):
    text = f"services: [{{name: web, incidents: {{blames: [{blamed}]}}}}, {{name: pay}}]"

    assert f"is '{blamed}', must be the name of another service" in refused(text, tmp_path)


@pytest.mark.parametrize("hours", ["17:00-09:00", "9-17", "09:00-24:01", "09:00-09:00", "nine"])
def test_hours_of_work_are_two_times_of_one_day(tmp_path, hours):
    text = f"calendar: {{working_hours: '{hours}'}}"

    assert "must be two times of one day such as 09:00-17:00" in refused(text, tmp_path)

"""Which rules are in force, which ids they make, and what changed when."""

import json

import pytest

from pipelines import defining, ledger_definitions, refreshing
from pipelines.settings import DEFINED_BY, Run
from tests import support
from tests.support import at

SILENT = support.Silent(is_terminal=False)
FIRST, SECOND, THIRD = at("2026-11-16 10:00"), at("2026-11-23 23:30"), at("2026-11-30 10:00")


def noted(folder, as_of, **settings):
    """Begin a run by the settings; return the project."""
    project = support.project(folder, **settings)
    ledger_definitions.note(project, Run(as_of, as_of), as_of)
    return project


def changes(project):
    return [
        (change.metric, change.service, dict(change.settings))
        for change in defining.defined(project).changes
    ]


def test_a_first_run_writes_every_metrics_definition(tmp_path):
    project = noted(tmp_path, FIRST)

    assert sorted(metric for metric, _, _ in changes(project)) == sorted(DEFINED_BY)
    assert "From 2026-11-16 change_fail_rate@" in defining.defined(project).as_text()
    assert not defining.is_awaited(project)


def test_a_run_by_the_same_rules_writes_nothing(tmp_path):
    files = noted(tmp_path, FIRST).landing.files()
    again = noted(tmp_path, SECOND, bots=["robot"], organisation="Other")

    assert again.landing.files() == files


def test_a_changed_rule_is_written_for_the_metrics_that_hang_on_it_and_for_no_other(tmp_path):
    noted(tmp_path, FIRST)
    project = noted(tmp_path, SECOND, definitions={"lead_time_from": "opened"})

    assert changes(project)[:1] == [
        ("change_lead_time", "", {"lead_time_from": ("first_commit", "opened")})
    ]
    assert len(changes(project)) == 1 + len(DEFINED_BY)


def test_what_changed_is_said_with_the_day_both_ids_and_the_setting(tmp_path):
    zone = {"calendar": {"time_zone": "Europe/Berlin"}}
    noted(tmp_path, FIRST, **zone)
    wanted = {"definitions": {"attribution_window_hours": 48}}
    found = defining.defined(noted(tmp_path, SECOND, **zone, **wanted))

    ids = {metric: name for metric, _, name in found.definitions}
    first = {change.metric: change.definition for change in found.changes[3:]}
    # Half past eleven in the evening in UTC is the next day in Berlin.
    assert (
        f"From 2026-11-24 {ids['change_fail_rate']} in place of {first['change_fail_rate']}: "
        "attribution_window_hours 72 -> 48. All weeks are counted anew."
    ) in found.as_text().splitlines()


def test_a_setting_changed_back_is_two_changes(tmp_path):
    noted(tmp_path, FIRST)
    noted(tmp_path, SECOND, definitions={"clock": "working"})
    project = noted(tmp_path, THIRD)

    assert [settings for _, _, settings in changes(project)[:2]] == [
        {"clock": ("working", "calendar")},
        {"clock": ("calendar", "working")},
    ]


def test_a_services_own_rules_come_in_place_of_the_organisations_and_go_again(tmp_path):
    own = {"name": "till", "definitions": {"regions": "each"}}
    noted(tmp_path, FIRST, services=[{"name": "till"}])
    with_own = noted(tmp_path, SECOND, services=[own])
    told = [change for change in changes(with_own) if change[1]]
    assert {metric for metric, _, _ in told} == {*DEFINED_BY} - {"change_lead_time"}
    assert {service for _, service, _ in told} == {"till"}
    assert all(settings == {"regions": ("once", "each")} for _, _, settings in told)
    assert " for till " in defining.defined(with_own).as_text()

    without = noted(tmp_path, THIRD, services=[{"name": "till"}])
    latest = [one for one in changes(without) if one[2] == {"regions": ("each", "once")}]
    assert {metric for metric, _, _ in latest} == {metric for metric, _, _ in told}
    ids = defining.defined(without).definitions
    assert [service for _, service, _ in ids if service] == []


def test_a_services_rules_do_not_change_with_the_organisations(tmp_path):
    services = [{"name": "till", "definitions": {"attribution_window_hours": 24}}]
    noted(tmp_path, FIRST, services=services)
    wanted = {"attribution_window_hours": 48}
    project = noted(tmp_path, SECOND, services=services, definitions=wanted)

    latest = changes(project)[:3]
    assert {service for _, service, _ in latest} == {""}
    assert len(changes(project)) == 3 + 3 + len(DEFINED_BY)


def test_a_run_that_looks_back_to_what_was_known_changes_nothing_for_the_next_one(tmp_path):
    noted(tmp_path, FIRST)
    project = support.project(tmp_path, definitions={"clock": "working"})
    run = Run(SECOND, SECOND, has_known_at=True)

    assert ledger_definitions.note(project, run, SECOND) == 0
    assert defining.is_awaited(project)


def test_a_run_as_of_an_earlier_day_is_by_its_rules_from_the_day_on_which_it_was_made(tmp_path):
    noted(tmp_path, FIRST)
    project = support.project(tmp_path, definitions={"clock": "working"})

    ledger_definitions.note(project, Run(FIRST, THIRD, has_as_of=True), THIRD)

    assert defining.defined(project).changes[0].since == THIRD


def test_every_rule_is_told_with_its_value_and_whether_it_is_set(tmp_path):
    project = support.project(
        tmp_path,
        definitions={"regions": "each", "hotfix_labels": ["urgent", "hot"], "minimum_count": 10},
        services=[{"name": "till", "definitions": {"regions": "each", "clock": "working"}}],
    )
    found = defining.defined(project)
    rules = {(rule.rule, rule.service): rule for rule in found.rules}

    assert {rule for rule, service in rules if not service} == {
        *type(project.configuration.definitions).model_fields
    }
    assert [rule for rule, service in rules if service] == ["clock"]
    assert rules["regions", ""].is_set
    assert not rules["minimum_count", ""].is_set
    lines = [line.split() for line in found.as_text().splitlines()]
    assert ["regions", "organisation", "each", "set,", "default", "once"] in lines
    assert ["clock", "till", "working", "set,", "default", "calendar"] in lines
    assert ["minimum_count", "organisation", "10", "default"] in lines
    assert ["hotfix_labels", "organisation", "urgent;", "hot", "set,", "default", "hotfix"] in lines
    assert "Nothing was counted yet" in found.as_text()


def test_json_says_all_of_it(tmp_path):
    noted(tmp_path, FIRST)
    project = noted(tmp_path, SECOND, definitions={"minimum_confidence": 0.5})
    found = json.loads(json.dumps(defining.defined(project).as_json()))

    assert {"rule": "minimum_confidence", "service": "", "value": 0.5, "default": 0.25,
            "is_set": True} in found["rules"]  # fmt: skip
    assert {row["metric"] for row in found["definitions"]} == {*DEFINED_BY}
    change = found["changes"][0]
    assert change["settings"] == {"minimum_confidence": [0.25, 0.5]}
    assert change["since"] == "2026-11-23T23:30:00+00:00"
    assert change["definition"] != change["replaced"]


@pytest.mark.slow
def test_a_rebuild_by_other_rules_keeps_the_configuration_and_reaches_the_facts(tmp_path):
    support.write(tmp_path / "files")
    support.refresh(support.project(tmp_path), FIRST)
    project = support.project(tmp_path, definitions={"clock": "working"})

    refreshing.rebuild(project, Run(SECOND, SECOND), SILENT)

    assert "clock: working" in (project.data_dir / "drumbeat.yaml").read_text()
    with support.published(project) as con:
        rows = support.rows(
            con,
            "select metric, replaced is not null, since_at from facts.definition_changes "
            "where entry = 2",
        )
        assert rows == [("change_lead_time", True, SECOND)]

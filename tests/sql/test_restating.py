"""How a number that moved is said."""

from datetime import date

import pytest

from sql import restating, words

ROW = {
    "metric": "change_fail_rate", "scope": "organisation", "name": "organisation",
    "week_on": date(2026, 11, 9), "unit": "rate", "then_value": 0.08, "then_at_least": None,
    "then_n": 12, "then_definition": "a", "now_value": 0.11, "now_at_least": None, "now_n": 12,
    "now_definition": "a", "movement": 0.03, "late_part": 0.03, "override_part": 0.0,
    "definition_part": 0.0, "later_incident_count": 2, "unlinked_incident_count": 0,
    "is_late": True, "is_overruled": False, "has_moved": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "two incidents linked later"),
        ({"later_incident_count": 1}, "one incident linked later"),
        (
            {"unlinked_incident_count": 1},
            "two incidents linked later and one incident no longer linked",
        ),
        ({"later_incident_count": 0}, "by what became known later"),
        ({"later_incident_count": 0, "now_n": 15}, "three deployments known later"),
        ({"later_incident_count": 0, "now_n": 11}, "one deployment fewer than told"),
        (
            {"metric": "change_lead_time", "later_incident_count": 0, "now_n": 13},
            "one change known later",
        ),
        ({"is_late": False, "is_overruled": True}, "by people's decisions"),
        ({"is_overruled": True}, "two incidents linked later and by people's decisions"),
        ({"now_definition": "b"}, "by other rules"),
        ({"movement": None, "now_definition": None}, "no longer told"),
        ({"movement": None, "late_part": None, "now_definition": "b"}, "by other rules"),
    ],
)
def test_why_a_number_moved(more, why):
    assert restating.why({**ROW, **more}) == why


def test_on_plain_git_a_deployment_is_a_release():
    row = {**ROW, "metric": "recovery_time", "later_incident_count": 0, "now_n": 14}
    assert restating.why(row, is_git_only=True) == "two failed releases known later"


def test_a_week_is_one_sentence_with_what_it_is_now_in_bold():
    lead = {**ROW, "metric": "change_lead_time", "unit": "hours", "then_value": 20.0,
            "now_value": 30.0, "now_n": 13, "later_incident_count": 0}  # fmt: skip
    (said,) = restating.sentences([ROW, lead], 3)

    assert words.text(said) == (
        "Week 46: change fail rate 8.0 % is now 11 %, two incidents linked later; "
        "change lead time 20 h is now 30 h, one change known later."
    )
    assert [part.text for part in said if part.role] == ["11 %", "30 h"]


def test_only_so_many_weeks_are_said_the_latest_first():
    weeks = [{**ROW, "week_on": date(2026, 11, day)} for day in (2, 9, 16)]

    said = [words.text(one)[:8] for one in restating.sentences(weeks, 2)]
    assert said == ["Week 47:", "Week 46:"]


@pytest.mark.parametrize(
    ("number", "at_least", "unit", "said"),
    [
        (None, None, "rate", "none"),
        (None, 72.0, "hours", "more than 3.0 days"),
        (12.0, None, "per week", "12 a week"),
        (0.5, None, "hours", "30 min"),
    ],
)
def test_a_number_is_said_in_its_unit(number, at_least, unit, said):
    assert restating.value(number, at_least, unit) == said


def test_what_reads_the_same_is_not_said():
    assert restating.differs(ROW)
    assert not restating.differs({**ROW, "has_moved": False})
    hours = {**ROW, "unit": "hours", "then_value": 20.1, "now_value": 20.3}
    assert not restating.differs(hours)

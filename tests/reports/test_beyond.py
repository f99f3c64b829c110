"""What changed beyond chance is said with its numbers, and what did not is said too."""

from datetime import UTC, date, datetime

import pytest

from pipelines.reports import beyond
from pipelines.reports.reading import WHOLE, Edition, Scope
from sql.runs import Run
from sql.words import text

RUN = Run(datetime(2026, 11, 23, 10, tzinfo=UTC), "UTC", False, False, "Acme")


def edition(scope=WHOLE, week=date(2026, 11, 16)):
    return Edition(None, RUN, week, scope)


def row(metric, verdict, scope="organisation", name="organisation", **other):
    return {
        "metric": metric,
        "scope": scope,
        "name": name,
        "week_count": 13,
        "verdict": verdict,
        "p": 0.001,
        "recent_count": 86,
        "before_count": 400,
        "recent_value": 0.27,
        "before_value": 0.08,
        **other,
    }


def said(*rows, scope=WHOLE):
    table = beyond.table(edition(scope), rows, "then")
    return [text(cells[1].sentence) for cells in table.rows], table.after


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            row("change_fail_rate", "worse", "service", "web-shop"),
            "Web-shop fails more often: 27 % of the 86 deployments of 13 weeks, 8.0 % in the six"
            " months before.",
        ),
        (
            row("change_lead_time", "better", recent_value=20.0, before_value=60.0, week_count=4),
            "Acme delivers sooner: 20 h in the last 4 weeks (86 deployments), 2.5 days in the six"
            " months before.",
        ),
        (
            row("recovery_time", "worse", recent_value=None, before_value=1.0, recent_count=9),
            "Acme takes longer to recover: not half of them over yet in the last 13 weeks"
            " (9 failures), 1.0 h in the six months before.",
        ),
    ],
)
def test_a_change_is_said_with_both_numbers_and_what_they_stand_on(found, words):
    assert said(found)[0] == [words]


def test_what_did_not_change_and_what_is_too_few_to_tell_stand_below():
    same = row("change_lead_time", "no change beyond chance")
    worse = row("change_fail_rate", "worse")
    other_span = row("change_fail_rate", "no change beyond chance", week_count=4)
    few = row("recovery_time", "too few to tell")
    new = row("change_lead_time", "too few to tell", "service", "loyalty")

    _, after = said(same, worse, other_span, few, new)

    assert after == (
        "Change lead time: no change beyond chance. Recovery time: too few to tell."
        " Loyalty: too few to tell."
    )


def test_many_services_that_are_too_few_are_counted():
    found = [
        row("change_lead_time", "too few to tell", "service", f"s{place}") for place in range(9)
    ]

    assert said(*found)[1] == "S0, s1, s2, s3, s4 and 4 more services: too few to tell."


def test_a_services_report_tells_of_itself_alone():
    own = row("change_lead_time", "no change beyond chance", "service", "shop")

    _, after = said(own, scope=Scope("service", "shop"))

    assert after == "Change lead time: no change beyond chance."


def test_where_nothing_is_known_the_section_says_so():
    assert said() == ([], "Too little has been deployed to tell.")


def test_an_earlier_week_says_how_to_have_it():
    table = beyond.table(edition(week=date(2026, 10, 5)), [], "Run it again.")

    assert (table.caption, table.rows) == ("Run it again.", ())

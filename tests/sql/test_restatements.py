"""What was told against what is: the parts of a movement, and the age at which weeks hold."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sql

WEEK = date(2026, 11, 9)
MONDAY = date(2026, 11, 23)
TOLD = (
    "delivery bigint, edition_on date, is_first boolean, metric text, scope text, name text, "
    "week_on date, age_weeks bigint, value double, unit text, n bigint, numerator bigint, "
    "by_rule_value double, at_least double, definition text, incidents text, as_of timestamptz, "
    "delivered_at timestamptz"
)
VALUES = (
    "metric text, scope text, name text, week_on date, is_finished boolean, value double, "
    "unit text, n bigint, numerator bigint, by_rule_value double, at_least double, "
    "definition text, incidents text"
)
RATES = st.none() | st.floats(0, 1)
HOURS = st.none() | st.floats(0, 100_000)
EVENTS = st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'")
        for schema in ("facts", "marts"):
            opened.execute(f"create schema {schema}")
        opened.execute(f"create table facts.delivered_rows ({TOLD})")
        opened.execute(f"create table marts.weekly_values ({VALUES})")
        opened.execute("create table facts.scope_definitions (metric text, scope text, name text)")
        opened.execute("insert into facts.scope_definitions values ('m', 'service', 'shop')")
        opened.execute("create table facts.today as select date '2026-11-23' as today")
        yield opened


@pytest.fixture(autouse=True)
def empty(con):
    for table in ("facts.delivered_rows", "marts.weekly_values"):
        con.execute(f"delete from {table}")


def put(con, table, **row):
    names = ", ".join(row)
    marks = ", ".join(f"${name}" for name in row)
    con.execute(f"insert into {table} ({names}) values ({marks})", row)


def delivered(con, value, *, week=WEEK, age=0, unit="rate", **more):
    put(
        con,
        "facts.delivered_rows",
        **{
            "delivery": age + 1, "edition_on": week + timedelta(weeks=age), "is_first": True,
            "metric": "m", "scope": "service", "name": "shop", "week_on": week, "age_weeks": age,
            "value": value, "unit": unit, "n": 10, "by_rule_value": value, "definition": "m@1",
            "incidents": "", **more,
        },
    )  # fmt: skip


def is_now(con, value, *, week=WEEK, unit="rate", **more):
    put(
        con,
        "marts.weekly_values",
        **{
            "metric": "m", "scope": "service", "name": "shop", "week_on": week,
            "is_finished": True, "value": value, "unit": unit, "n": 10, "by_rule_value": value,
            "definition": "m@1", "incidents": "", **more,
        },
    )  # fmt: skip


def restated(con):
    con.execute(
        "create or replace table marts.relinked_incidents as "
        f"{sql.model('marts.relinked_incidents').text}"
    )
    found = con.sql(sql.model("marts.restatements").text).pl().to_dicts()
    assert len(found) <= 1
    return found[0] if found else {}


def parts(row):
    return [
        None if row[name] is None else float(row[name])
        for name in ("movement", "late_part", "override_part", "definition_part")
    ]


def test_without_a_delivery_nothing_is_restated(con):
    is_now(con, 0.5)
    assert restated(con) == {}


def test_what_became_known_later_is_late_data(con):
    delivered(con, 0.08)
    is_now(con, 0.11)
    assert parts(restated(con)) == [0.03, 0.03, 0.0, 0.0]


def test_what_people_decided_since_is_an_override(con):
    delivered(con, 0.08)
    is_now(con, 0.11, by_rule_value=0.08)
    assert parts(restated(con)) == [0.03, 0.0, 0.03, 0.0]


def test_what_people_had_decided_by_then_is_no_movement(con):
    delivered(con, 0.11, by_rule_value=0.08)
    is_now(con, 0.11, by_rule_value=0.08)
    assert parts(restated(con)) == [0.0, 0.0, 0.0, 0.0]


def test_a_decision_that_is_taken_back_is_an_override(con):
    delivered(con, 0.11, by_rule_value=0.08)
    is_now(con, 0.08)
    assert parts(restated(con)) == [-0.03, 0.0, -0.03, 0.0]


def test_under_another_definition_the_rest_is_that(con):
    delivered(con, 0.08)
    is_now(con, 0.14, by_rule_value=0.12, definition="m@2")
    assert parts(restated(con)) == [0.06, 0.0, 0.02, 0.04]


def test_what_had_no_value_then_moves_without_parts(con):
    delivered(con, None)
    is_now(con, 0.5)
    row = restated(con)
    assert parts(row) == [None, None, None, None]
    assert row["has_moved"]


@pytest.mark.parametrize(
    ("then", "then_by_rule", "now", "now_by_rule", "is_late", "is_overruled"),
    [
        (None, None, 5, 5, True, False),
        (None, None, 5, None, False, True),
        (5, None, None, None, False, True),
        (None, 5, None, None, True, True),
        (4, 4, 5, None, False, True),
        (4, 4, 5, 4, False, True),
        (4, 4, 5, 5, True, False),
        (4, 4, 6, 5, True, True),
        (4, None, 5, None, True, False),
    ],
)
def test_why_a_number_is_there_on_one_side_only(
    con, then, then_by_rule, now, now_by_rule, is_late, is_overruled
):
    delivered(con, then, unit="hours", by_rule_value=then_by_rule)
    is_now(con, now, unit="hours", by_rule_value=now_by_rule)
    row = restated(con)
    assert (row["is_late"], row["is_overruled"]) == (is_late, is_overruled)


def test_what_has_no_value_then_and_now_has_not_moved(con):
    delivered(con, None, at_least=3.0)
    is_now(con, None, at_least=30.0)
    assert restated(con)["has_moved"] is False


def test_what_is_told_no_more_has_moved(con):
    delivered(con, 0.08)
    row = restated(con)
    assert (row["now_value"], row["now_definition"], row["has_moved"]) == (None, None, True)


@pytest.mark.parametrize(
    ("unit", "then", "now", "has_moved"),
    [
        ("rate", 0.08, 0.09, True),
        ("rate", 0.08, 0.0899, False),
        ("rate", 0.09, 0.08, True),
        ("hours", 100.0, 101.0, True),
        ("hours", 100.0, 100.9, False),
        ("hours", 0.0, 0.0, False),
        ("hours", 0.0, 0.1, True),
        ("per week", 12.0, 13.0, True),
        ("per week", 200.0, 201.0, False),
    ],
)
def test_a_point_is_a_hundredth_of_a_rate_and_of_what_anything_else_was(
    con, unit, then, now, has_moved
):
    delivered(con, then, unit=unit)
    is_now(con, now, unit=unit)
    assert restated(con)["has_moved"] is has_moved


def test_only_the_first_delivery_of_the_weeks_own_edition_is_then(con):
    delivered(con, 0.08)
    delivered(con, 0.5, is_first=False, delivery=7)
    delivered(con, 0.6, age=1)
    is_now(con, 0.6)
    assert float(restated(con)["then_value"]) == 0.08


def test_incidents_linked_later_and_those_linked_no_more_are_counted_apart(con):
    delivered(con, 0.2, incidents="a;b")
    is_now(con, 0.3, incidents="b;c;d")
    row = restated(con)
    assert (row["later_incident_count"], row["unlinked_incident_count"]) == (2, 1)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_parts_add_up_to_the_movement_exactly_and_incidents_to_their_sets(con, data):
    unit = data.draw(st.sampled_from(["rate", "hours"]))
    numbers = RATES if unit == "rate" else HOURS
    then, now, then_rule, now_rule = (data.draw(numbers) for _ in range(4))
    before, after = data.draw(EVENTS), data.draw(EVENTS)
    definition = data.draw(st.sampled_from(["m@1", "m@2"]))
    for table in ("facts.delivered_rows", "marts.weekly_values"):
        con.execute(f"delete from {table}")
    delivered(con, then, unit=unit, by_rule_value=then_rule, incidents=";".join(before))
    more = {"incidents": ";".join(after), "definition": definition}
    is_now(con, now, unit=unit, by_rule_value=now_rule, **more)

    row = restated(con)

    if then is None or now is None:
        assert parts(row) == [None] * 4
    else:
        whole = row["late_part"] + row["override_part"] + row["definition_part"]
        assert whole == row["movement"] == row["now_value"] - row["then_value"]
        assert float(row["movement"]) == pytest.approx(now - then, abs=1e-8)
        assert 0 in (row["late_part"], row["definition_part"])
    assert row["later_incident_count"] == len({*after} - {*before})
    assert row["unlinked_incident_count"] == len({*before} - {*after})


def settled(con):
    (row,) = con.sql(sql.model("marts.settled_ages").text).pl().to_dicts()
    return row["week_count"], row["settled_age_weeks"], row["why"]


def followed(con, weeks, courses, *, ages=12, **more):
    """Tell weeks that are all old enough, each by its course of values, the last one for now."""
    for number in range(weeks):
        week = MONDAY - timedelta(weeks=12 + number)
        course = courses[number % len(courses)]
        for age in range(ages):
            delivered(con, course[min(age, len(course) - 1)], week=week, age=age)
        is_now(con, course[-1], week=week, **more)


def test_weeks_that_never_move_hold_from_their_own_report_on(con):
    followed(con, 8, [[0.1]])
    assert settled(con) == (8, 0, None)


def test_the_age_is_the_first_from_which_on_weeks_hold(con):
    followed(con, 8, [[0.1, 0.2, 0.3]])
    assert settled(con) == (8, 2, None)


def test_less_than_a_point_is_no_movement(con):
    followed(con, 8, [[0.1, 0.109]])
    assert settled(con) == (8, 0, None)


def test_one_week_in_twenty_may_move_later(con):
    followed(con, 20, [[0.1, 0.2], *[[0.1]] * 19])
    assert settled(con) == (20, 0, None)


def test_one_week_in_nineteen_may_not(con):
    followed(con, 19, [[0.1, 0.2], *[[0.1]] * 18])
    assert settled(con) == (19, 1, None)


def test_seven_weeks_are_too_little_history(con):
    followed(con, 7, [[0.1]])
    assert settled(con) == (
        7, None, "too little history: 7 of 8 weeks that were told for 12 weeks",
    )  # fmt: skip


def test_without_any_report_there_is_no_history(con):
    assert settled(con)[:2] == (0, None)


def test_a_week_that_is_not_old_enough_does_not_count(con):
    followed(con, 7, [[0.1]])
    week = MONDAY - timedelta(weeks=11)
    delivered(con, 0.1, week=week)
    is_now(con, 0.1, week=week)
    assert settled(con)[0] == 7


def test_what_still_moves_in_the_end_has_no_settled_age(con):
    followed(con, 8, [[0.1] * 12 + [0.9]])
    assert settled(con) == (8, None, "still moves after 11 weeks")


def test_what_was_told_under_other_rules_does_not_count(con):
    followed(con, 8, [[0.1, 0.5]], definition="m@2")
    assert settled(con)[:2] == (0, None)


def test_a_week_without_a_value_then_and_now_does_not_count(con):
    followed(con, 8, [[None]])
    assert settled(con)[0] == 0


def test_a_value_that_came_or_went_is_a_movement(con):
    followed(con, 8, [[None, 0.1]])
    assert settled(con) == (8, 1, None)


def test_an_age_that_no_report_told_is_not_judged(con):
    for number in range(8):
        week = MONDAY - timedelta(weeks=12 + number)
        delivered(con, 0.1, week=week, age=3)
        is_now(con, 0.1, week=week)
    assert settled(con) == (8, 3, None)

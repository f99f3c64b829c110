"""The calendar of working hours, day by day."""

from datetime import date
from itertools import pairwise

import holidays
import pytest

from pipelines.configuration import Calendar
from pipelines.configuration.values import COUNTRIES
from pipelines.working_days import working_days


def seconds(calendar, *days):
    """Return the working seconds of each day."""
    found = {row["day"]: row for row in working_days(calendar, 2027).to_dicts()}
    return [found[day]["until_s"] - found[day]["from_s"] for day in days]


def test_weekends_and_public_holidays_are_off():
    calendar = Calendar(country="DE", time_zone="Europe/Berlin")

    found = seconds(calendar, date(2026, 10, 2), date(2026, 10, 3), date(2026, 12, 25))

    assert found == [8 * 3600, 0, 0]
    assert seconds(Calendar(), date(2026, 12, 25)) == [8 * 3600]


def test_the_clock_is_that_of_the_wall_when_it_is_put_forward():
    calendar = Calendar(
        time_zone="Europe/Berlin", working_days=["sun"], working_hours="00:00-24:00"
    )

    found = seconds(calendar, date(2026, 3, 22), date(2026, 3, 29), date(2026, 10, 25))

    assert found == [24 * 3600, 23 * 3600, 25 * 3600]


def test_what_was_worked_before_a_day_is_the_sum_of_all_days_before_it():
    found = working_days(Calendar(country="US"), 1999).to_dicts()

    assert found[0]["worked_before"] == 0
    for one, after in pairwise(found):
        worked = one["until_s"] - one["from_s"]
        assert after["worked_before"] == one["worked_before"] + worked


def test_every_country_of_the_configuration_has_holidays_or_is_told_to_have_none():
    unknown = COUNTRIES - holidays.list_supported_countries(include_aliases=False).keys()

    assert not unknown


def test_a_country_whose_holidays_are_known_for_fewer_years_is_no_warning():
    assert seconds(Calendar(country="IN"), date(2026, 1, 26), date(2026, 1, 27)) == [0, 8 * 3600]


@pytest.mark.parametrize("country", ["de", "DE"])
def test_a_country_is_known_in_any_case(country):
    assert seconds(Calendar(country=country), date(2026, 10, 3)) == [0]

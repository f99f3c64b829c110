"""Past alarms as spells: where they begin and end, and the worst that was said."""

from datetime import date

import numpy as np

from pipelines.analysis.alarms import SHOWN_DAYS, spells
from pipelines.analysis.rhythm import ALARMS, replay
from pipelines.analysis.service_days import AHEAD, ServiceDays, Terms

TERMS = Terms(date(2026, 3, 1), (0, 1, 2, 3, 4), 5.0)


def service(*silences, length=600):
    """Return a service that deploys on each weekday but in silences, pairs of day numbers."""
    days = np.datetime64("2024-01-01") + np.arange(length + AHEAD)
    counts = np.array([1 if day % 7 < 5 else 0 for day in range(length)])
    for begin, end in silences:
        counts[begin:end] = 0
    no = np.zeros(length + AHEAD, dtype=bool)
    return ServiceDays("web", counts, days, no, no, is_frozen=False)


def test_a_steady_service_has_no_spell():
    assert list(spells(service(), TERMS)) == []


def test_a_spell_lasts_from_its_first_day_to_the_first_that_is_none():
    one = service((300, 320), (585, 600))
    found = list(spells(one, TERMS))
    state = replay(one.counts, one.days[:600], one.holiday[:600], one.freeze[:600], threshold=5.0)[
        "state"
    ]
    on = {str(one.days[day]) for day in range(600) if state[day] in ALARMS}
    told = {
        str(day)
        for _, began, ended, _, _ in found
        for day in np.arange(began, ended or "2025-08-23", dtype="datetime64[D]")
    }

    assert told == on
    assert [row[3] for row in found][-1] == "stalled"
    assert found[-1][2] is None
    assert found[0][2] is not None
    assert all(row[4] >= 5 for row in found)


def test_what_began_more_than_two_years_ago_is_left_out():
    long_ago = service((300, 320), length=320 + SHOWN_DAYS)

    assert list(spells(long_ago, TERMS)) == []

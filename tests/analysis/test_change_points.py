"""Change points of weekly series: which weeks count, and what is said of the two levels."""

from datetime import date, timedelta

import duckdb
import polars as pl
import pytest

from pipelines.analysis.change_points import WEEKS, analyse

START = date(2024, 1, 1)


def found(*levels, metric="change_lead_time", **other):
    """Return the changes of one series; ``levels`` are values, a week each."""
    rows = [
        {
            "metric": metric,
            "scope": "service",
            "name": "shop",
            "period": "week",
            "starts_on": START + timedelta(weeks=week),
            "is_finished": True,
            "value": level,
            "n": 3,
            **other,
        }
        for week, level in enumerate(levels)
    ]
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.register("told", pl.DataFrame(rows, infer_schema_length=None))
        con.execute("create table marts.metrics as from told")
        return analyse(con).rows()


def test_a_change_is_told_with_its_week_and_both_levels():
    assert found(*[30.0, 32.0] * 10, *[10.0, 12.0] * 10) == [
        ("change_lead_time", "service", "shop", START + timedelta(weeks=20), 31.0, 11.0, 20, 20)
    ]


def test_weeks_without_a_value_are_left_out():
    (row,) = found(*[30.0, None] * 10, *[None, 12.0] * 10)

    assert (row[3], row[6], row[7]) == (START + timedelta(weeks=21), 10, 10)


def test_no_more_than_two_years_are_looked_at():
    assert found(*[30.0] * 20, *[10.0] * WEEKS) == []
    assert len(found(*[30.0] * 20, *[10.0] * (WEEKS - 10))) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"period": "month"},
        {"is_finished": False},
        {"metric": "recovery_time"},
        {"metric": "deployment_frequency"},
    ],
    ids=["months", "unfinished", "recovery", "of frequency counts alone"],
)
def test_what_is_no_weekly_series_has_no_change(other):
    assert found(*[30.0] * 20, *[10.0] * 20, **other) == []

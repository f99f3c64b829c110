"""Whether a weekday is avoided, against plain Python and against shuffled weeks."""

import random
from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean, pvariance

import duckdb
import polars as pl
import pytest

import sql

MONDAY = date(2025, 1, 6)
DAYS = (
    "service", "day", "week_on", "weekday", "is_working", "deployment_count",
    "waiting_before", "waiting_after",
)  # fmt: skip
LEAST = {1: 2.576, 2: 2.807, 3: 2.935, 4: 3.023, 5: 3.090, 6: 3.144, 7: 3.189}


def draw(seed, weeks=50, services=3, friday=1.0):
    """Return the days of services with rates of their own that drift, some days off."""
    rng = random.Random(seed)
    rows = []
    for service in range(services):
        rate = rng.choice([0.2, 1.0, 4.0])
        for week in range(weeks):
            rate = min(max(rate * rng.uniform(0.7, 1.4), 0.05), 8.0)
            for weekday in range(1, 8):
                day = MONDAY + timedelta(days=7 * week + weekday - 1)
                is_working = weekday <= 5 and rng.random() > 0.05
                mean = rate * (friday if weekday == 5 else 1.0)
                count = sum(rng.random() < mean / 10 for _ in range(10))
                before, after = rng.randrange(3), rng.randrange(4)
                rows.append((f"s{service}", day, weekday, is_working, count, before, after))
    return rows


def mart(con, rows):
    """Return what the model makes of days, by scope and weekday."""
    told = [(s, d, d - timedelta(days=w - 1), w, *rest) for s, d, w, *rest in rows]
    con.execute("create schema if not exists facts; create schema if not exists marts")
    con.register("drawn", pl.DataFrame(told, schema=DAYS, orient="row"))
    con.execute("create or replace table marts.shipping_days as from drawn")
    con.execute(
        "create or replace table facts.scopes as select * from (values"
        " ('organisation', 'organisation', 's0', date '1900-01-01', date '9999-12-31'),"
        " ('organisation', 'organisation', 's1', date '1900-01-01', date '9999-12-31'),"
        " ('organisation', 'organisation', 's2', date '2025-06-01', date '9999-12-31'))"
        " as scopes (scope, name, service, from_on, until_on)"
    )
    con.execute("create schema if not exists seeds")
    con.execute(
        f"create or replace table seeds.normal_bounds as {sql.model('seeds.normal_bounds').text}"
    )
    found = con.sql(sql.model("marts.weekdays").text).pl().to_dicts()
    return {row["weekday"]: row for row in found}


def expected(rows):
    """Count the same in plain Python."""
    kept = [row for row in rows if row[3] and (row[0] != "s2" or row[1] >= date(2025, 6, 1))]
    weeks = defaultdict(lambda: defaultdict(list))
    for _, day, weekday, _, count, _, _ in kept:
        weeks[day - timedelta(days=weekday - 1)][weekday].append(count)
    own, usual, spread, tell = (defaultdict(float) for _ in range(4))
    for days in weeks.values():
        rates = {weekday: fmean(counts) for weekday, counts in days.items()}
        for weekday, rate in rates.items():
            own[weekday] += rate
            usual[weekday] += fmean(rates.values())
            spread[weekday] += pvariance(rates.values())
            tell[weekday] += pvariance(rates.values()) > 0
    told = {}
    for weekday in own:
        here = [row for row in kept if row[2] == weekday]
        others = [row for row in kept if row[2] != weekday]
        z = (own[weekday] - usual[weekday]) / spread[weekday] ** 0.5
        avoided = tell[weekday] >= 12 and z < -LEAST[len(own)]
        rate = sum(row[6] for row in others) / len(others)
        told[weekday] = {
            "day_count": len(here),
            "deployment_count": sum(row[4] for row in here),
            "missed_count": sum(row[5] > 0 and row[4] == 0 for row in here),
            "mean_share": pytest.approx(own[weekday] / usual[weekday], abs=1e-5),
            "week_count": tell[weekday],
            "z_score": pytest.approx(z, abs=1e-5),
            "is_avoided": avoided,
            "held_change_days": pytest.approx(
                max(sum(row[6] for row in here) - len(here) * rate, 0), abs=1e-5
            )
            if avoided
            else None,
        }
    return told


@pytest.fixture
def con():
    with duckdb.connect() as found:
        yield found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("friday", [1.0, 0.3])
def test_the_mart_counts_as_plain_python_does(con, seed, friday):
    rows = draw(seed, friday=friday)
    found = mart(con, rows)

    for weekday, row in expected(rows).items():
        assert {key: found[weekday][key] for key in row} == row, weekday


def test_alike_days_are_hardly_ever_avoided_and_a_rare_friday_is_found(con):
    alike = [mart(con, draw(seed, services=2)) for seed in range(100, 150)]
    rare = [mart(con, draw(seed, services=2, friday=0.3)) for seed in range(200, 220)]

    # One in 200 of any weekday: of 50 organisations a quarter of one.
    assert sum(any(row["is_avoided"] for row in one.values()) for one in alike) <= 2
    assert sum(one[5]["is_avoided"] for one in rare) >= 18
    assert not any(one[day]["is_avoided"] for one in rare for day in (1, 2, 3, 4))

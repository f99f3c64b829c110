"""Which weekday or batch size fails more often beyond chance, against the exact tail."""

from datetime import date, timedelta

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.stats import hypergeom

import sql

TODAY = date(2026, 1, 5)
LEVEL = 0.005
FEW = 20
SERVICES = 240
WORSE = range(200, 220)
"""Of these Thursday fails four times as often; of those after them everything fails seldom."""


def draw():
    """Return deployments of services, each with a rate of its own, that fail on any day alike."""
    chance = np.random.default_rng(4)
    rows = []
    for number in range(SERVICES):
        rate = chance.uniform(0.02, 0.2) if number < WORSE.stop else 0.01
        for back in range(1, 366):
            day = TODAY - timedelta(days=back)
            if day.weekday() > 4 or (day.weekday() == 4 and chance.random() < 0.9):
                continue
            own = min(4 * max(rate, 0.08), 0.6) if number in WORSE and day.weekday() == 3 else rate
            rows += [
                (f"s{number}", day, bool(is_failed), 3 if is_large else 1)
                for is_failed, is_large in chance.random((2, 2)) < (own, 0.3)
            ]
    return rows


@pytest.fixture(scope="module")
def found():
    """Return what the model makes of them, by scope, trait and place."""
    rows = pl.DataFrame(
        draw(), schema=("service", "finished_on", "is_failed", "change_count"), orient="row"
    )
    with duckdb.connect() as con:
        con.execute("create schema facts; create schema config; set TimeZone = 'UTC'")
        con.register("drawn", rows)
        con.execute("create table facts.rollouts as from drawn")
        con.execute(
            "create table facts.scopes as select distinct 'service' as scope, service as name, "
            "service, date '1900-01-01' as from_on, date '9999-12-31' as until_on from drawn"
        )
        con.execute(
            f"create table facts.scope_rules as select scope, name, {FEW} as minimum_count "
            "from facts.scopes"
        )
        con.execute(
            "create table config.run as select cast($1 as timestamptz) as as_of, "
            "'UTC' as time_zone",
            [f"{TODAY}T12:00:00Z"],
        )
        return con.sql(sql.model("marts.outcomes").text).pl()


def tails(found):
    """Yield each row that can tell with the exact chance of so many failures and its share."""
    for _, rows in found.group_by("name", "trait"):
        every, failed = rows["deployment_count"].sum(), rows["failed_count"].sum()
        compared = rows.filter(pl.col("deployment_count") >= FEW)
        for row in compared.to_dicts():
            p = hypergeom.sf(row["failed_count"] - 1, every, failed, row["deployment_count"])
            yield row, float(p), LEVEL / compared.height


def test_what_fails_more_often_does_so_by_the_exact_tail_and_what_is_far_rarer_is_said(found):
    told = list(tails(found))

    assert len(told) > 1000
    assert all(p < level for row, p, level in told if row["is_worse"])
    assert all(row["is_worse"] for row, p, level in told if p < level / 10)


def test_alike_days_hardly_ever_fail_more_often_and_a_bad_thursday_is_found(found):
    worse = found.filter("is_worse", trait="weekday")
    alike = worse.filter(~pl.col("name").is_in([f"s{number}" for number in WORSE]))

    # One in 200 of any weekday: of 220 services one.
    assert alike.height <= 4
    assert worse.filter(place=4).height - alike.filter(place=4).height >= 18


def test_an_interval_above_the_whole_is_no_claim_and_too_few_make_none(found):
    rates = found.group_by("name", "trait").agg(
        (pl.col("failed_count").sum() / pl.col("deployment_count").sum()).alias("whole")
    )
    above = found.join(rates, on=["name", "trait"]).filter(pl.col("low_rate") > pl.col("whole"))

    assert above.filter(~pl.col("is_worse")).height > 5
    assert found.filter("is_too_few").height > 100
    assert not found.filter("is_too_few")["is_worse"].any()

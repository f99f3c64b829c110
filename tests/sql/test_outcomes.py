"""Which weekday, batch size or service fails more often beyond chance, against the exact tail."""

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
PERIODS = 40
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


def draw_services():
    """Return 40 periods of 60 services that fail alike, but the last four times as often."""
    chance = np.random.default_rng(8)
    counts = chance.integers(10, 90, (PERIODS, 60))
    failed = chance.binomial(counts, [*[0.08] * 59, 0.32])
    return [
        ("change_fail_rate", "service", f"s{number}", "twelve_weeks",
         TODAY + timedelta(weeks=period), int(count), int(bad), bool(count < FEW))
        for period in range(PERIODS)
        for number, (count, bad) in enumerate(zip(counts[period], failed[period], strict=True))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    """Return what the models make of them: by scope, trait and place, and by group."""
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
        con.execute("create schema marts; create schema seeds")
        shares = pl.DataFrame(
            draw_services(),
            schema=(
                "metric", "scope", "name", "period", "ends_on", "deployment_count", "share_count",
                "is_too_few",
            ),
            orient="row",
        )  # fmt: skip
        con.register("drawn_shares", shares)
        con.execute("create table marts.shares as from drawn_shares")
        made = ("seeds.normal_bounds", "facts.today", "marts.compared_failures", "marts.outcomes")
        for name in made:
            con.execute(f"create table {name} as {sql.model(name).text}")
        return con.sql("from marts.outcomes").pl(), con.sql("from marts.compared_failures").pl()


@pytest.fixture(scope="module")
def found(tables):
    return tables[0]


@pytest.fixture(scope="module")
def services(tables):
    return tables[1].filter(trait="service")


def tails(found, *kind):
    """Yield each row that can tell with the exact chance of so many failures and its share."""
    for _, rows in found.group_by(*kind):
        every, failed = rows["deployment_count"].sum(), rows["failed_count"].sum()
        compared = rows.filter(pl.col("deployment_count") >= FEW)
        for row in compared.to_dicts():
            p = hypergeom.sf(row["failed_count"] - 1, every, failed, row["deployment_count"])
            yield row, float(p), LEVEL / compared.height


def test_what_fails_more_often_does_so_by_the_exact_tail_and_what_is_far_rarer_is_said(found):
    told = list(tails(found, "name", "trait"))

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


def test_of_many_services_one_fails_more_by_the_exact_tail_of_its_share(services):
    told = list(tails(services, "ends_on"))

    assert len(told) > 2000
    assert all(p < level for row, p, level in told if row["is_worse"])
    assert all(row["is_worse"] for row, p, level in told if p < level / 10)


def test_of_many_services_alike_hardly_any_fails_more_and_a_bad_one_is_found(services):
    worse = services.filter("is_worse")

    # One in 200 of any service: of forty periods none, or one.
    assert worse.filter(pl.col("group_name") != "s59").height <= 1
    assert worse.filter(group_name="s59").height >= PERIODS / 2
    assert not services.filter("is_too_few")["is_worse"].any()

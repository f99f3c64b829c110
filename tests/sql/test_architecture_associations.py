"""Do traits go with failures? Against Mantel and Haenszel by hand, stratum by stratum."""

import math
from collections import defaultdict

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sql

MODEL = sql.model("architecture_associations").text
TABLE = """
create schema facts;
create table facts.trait_deployments (trait text, rollout_id text, service text, quarter_on date,
    has_trait boolean, is_failed boolean, change_count bigint)
"""


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as found:
        found.execute(TABLE)
        yield found


def associated(con, deployments):
    """Return the rows of the model by service; a deployment is (service, quarter, with, failed)."""
    con.execute("delete from facts.trait_deployments")
    rows = [
        ("large batch", f"d{number}", service, f"2026-{3 * quarter + 1:02}-01", *told, 1)
        for number, (service, quarter, *told) in enumerate(deployments)
    ]
    if rows:
        con.executemany("insert into facts.trait_deployments values (?, ?, ?, ?, ?, ?, ?)", rows)
    return {row["service"]: row for row in con.sql(MODEL).pl().to_dicts()}


def by_hand(deployments, service):
    """Return odds ratio, low, high and informative strata from the formulas, one term at a time."""
    strata = defaultdict(lambda: [0, 0, 0, 0])
    for name, quarter, has, failed in deployments:
        if name == service:
            strata[quarter][2 * (not has) + (not failed)] += 1
    r = s = pr = ps_qr = qs = 0.0
    count = 0
    for a, b, c, d in strata.values():
        if not (a + b and c + d and a + c and b + d):
            continue
        n = a + b + c + d
        count += 1
        r += a * d / n
        s += b * c / n
        pr += (a + d) / n * a * d / n
        ps_qr += (a + d) / n * b * c / n + (b + c) / n * a * d / n
        qs += (b + c) / n * b * c / n
    if not r or not s:
        return None, None, None, count
    error = math.sqrt(pr / (2 * r**2) + ps_qr / (2 * r * s) + qs / (2 * s**2))
    ratio = math.log(r / s)
    ends = ratio - 1.959964 * error, ratio, ratio + 1.959964 * error
    low, middle, high = (math.exp(end) for end in ends)
    return middle, low, high, count


DEPLOYMENTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.booleans(), st.booleans()), max_size=80
)


@settings(max_examples=150, deadline=None)
@given(DEPLOYMENTS)
def test_the_ratio_and_its_interval_are_those_of_the_formulas(con, deployments):
    found = associated(con, deployments)

    assert found.keys() == {service for service, *_ in deployments}
    for service, row in found.items():
        ratio, low, high, strata = by_hand(deployments, service)
        assert row["strata_count"] == strata
        wanted = (ratio, low, high)
        assert (row["odds_ratio"], row["low_ratio"], row["high_ratio"]) == (
            wanted if ratio is None else pytest.approx(wanted, rel=1e-4, abs=2e-6)
        )
        own = [told for name, *told in deployments if name == service]
        failed = sum(is_failed for *_, is_failed in own)
        assert row["with_failed_count"] + row["without_failed_count"] == failed
        if failed < 5:
            assert row["finding"] == "too few to tell"


def test_a_published_example_comes_out(con):
    """Two strata by hand: 8 of 10 against 3 of 10, and 6 of 10 against 2 of 10.

    R = (8 x 7 + 6 x 8) / 20 = 5.2 and S = (2 x 3 + 4 x 2) / 20 = .7, so the ratio is 7.43.
    """
    deployments = [
        ("a", quarter, has, number < failed)
        for quarter, has, failed in ((0, True, 8), (0, False, 3), (1, True, 6), (1, False, 2))
        for number in range(10)
    ]

    row = associated(con, deployments)["a"]

    assert row["odds_ratio"] == pytest.approx(5.2 / 0.7, abs=1e-5)
    assert row["finding"] == "more often"
    assert (row["with_rate"], row["without_rate"]) == (0.7, 0.25)


def test_services_are_never_pooled_and_a_trait_that_never_varies_tells_nothing(con):
    always = [("a", 0, True, number < 6) for number in range(20)]
    never = [("b", 0, False, number < 6) for number in range(20)]

    found = associated(con, always + never)

    assert [(row["odds_ratio"], row["finding"]) for row in found.values()] == [
        (None, "too few to tell")
    ] * 2

"""Whether a metric changed beyond chance."""

import numpy as np
import pytest
from scipy.stats import CensoredData, betabinom, logrank

from pipelines.analysis import trends


def test_too_few_deployments_tell_nothing_of_lead_time():
    assert trends.lead_time(np.ones(5), np.ones(40)).verdict == "too few to tell"
    assert trends.lead_time(np.ones(20), np.ones(11)).verdict == "too few to tell"


def test_lead_times_four_times_as_long_are_worse_and_the_other_way_round_better():
    rng = np.random.default_rng(1)
    before, recent = rng.lognormal(3, 0.5, 60), rng.lognormal(3 + np.log(4), 0.5, 12)

    assert trends.lead_time(recent, before).verdict == "worse"
    assert trends.lead_time(before, recent).verdict == "better"


def test_nothing_changes_by_itself_more_often_than_one_time_in_two_hundred():
    rng = np.random.default_rng(2)
    said = [
        trends.lead_time(rng.lognormal(3, 1, 10), rng.lognormal(3, 1, 60)).verdict
        for _ in range(2000)
    ]

    assert sum(one in ("better", "worse") for one in said) <= 20


@pytest.mark.parametrize(
    ("failed", "count", "before"), [(3, 20, (5, 100)), (0, 7, (2, 9)), (7, 7, (1, 40))]
)
def test_the_tail_is_that_of_a_beta_binomial(failed, count, before):
    wanted = betabinom(count, before[0] + 0.5, before[1] - before[0] + 0.5).sf(failed - 1)

    assert trends.tail(failed, count, before) == pytest.approx(wanted, rel=1e-9)


def test_a_fail_rate_is_worse_better_or_neither():
    assert trends.change_fail_rate((15, 40), (20, 300)).verdict == "worse"
    assert trends.change_fail_rate((1, 100), (60, 300)).verdict == "better"
    assert trends.change_fail_rate((4, 40), (25, 300)).verdict == "no change beyond chance"


def test_so_few_deployments_that_no_outcome_would_tell_are_too_few():
    assert trends.change_fail_rate((0, 3), (60, 300)).verdict == "too few to tell"
    assert trends.change_fail_rate((0, 0), (60, 300)).verdict == "too few to tell"
    assert trends.change_fail_rate((1, 9), (0, 0)).verdict == "too few to tell"


@pytest.mark.parametrize("seed", range(5))
def test_recovery_is_compared_as_the_log_rank_test_does(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.exponential(5, 20).round(1), rng.exponential(8, 40).round(1)
    one_over, other_over = rng.random(20) < 0.8, rng.random(40) < 0.8

    found = trends.recovery(one, one_over, other, other_over)
    wanted = logrank(
        CensoredData(one[one_over], right=one[~one_over]),
        CensoredData(other[other_over], right=other[~other_over]),
    )

    assert found.p == pytest.approx(wanted.pvalue, rel=1e-6)


def test_recoveries_ten_times_as_long_are_worse_and_open_ones_count():
    before = np.linspace(1, 4, 30)
    recent = np.linspace(20, 40, 10)
    is_open = np.zeros(10, dtype=bool)

    assert trends.recovery(recent, ~is_open, before, np.ones(30, bool)).verdict == "worse"
    assert trends.recovery(recent, is_open, before, np.ones(30, bool)).verdict == "worse"
    assert trends.recovery(recent[:7], ~is_open[:7], before, np.ones(30, bool)).verdict == (
        "too few to tell"
    )

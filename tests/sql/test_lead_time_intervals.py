"""The interval of lead time: it resamples deployments, and holds what it says."""

import random
from datetime import timedelta
from math import exp
from statistics import median

import pytest

from tests.sql.making import organisation
from tests.support import at, rows

AS_OF = at("2026-04-01 12:00")
SERVICES, DEPLOYMENTS = 150, 40
TRUE_HOURS = 20.0


def simulated(seed):
    """Return deployments and changes; changes of one deployment waited together."""
    chance = random.Random(seed)
    deployments, changes = [], []
    for service in range(SERVICES):
        for number in range(DEPLOYMENTS):
            name = f"s{service}-{number}"
            finished = at("2026-03-02 00:30") + timedelta(minutes=16 * 60 * number)
            deployments.append(
                {"deployment_id": name, "service": f"s{service}", "finished_at": finished}
            )
            shared = chance.gauss(0, 0.8)
            for place in range(chance.randint(1, 9)):
                hours = TRUE_HOURS * exp(shared + chance.gauss(0, 0.3))
                changes.append(
                    {
                        "change_id": f"{name}-{place}",
                        "service": f"s{service}",
                        "deployment_id": name,
                        "first_commit_at": finished - timedelta(seconds=round(hours * 3600)),
                        "merged_at": finished,
                    }
                )
    return deployments, changes


@pytest.fixture(scope="module")
def simulation(tmp_path_factory):
    deployments, changes = simulated(7)
    folder = tmp_path_factory.mktemp("intervals")
    with organisation(folder, as_of=AS_OF, deployments=deployments, changes=changes) as con:
        found = rows(
            con,
            "select name, low_hours, high_hours from marts.change_lead_time "
            "where scope = 'service' and period = 'month' and starts_on = date '2026-03-01'",
        )
        leads = rows(
            con,
            "select service, deployment_id, lead_seconds / 3600.0 from facts.deployment_changes",
        )
    return {name: (low, high) for name, low, high in found}, leads


@pytest.mark.slow
def test_nearly_every_interval_holds_the_true_median(simulation):
    found, _ = simulation

    held = sum(low <= TRUE_HOURS <= high for low, high in found.values()) / SERVICES

    assert 0.90 <= held <= 0.99


def test_an_interval_that_takes_changes_for_independent_would_hold_it_far_too_rarely(simulation):
    _, leads = simulation
    held = 0
    for service in range(SERVICES):
        hours = sorted(value for name, _, value in leads if name == f"s{service}")
        half = 1.96 * 0.5 * len(hours) ** 0.5
        low = hours[max(0, int(len(hours) / 2 - half))]
        high = hours[min(len(hours) - 1, int(len(hours) / 2 + half))]
        held += low <= TRUE_HOURS <= high

    assert held / SERVICES < 0.80


def test_it_is_as_wide_as_that_of_resampling_deployments_a_thousand_times(simulation):
    found, leads = simulation
    chance = random.Random(1)
    ratios = []
    for service in range(12):
        carried = {}
        for name, deployment, value in leads:
            if name == f"s{service}":
                carried.setdefault(deployment, []).append(value)
        drawn = [carried[one] for one in sorted(carried)]
        medians = sorted(
            median([value for one in chance.choices(drawn, k=len(drawn)) for value in one])
            for _ in range(1000)
        )
        low, high = found[f"s{service}"]
        ratios.append((high - low) / (medians[975] - medians[25]))

    assert 0.85 <= median(ratios) <= 1.25


def test_few_deployments_have_no_interval_and_are_too_few(tmp_path):
    deployments, changes = simulated(3)
    few = [f"s0-{number}" for number in range(9)]
    with organisation(
        tmp_path,
        as_of=AS_OF,
        deployments=[one for one in deployments if one["deployment_id"] in few],
        changes=[one for one in changes if one["deployment_id"] in few],
    ) as con:
        found = rows(
            con,
            "select deployment_count, low_hours, high_hours, is_too_few, median_hours is null "
            "from marts.change_lead_time "
            "where scope = 'service' and period = 'month' and starts_on = date '2026-03-01'",
        )

    assert found == [(9, None, None, True, False)]

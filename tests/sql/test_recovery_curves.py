"""The recovery curve is Kaplan-Meier's, by scipy, and a failure that is open is not recovered."""

from datetime import timedelta

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from tests.sql.making import organisation
from tests.support import at, rows

AS_OF = at("2026-04-01 12:00")
MINUTES = (30, 30, 60, 90, None, 240, 600, None)
"""How long each incident lasted; none where it is still open."""


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    deployments, incidents = [], []
    for number, minutes in enumerate(MINUTES):
        finished = at("2026-03-02 10:00") + timedelta(days=2 * number)
        deployments.append(
            {"deployment_id": f"d{number}", "service": "shop", "finished_at": finished}
        )
        ended = None if minutes is None else finished + timedelta(minutes=minutes)
        incidents.append(
            {
                "incident_id": f"i{number}",
                "service": "shop",
                "deployment_id": f"d{number}",
                "started_at": finished,
                "resolved_at": ended,
                "title": f"Number {number}",
                "severity": "sev2",
            }
        )
    folder = tmp_path_factory.mktemp("curves")
    with organisation(folder, as_of=AS_OF, deployments=deployments, incidents=incidents) as made:
        yield made


def test_the_curve_and_its_band_are_those_of_scipy(con):
    found = rows(
        con,
        "select hours, open_share, low_share, high_share, failed_count "
        "from marts.recovery_curves where scope = 'service' and span = 'now' order by hours",
    )
    still_open = rows(
        con,
        "select seconds / 3600.0 from facts.spells where measure = 'recovery' and not is_over",
    )
    over = [minutes / 60 for minutes in MINUTES if minutes is not None]
    curve = ecdf(CensoredData(uncensored=over, right=[hours for (hours,) in still_open])).sf
    with np.errstate(all="ignore"):
        band = curve.confidence_interval(0.95, method="log-log")

    assert [row[0] for row in found] == pytest.approx(list(curve.quantiles))
    assert [row[1] for row in found] == pytest.approx(list(curve.probabilities))
    assert [row[2] for row in found] == pytest.approx(list(band.low.probabilities))
    assert [row[3] for row in found] == pytest.approx(list(band.high.probabilities))
    assert {row[4] for row in found} == {len(MINUTES)}


def test_an_open_failure_has_no_recovery_and_its_incident_is_told(con):
    found = rows(
        con,
        "select incident_title, incident_severity, recovery_hours, recovered_by, confidence "
        "from marts.recent_failures where rollout_id in ('d3', 'd4') order by rollout_id",
    )
    recent = rows(
        con,
        "select recovery_hours from marts.recent_deployments where rollout_id in ('d3', 'd4') "
        "order by rollout_id",
    )

    assert found == [
        ("Number 3", "sev2", 1.5, "incident_resolved", 1.0),
        ("Number 4", "sev2", None, None, 1.0),
    ]
    assert recent == [(1.5,), (None,)]

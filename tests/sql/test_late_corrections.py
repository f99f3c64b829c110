"""What is learnt later corrects the weeks that it is about."""

import pytest

from tests.support import at, metric, project, published, refresh, write

DEPLOYMENT = {
    "deployment_id": "d1",
    "service": "shop",
    "finished_at": at("2026-03-10 10:00"),
    "environment": "production-eu",
    "version": "1",
}
CHANGE = {
    "change_id": "c1",
    "service": "shop",
    "opened_at": at("2026-03-10 06:00"),
    "merged_at": at("2026-03-10 09:00"),
}
INCIDENT = {
    "incident_id": "i1",
    "service": "shop",
    "started_at": at("2026-03-10 11:00"),
}


@pytest.fixture
def learnt(tmp_path):
    """Return a function that refreshes with the tables given and tells metrics of the week."""

    def told(**tables):
        write(tmp_path / "files", **tables)
        found = project(tmp_path)
        refresh(found, at("2026-03-20 12:00"))
        with published(found) as con:
            return {
                name: tuple(metric(con, "shop", name, "2026-03-09")[key] for key in ("value", "n"))
                for name in (
                    "deployment_frequency", "change_lead_time", "change_fail_rate", "recovery_time",
                )
            }  # fmt: skip

    return told


def test_an_incident_reported_later_and_resolved_later_still(learnt):
    assert learnt(deployments=[DEPLOYMENT])["change_fail_rate"] == (0, 1)
    late = learnt(deployments=[DEPLOYMENT], incidents=[INCIDENT])
    assert late["change_fail_rate"] == (1, 1)
    assert late["recovery_time"] == (None, 1)
    resolved = {**INCIDENT, "resolved_at": at("2026-03-10 14:00")}
    assert learnt(deployments=[DEPLOYMENT], incidents=[resolved])["recovery_time"] == (4, 1)
    assert learnt(deployments=[DEPLOYMENT])["change_fail_rate"] == (0, 1)


@pytest.mark.slow
def test_a_deployment_that_turns_out_to_have_failed(learnt):
    assert learnt(deployments=[DEPLOYMENT], changes=[CHANGE])["change_lead_time"] == (4, 1)
    other = {
        **DEPLOYMENT,
        "deployment_id": "d2",
        "finished_at": at("2026-03-10 16:00"),
        "version": "2",
    }
    corrected = learnt(deployments=[{**DEPLOYMENT, "status": "failure"}, other], changes=[CHANGE])
    assert corrected["change_lead_time"] == (10, 1)
    assert corrected["deployment_frequency"] == (1, 1)


@pytest.mark.slow
def test_a_region_told_later_is_no_further_deployment(learnt):
    other = {**DEPLOYMENT, "deployment_id": "d2", "environment": "production-us"}
    assert learnt(deployments=[DEPLOYMENT, other])["deployment_frequency"] == (1, 1)
    earlier = {**other, "finished_at": at("2026-03-08 12:00")}
    assert learnt(deployments=[DEPLOYMENT, earlier])["deployment_frequency"] == (1, 1)

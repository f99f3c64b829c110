"""What a deployment counts in, why, and what it is linked with."""

import duckdb

from pipelines.counting import Found, Links, Row, count, rows


def deployment(con: duckdb.DuckDBPyConnection, id: str, facts: list[Row]) -> Found:
    """Return what a deployment counts in, and its links."""
    (fact, *_) = facts
    incidents = "select * from facts.deployment_incidents where deployment_id = $1 order by "
    links = {
        "Incidents that it may be to blame for": rows(
            con, f"{incidents} is_counted desc, confidence desc, incident_id, how", id
        ),
        "Deployments that it mends": rows(
            con, "from facts.remedies where deployment_id = $1 order by mended_id, how", id
        ),
        "Deployments that mend it": rows(
            con, "from facts.remedies where mended_id = $1 order by began_at, deployment_id", id
        ),
        "Failure": rows(con, "from facts.failed_deployments where deployment_id = $1", id),
        "Changes that it was the first to carry": rows(con, CARRIED, id),
        "Told by other sources, too": rows(
            con, "from facts.deployment_evidence where deployment_id = $1 order by all", id
        ),
    }
    return deployment_counts(con, fact, links), links


TIMED = """
select count(lead_seconds) from facts.owned_changes where deployment_id = $1 and scope = 'service'
"""
CARRIED = """
select
    changes.change_id, carried.how, round(carried.lead_seconds / 3600.0, 2) as lead_hours,
    carried.is_before_history, carried.is_bot, changes.url
from facts.deployment_changes as carried
inner join facts.changes as changes using (service, change_id)
where carried.deployment_id = $1 order by carried.lead_seconds, change_id
"""


def deployment_counts(con: duckdb.DuckDBPyConnection, fact: Row, links: Links) -> list[Row]:
    """Return what a deployment counts in, by its rollout and its links."""
    rollout = rows(con, "from facts.rollouts where rollout_id = $1", fact["rollout_id"])
    ((timed,),) = con.execute(TIMED, [fact["deployment_id"]]).fetchall()
    lead = count("change_lead_time", timed, f"{timed:,} changes reached production with it")
    if not rollout:
        why = uncounted(con, fact)
        pipeline = count("change_fail_rate", why.startswith("failed pipelines"), why)
        others = ("deployment_frequency", "recovery_time", "rework_rate")
        return [
            count(others[0], False, why),
            lead,
            pipeline,
            *(count(one, False, why) for one in others[1:]),
        ]
    (one,) = rollout
    whole = (
        "" if one["rollout_id"] == fact["deployment_id"] else f", as part of {one['rollout_id']}"
    )
    week = f"production deployment, ended on {one['finished_on']}{whole}"
    failed = why_failed(one, links)
    return [
        count("deployment_frequency", True, week),
        lead,
        count("change_fail_rate", True, f"{week}; {failed}"),
        count("recovery_time", one["is_failed"], recovery(one) if one["is_failed"] else failed),
        count("rework_rate", True, f"{week}; {rework(one, links)}"),
    ]


def uncounted(con: duckdb.DuckDBPyConnection, fact: Row) -> str:
    """Say why a deployment is none that metrics count."""
    if not fact["is_production"]:
        return f"{fact['environment']} is no production environment"
    if fact["status"] != "success":
        ((is_in,),) = con.execute(
            "select coalesce(bool_or(has_failed_pipelines), false) from facts.rules "
            "where service = $1",
            [fact["service"]],
        ).fetchall()
        said = f"its status is {fact['status']}"
        return f"failed pipelines count here, and {said}" if is_in else said
    return "the rules of its service leave it out"


def why_failed(rollout: Row, links: Links) -> str:
    """Say whether a rollout failed, by what."""
    if not rollout["is_failed"]:
        person = rollout.get("decided_by") == "person"
        return f"held, a person says: {rollout['reason']}" if person else "no evidence of a failure"
    confidence = f", confidence {rollout['confidence']:.2f}" if rollout["confidence"] else ""
    by = f", decided by {rollout['decided_by']}" if rollout.get("decided_by") else ""
    evidence = f" {rollout['evidence']}" if rollout["evidence"] else ""
    where = "" if links["Failure"] else ", in another of its regions"
    return f"failed{where}: {rollout['why']}{evidence}{confidence}{by}"


def recovery(rollout: Row) -> str:
    """Say how a failure ended."""
    if not rollout["recovered_at"]:
        return "failed and not recovered yet"
    ended = f"{rollout['recovered_at']:%Y-%m-%d %H:%M}"
    return f"recovered {ended} UTC by {rollout['recovered_by']} {rollout['recovery_id']}"


def rework(rollout: Row, links: Links) -> str:
    """Say whether a rollout mended something."""
    if not rollout["is_rework"]:
        return "mends no failed deployment"
    mended = [f"{one['how']} of {one['mended_id']}" for one in links["Deployments that it mends"]]
    return f"rework: {', '.join(mended) or 'by another of its regions'}"

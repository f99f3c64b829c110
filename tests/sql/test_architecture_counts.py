"""What is summed for the deployment architecture, against minutes counted one by one."""

import random
from datetime import timedelta

import pytest

from tests.sql.making import organisation
from tests.support import at, rows

START, END = at("2026-03-02 00:00"), at("2026-03-09 00:00")
MINUTE = timedelta(minutes=1)
MINUTES = [START + n * MINUTE for n in range(int((END - START) / MINUTE))]
REGIONS = ("production-eu", "production-us", "production-ap")
SERVICES = [f"s{n}" for n in range(12)]


def moments(dice, count):
    return sorted(START + n * MINUTE for n in dice.sample(range(len(MINUTES) - 60), count))


def deployed(dice, service):
    """Deployments of few versions to three regions, so that they meet and part."""
    for number, moment in enumerate(moments(dice, 14)):
        yield {
            "deployment_id": f"{service}-{number}",
            "service": service,
            "environment": dice.choice((*REGIONS, "staging")),
            "version": f"v{dice.randrange(5)}",
            "artifact_digest": dice.choice((None, "sha256:a", "sha256:b", "sha256:c")),
            "started_at": moment - dice.randrange(40) * MINUTE,
            "finished_at": moment,
        }


def synced(dice, service):
    for number, moment in enumerate(moments(dice, 10)):
        yield {
            "sync_id": f"{service}-{number}",
            "service": service,
            "environment": dice.choice(REGIONS[:2]),
            "changed_at": moment,
            "state": dice.choice(("synced", "out_of_sync")),
        }


def canary(dice, service):
    """One bad deployment, its canary with weights, and the incident that ended it."""
    began = moments(dice, 1)[0]
    promoted = began + dice.randrange(5, 50) * MINUTE
    name = f"{service}-bad"
    return {
        "deployments": [
            {
                "deployment_id": name,
                "service": f"{service}-canary",
                "environment": "production-eu",
                "version": "v1",
                "started_at": began,
                "finished_at": began + MINUTE,
            }
        ],
        "incidents": [
            {
                "incident_id": name,
                "deployment_id": name,
                "started_at": began + dice.randrange(60) * MINUTE,
                "resolved_at": began + dice.randrange(60, 2000) * MINUTE,
            }
        ],
        "progressive_rollouts": [
            {
                "rollout_id": name,
                "service": f"{service}-canary",
                "environment": "production-eu",
                "version": "v1",
                "started_at": began,
                "finished_at": dice.choice((None, promoted)),
                "status": "progressing",
            }
        ],
        "traffic_weights": [
            {
                "weight_id": f"{name}-{number}",
                "rollout_id": name,
                "changed_at": began + number * dice.randrange(1, 9) * MINUTE,
                "weight": dice.choice((0, 0.05, 0.25, 0.5)),
            }
            for number in range(dice.randrange(4))
        ],
    }


@pytest.fixture(scope="module")
def told():
    dice = random.Random(11)
    tables = {"agent_syncs": [], "deployments": []}
    for service in SERVICES:
        tables["deployments"] += deployed(dice, service)
        tables["agent_syncs"] += synced(dice, service)
        for name, found in canary(dice, service).items():
            tables.setdefault(name, []).extend(found)
    tables["deployments"].append(
        {"deployment_id": "last", "service": "last", "version": "v1", "finished_at": END}
    )
    return tables


@pytest.fixture(scope="module")
def con(told, tmp_path_factory):
    names = [*SERVICES, *(f"{name}-canary" for name in SERVICES), "last"]
    services = [{"name": name, "deployments": {"environments": ["production*"]}} for name in names]
    with organisation(
        tmp_path_factory.mktemp("counts"), as_of=END, services=services, **told
    ) as con:
        yield con


def test_hours_apart_are_the_minutes_with_another_version_elsewhere_and_no_rollout(con, told):
    found = {
        (service, place): hours
        for service, place, hours in rows(
            con, "select service, environment, apart_hours from marts.architecture_live_versions"
        )
    }
    spans = rows(
        con,
        "select service, min(coalesce(started_at, finished_at)), max(finished_at) "
        "from facts.deployments where rollout_id is not null group by service, rollout_id",
    )
    wanted = dict.fromkeys(found, 0)
    for service in SERVICES:
        mine = [row for row in told["deployments"] if row["service"] == service]
        busy = {
            minute
            for name, from_at, until_at in spans
            if name == service
            for minute in MINUTES
            if from_at <= minute < until_at
        }
        live, ends = {}, {row["finished_at"]: row for row in mine}
        for minute in MINUTES:
            row = ends.get(minute)
            if row and row["environment"] in REGIONS:
                live[row["environment"]] = row["version"]
            if len(set(live.values())) > 1 and minute not in busy:
                for place in live:
                    wanted[service, place] += 1
    assert sum(wanted.values()) > 1000
    assert {key: round(hours * 60) for key, hours in found.items()} == wanted


def test_hours_out_of_sync_are_the_minutes_after_such_a_word_of_each_environment(con, told):
    found = dict(
        rows(con, "select service, out_of_sync_hours from marts.architecture_declared_state")
    )
    for service in SERVICES:
        count = 0
        for place in REGIONS[:2]:
            words = {
                row["changed_at"]: row["state"]
                for row in told["agent_syncs"]
                if (row["service"], row["environment"]) == (service, place)
            }
            state = "synced"
            for minute in MINUTES:
                state = words.get(minute, state)
                count += state == "out_of_sync"
        assert round(found[service] * 60) == count


def test_bad_minutes_are_the_shares_of_traffic_minute_by_minute(con, told):
    found = dict(
        rows(
            con, "select service, bad_minutes from facts.bad_minutes where service like '%-canary'"
        )
    )
    assert len(found) == len(SERVICES)
    incidents = {row["incident_id"]: row for row in told["incidents"]}
    for rollout in told["progressive_rollouts"]:
        weights = {
            row["changed_at"]: row["weight"]
            for row in sorted(told["traffic_weights"], key=lambda row: row["weight"])
            if row["rollout_id"] == rollout["rollout_id"]
        }
        share, total = 0 if weights else 1, 0.0
        resolved = incidents[rollout["rollout_id"]]["resolved_at"]
        for minute in MINUTES:
            share = weights.get(minute, share)
            share = 1 if minute == rollout["finished_at"] else share
            if rollout["started_at"] <= minute < min(resolved, END):
                total += share
        assert found[rollout["service"]] == pytest.approx(total)


def test_a_digest_is_built_once_where_an_earlier_row_of_staging_has_it(con, told):
    for service, once, covered in rows(
        con, "select service, built_once_count, covered_count from marts.architecture_artifacts"
    ):
        mine = [row for row in told["deployments"] if row["service"] == service]
        staged = [row for row in mine if row.get("environment") == "staging"]
        live = [
            row for row in mine if row.get("environment") in REGIONS and row.get("artifact_digest")
        ]
        has_staged = any(row["artifact_digest"] for row in staged)
        assert covered == (len(live) if has_staged else 0)
        assert once == sum(
            any(
                row["artifact_digest"] == one["artifact_digest"]
                and row["finished_at"] <= one["finished_at"]
                for row in staged
            )
            for one in live
        )

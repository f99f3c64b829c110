"""Rollouts that Argo Rollouts and Flagger tell of as they go on, from the post to the fact."""

import pytest

from connectors.events import argo_rollouts, flagger
from tests.connectors.delivery import objects as made
from tests.connectors.events.examples import canary
from tests.sql.events import organisation, posted
from tests.sql.hosts import march
from tests.support import rows

SHOP = {"name": "checkout", "deployments": {"environments": ["shop-prod", "production"]}}


def argo(moment, **known):
    """Return what a notification of Argo Rollouts at a moment lands as."""
    body = made.rollout(**known)
    spec = body["spec"]
    image = spec.pop("template")["spec"]["containers"][0]["image"]
    found = argo_rollouts.translate(
        {}, {"rollout": {**body, "image": image}}, host="", received_at=march(moment)
    )
    return [event.record() for event in found]


def flagged(moment, message, phase="Progressing", checksum="one"):
    """Return what an event hook of Flagger at a moment lands as."""
    body = canary(message, phase, timestamp=str(int(march(moment).timestamp() * 1000)))
    body |= {"checksum": checksum, "namespace": "shop-prod"}
    found = flagger.translate({}, body, host="", received_at=march(moment))
    return [event.record() for event in found]


ROLLOUTS = (
    "select status, strategy, max_weight, abort_weight, abort_at, deployment_id is not null, "
    "is_sampled from facts.progressive_rollouts order by started_at"
)
ABORTED = {
    "abort": True,
    "abortedAt": "2026-03-10T09:15:00Z",
    "phase": "Degraded",
    "canary": {"weights": {"canary": {"weight": 0}}},
    "message": 'RolloutAborted: Metric "error-rate" assessed Failed due to failed (3) > '
    "failureLimit (2)",
}


def test_argo_rollouts_tells_steps_abort_verdict_and_its_deployment(tmp_path):
    pushed = [
        posted("deployment", service="checkout", version="1.42.0", finished_at="10 09:01"),
        argo("10 09:01"),
        argo("10 09:15", status=ABORTED),
        argo("10 09:06", status={"canary": {"weights": {"canary": {"weight": 50}}}}),
    ]
    with organisation(tmp_path, {"events": pushed}, services=[SHOP]) as con:
        assert rows(con, ROLLOUTS) == [
            ("aborted", "canary", 0.5, 0.5, march("10 09:15"), True, False)
        ]
        weights = rows(con, "select changed_at, weight from facts.traffic_weights order by 1")
        assert weights == [
            (march("10 09:01"), 0.2),
            (march("10 09:06"), 0.5),
            (march("10 09:15"), 0.0),
        ]
        analyses = rows(con, "select metric, signal, verdict, can_fail from facts.analyses")
        assert analyses == [("error-rate", "errors", "failed", True)]
        assert rows(con, "select status from facts.deployments") == [("failure",)]
        assert rows(con, "select mechanism from facts.rollbacks") == [("switch",)]


def test_a_retry_of_the_same_revision_is_another_rollout(tmp_path):
    done = made.DONE | {
        "conditions": [
            {"type": "Completed", "status": "True", "lastTransitionTime": "2026-03-10T11:20:00Z"}
        ]
    }
    pushed = [
        argo("10 09:15", status=ABORTED),
        argo("10 11:00", status={"conditions": []}),
        argo("10 11:20", status=done),
    ]
    pushed.append(posted("deployment", service="checkout", version="9", finished_at="10 12:00"))
    with organisation(tmp_path, {"events": pushed}, services=[SHOP]) as con:
        assert [row[0] for row in rows(con, ROLLOUTS)] == ["aborted", "completed"]


@pytest.mark.parametrize(
    ("end", "status", "verdicts"),
    [
        (
            ("Promotion completed! Scaling down checkout.shop", "Finalising"),
            "completed",
            [("", "successful"), ("request-success-rate", "successful")],
        ),
        (
            ("Rolling back checkout.shop failed checks threshold reached 5", "Progressing"),
            "aborted",
            [("", "failed"), ("request-success-rate", "failed")],
        ),
        (
            ("Rolling back checkout.shop manual webhook invoked", "Progressing"),
            "aborted",
            [("request-success-rate", "failed")],
        ),
    ],
)
def test_flagger_tells_traffic_metrics_and_how_it_ended(tmp_path, end, status, verdicts):
    pushed = [
        posted("deployment", service="checkout", version="1", finished_at="10 09:00"),
        flagged("10 09:00", "New revision detected! Scaling up checkout.shop", checksum="before"),
        flagged("10 09:01", "Starting canary analysis for checkout.shop"),
        flagged("10 09:02", "Advance checkout.shop canary weight 10"),
        flagged("10 09:03", "Halt checkout.shop advancement success rate 69.17% < 99%"),
        flagged("10 09:04", "Advance checkout.shop canary weight 20"),
        flagged("10 09:05", *end),
    ]
    with organisation(tmp_path, {"events": pushed}, services=[SHOP]) as con:
        ((found, strategy, most, abort_weight, *_),) = rows(con, ROLLOUTS)
        assert (found, strategy, most) == (status, "canary", 0.2)
        assert abort_weight == (0.2 if status == "aborted" else None)
        query = "select metric, verdict from facts.analyses order by metric"
        assert rows(con, query) == verdicts


def test_events_may_come_twice_and_in_any_order(tmp_path):
    pushed = [
        flagged("10 09:05", "Promotion completed! Scaling down checkout.shop", "Finalising"),
        flagged("10 09:01", "Starting canary analysis for checkout.shop"),
        flagged("10 09:02", "Advance checkout.shop canary weight 10"),
        flagged("10 09:02", "Advance checkout.shop canary weight 10"),
        flagged("11 09:01", "Starting canary analysis for checkout.shop"),
        posted("deployment", service="checkout", version="1", finished_at="10 09:00"),
    ]
    query = "select status, started_at, finished_at from facts.progressive_rollouts order by 2"
    found = []
    for name, turn in (("one", pushed), ("other", pushed[::-1])):
        with organisation(tmp_path / name, {"events": turn}, services=[SHOP]) as con:
            found.append(rows(con, query))
    assert found[0] == found[1]
    assert found[0] == [
        ("completed", march("10 09:01"), march("10 09:05")),
        ("progressing", march("11 09:01"), None),
    ]


def test_the_template_names_every_field_that_is_read():
    filled = argo_rollouts.TEMPLATE
    for name in ("metadata", "image", "strategy", "status", "revision"):
        assert name in filled
    assert "env" not in filled

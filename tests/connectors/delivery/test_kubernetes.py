"""What a cluster's objects tell, from exported files."""

import json
import os

import pytest
import yaml

from connectors.delivery import Kubernetes, Places
from connectors.delivery.exports import Exports
from connectors.errors import SourceMisconfigured
from tests.connectors.delivery import objects as made
from tests.support import at

PLACES = Places({"checkout": "checkout"}, {"shop-*": "production"}, "https://k.example/{name}")


@pytest.fixture
def look(tmp_path):
    """Return a function that exports objects at a moment and collects an entity of them."""

    def looked(entity, *bodies, cursor=None, moment="2026-03-10 09:06"):
        file = tmp_path / "all.json"
        file.write_text(json.dumps({"kind": "List", "items": bodies}))
        os.utime(file, (at(moment).timestamp(),) * 2)
        (batch,) = Kubernetes(Exports(tmp_path), PLACES).collect(
            entity, {tmp_path.name: cursor} if cursor else {}
        )
        return {record.record_id: dict(record.payload) for record in batch.rows}, batch.cursor

    return looked


SETS = (
    made.replica_set("checkout", made.STABLE, "shop:1.41.0", "2026-03-09T08:00:00Z"),
    made.replica_set("checkout", made.NEXT, "shop:1.42.0", "2026-03-10T09:00:01Z"),
)
SEVENTH = "argo_rollouts/shop-prod/checkout/7"


def test_a_rollout_tells_strategy_steps_versions_and_what_stays_up(look):
    rows, _ = look("progressive_rollouts", made.rollout(), *SETS)

    assert rows == {
        SEVENTH: {
            "service": "checkout",
            "environment": "production",
            "url": "https://k.example/checkout",
            "version": "1.42.0",
            "artifact_digest": made.DIGEST,
            "tool": "argo_rollouts",
            "strategy": "canary",
            "status": "progressing",
            "started_at": "2026-03-10T09:00:00Z",
            "stable_version": "1.41.0",
            "has_weights": True,
            "max_weight": 0.5,
            "pause_count": 2,
            "has_traffic_mirror": False,
            "warm_seconds": 600,
            "is_sampled": True,
        }
    }


def test_it_is_completed_once_its_hash_is_stable_and_keeps_its_start(look):
    _, cursor = look("progressive_rollouts", made.rollout(), *SETS)
    rows, _ = look("progressive_rollouts", made.rollout(status=made.DONE), *SETS, cursor=cursor)

    (row,) = rows.values()
    assert (row["status"], row["started_at"], row["finished_at"]) == (
        "completed", "2026-03-10T09:00:00Z", "2026-03-10T09:20:00Z",
    )  # fmt: skip
    assert row["stable_version"] == "1.41.0"


def test_an_abort_keeps_the_weight_that_it_had_before(look):
    _, cursor = look("progressive_rollouts", made.rollout(), *SETS)
    aborted = {
        "abort": True, "abortedAt": "2026-03-10T09:07:00Z", "phase": "Degraded",
        "canary": {"weights": {"canary": {"weight": 0}}},
    }  # fmt: skip
    rows, cursor = look("progressive_rollouts", made.rollout(status=aborted), cursor=cursor)
    again, _ = look("progressive_rollouts", made.rollout(status=aborted), cursor=cursor)

    (row,) = rows.values()
    assert (row["status"], row["aborted_at"], row["abort_weight"]) == (
        "aborted", "2026-03-10T09:07:00Z", 0.2,
    )  # fmt: skip
    assert again == rows


def test_an_abort_without_a_time_of_its_own_has_that_of_its_condition(look):
    status = {
        "abort": True,
        "conditions": [
            {"type": "Progressing", "status": "False", "reason": "RolloutAborted",
             "lastUpdateTime": "2026-03-10T09:08:00Z"},
        ],
    }  # fmt: skip
    rows, _ = look("progressive_rollouts", made.rollout(status=status))
    assert rows[SEVENTH]["aborted_at"] == "2026-03-10T09:08:00Z"


@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        (
            {"blueGreen": {"activeService": "a", "autoPromotionEnabled": False}},
            {
                "strategy": "blue_green",
                "warm_seconds": 30,
                "pause_count": 1,
                "is_hand_paused": True,
            },
        ),
        (
            {"blueGreen": {"activeService": "a", "scaleDownDelaySeconds": 900}},
            {"strategy": "blue_green", "warm_seconds": 900, "pause_count": 0},
        ),
        ({"canary": {}}, {"strategy": "rolling", "warm_seconds": 0, "has_weights": False}),
        (
            {"canary": {"steps": [{"setWeight": 10}, {"pause": {}}]}},
            {"strategy": "canary", "warm_seconds": 0, "max_weight": 0.1, "is_hand_paused": True},
        ),
        (
            {"canary": {"steps": [{"setMirrorRoute": {"name": "m"}}, {"setWeight": 100}]}},
            {"strategy": "canary", "has_traffic_mirror": True, "has_weights": False},
        ),
    ],
)
def test_each_strategy_tells_its_steps(look, strategy, wanted):
    rows, _ = look("progressive_rollouts", made.rollout(strategy=strategy))
    assert rows[SEVENTH] | wanted == rows[SEVENTH]


def test_a_promotion_past_its_steps_is_remembered(look):
    _, cursor = look("progressive_rollouts", made.rollout(status={"promoteFull": True}))
    rows, _ = look("progressive_rollouts", made.rollout(status=made.DONE), cursor=cursor)
    assert rows[SEVENTH]["is_fast_promoted"] is True


def test_going_back_within_the_window_is_a_rollback(look):
    back = made.replica_set("checkout", made.NEXT, "shop:1.40.0", "2026-03-01T08:00:00Z")
    window = {"rollbackWindow": {"revisions": 3}}
    rows, _ = look("progressive_rollouts", made.rollout(**window), SETS[0], back)
    other, _ = look("progressive_rollouts", made.rollout(**window), *SETS)

    assert rows[SEVENTH]["is_rollback"] is True
    assert "is_rollback" not in other[SEVENTH]


def test_traffic_is_told_when_it_changes(look):
    rows, cursor = look("traffic_weights", made.rollout())
    same, _ = look("traffic_weights", made.rollout(), cursor=cursor, moment="2026-03-10 09:09")

    assert rows == {
        f"{SEVENTH}/2026-03-10T09:06:00Z": {
            "rollout_id": SEVENTH, "changed_at": "2026-03-10T09:06:00Z", "weight": 0.2,
        }
    }  # fmt: skip
    assert same == {}


def test_a_mirror_that_was_passed_is_a_shadow(look):
    steps = [{"setMirrorRoute": {"name": "m", "percentage": 50}}, {"setWeight": 20}]
    strategy = {"canary": {"steps": steps}}
    rows, _ = look("shadows", made.rollout(strategy=strategy))
    not_yet, _ = look("shadows", made.rollout(strategy=strategy, status={"currentStepIndex": 0}))

    assert rows[SEVENTH]["started_at"] == "2026-03-10T09:00:00Z"
    assert not_yet == {}


RUN = "argo_rollouts/shop-prod/checkout-7-1/error-rate"


@pytest.mark.parametrize(
    ("phase", "verdict"),
    [
        ("Successful", "successful"),
        ("Failed", "failed"),
        ("Error", "error"),
        ("Inconclusive", "inconclusive"),
    ],
)
def test_an_analysis_run_tells_its_verdict(look, phase, verdict):
    rows, _ = look("analyses", made.rollout(), made.analysis_run(phase=phase))
    assert rows[RUN] == {
        "rollout_id": SEVENTH,
        "metric": "error-rate",
        "is_dry_run": False,
        "compares_stable": False,
        "can_fail": True,
        "verdict": verdict,
        "started_at": "2026-03-10T09:05:00Z",
        "finished_at": "2026-03-10T09:10:00Z",
    }


def test_a_run_that_goes_on_has_no_verdict_and_no_end(look):
    rows, _ = look("analyses", made.rollout(), made.analysis_run(phase="Running"))
    assert "verdict" not in rows[RUN]
    assert "finished_at" not in rows[RUN]


@pytest.mark.parametrize(
    ("run", "field", "wanted"),
    [
        ({"dryRun": [{"metricName": "error-.*"}]}, "is_dry_run", True),
        ({"dryRun": [{"metricName": "other"}]}, "is_dry_run", False),
        ({"result": {"dryRun": True}}, "is_dry_run", True),
        ({"metric": {"failureCondition": None}}, "can_fail", False),
        ({"metric": {"failureCondition": None, "provider": {"job": {}}}}, "can_fail", True),
        ({"metric": {"failureLimit": -1}}, "can_fail", False),
        ({"metric": {"successCondition": "result < 1"}}, "can_fail", True),
        ({"args": [{"name": "stable-hash", "value": made.STABLE}]}, "compares_stable", True),
        ({"args": [{"name": "other", "value": made.STABLE}]}, "compares_stable", True),
        ({"args": [{"name": "canary-hash", "value": made.NEXT}]}, "compares_stable", False),
        ({"metric": {"provider": {"kayenta": {}}}}, "compares_stable", True),
    ],
)
def test_what_a_metric_can_do_is_in_its_fields(look, run, field, wanted):
    rows, _ = look("analyses", made.rollout(), made.analysis_run(**run))
    assert rows[RUN][field] is wanted


TARGETS = (
    made.deployment("search", "search:2.0.0"),
    made.deployment("search-primary", "search:1.9.0"),
)
CANARY = "flagger/shop-prod/search/68f7c9b5d"


@pytest.mark.parametrize(
    ("phase", "status", "time"),
    [
        ("Progressing", "progressing", None),
        ("WaitingPromotion", "paused", None),
        ("Succeeded", "completed", "finished_at"),
        ("Failed", "aborted", "aborted_at"),
    ],
)
def test_a_canary_of_flagger_tells_how_it_stands(look, phase, status, time):
    rows, _ = look("progressive_rollouts", made.canary(phase), *TARGETS)
    row = rows[CANARY]

    assert row["status"] == status
    assert (row["strategy"], row["version"], row["max_weight"]) == ("canary", "2.0.0", 0.5)
    assert row.get("stable_version") == (None if phase == "Succeeded" else "1.9.0")
    assert {name for name in ("finished_at", "aborted_at") if name in row} == {time} - {None}
    assert list(rows) == [CANARY], "the Deployments behind it are no rollouts of their own"


def test_a_canary_that_rolls_nothing_out_is_none(look):
    rows, _ = look("progressive_rollouts", made.canary("Initialized"), *TARGETS)
    assert rows == {}


def test_flagger_by_iterations_with_a_hook_that_confirms_is_blue_green_by_hand(look):
    analysis = {
        "maxWeight": None, "stepWeight": None, "iterations": 10, "mirror": True,
        "webhooks": [{"name": "gate", "type": "confirm-promotion", "url": "http://g"}],
    }  # fmt: skip
    rows, _ = look("progressive_rollouts", made.canary("Progressing", analysis=analysis))
    wanted = {
        "strategy": "blue_green", "is_hand_paused": True, "has_traffic_mirror": True,
        "has_weights": False, "pause_count": 1,
    }  # fmt: skip
    assert rows[CANARY] | wanted == rows[CANARY]
    shadows, _ = look("shadows", made.canary("Progressing", analysis=analysis))
    assert list(shadows) == [CANARY]


def test_flagger_fails_by_the_threshold_of_failed_checks_alone(look):
    template = {
        "apiVersion": "flagger.app/v1beta1", "kind": "MetricTemplate",
        "metadata": {"name": "orders", "namespace": "flagger"},
        "spec": {"query": 'a{app="{{ target }}"} / a{app="{{ target }}-primary"}'},
    }  # fmt: skip
    failed, _ = look("analyses", made.canary("Failed", failedChecks=5), template)
    stopped, _ = look("analyses", made.canary("Failed", failedChecks=4), template)
    passed, _ = look("analyses", made.canary("Succeeded"))

    assert [row.get("verdict") for row in failed.values()] == ["failed", None, None]
    assert [row["compares_stable"] for row in failed.values()] == [True, False, True]
    assert {row.get("verdict") for row in stopped.values()} == {None}
    assert {row.get("verdict") for row in passed.values()} == {"successful"}
    assert [row["metric"] for row in passed.values()] == ["", "request-success-rate", "orders"]


def test_a_plain_deployment_tells_each_version_that_is_still_known(look):
    history = {"deployment.kubernetes.io/revision-history": "1"}
    rows, _ = look(
        "progressive_rollouts",
        made.deployment("stock", "stock:3"),
        made.plain_set("stock", "3", "stock:3", "2026-03-10T11:00:00Z"),
        made.plain_set("stock", "2", "stock:2", "2026-03-09T11:00:00Z"),
        made.plain_set("stock", "1", "stock:1", "2026-03-01T11:00:00Z", **history),
    )
    assert {
        name: (row["version"], row["status"], row["started_at"], row.get("finished_at"))
        for name, row in rows.items()
    } == {
        "kubernetes/shop-prod/stock/3": (
            "3", "completed", "2026-03-10T11:00:00Z", "2026-03-10T11:05:00Z",
        ),
        "kubernetes/shop-prod/stock/2": ("2", "completed", "2026-03-09T11:00:00Z", None),
    }  # fmt: skip


def test_argo_cd_remembers_its_syncs_and_tells_once_that_it_drifted(look):
    rows, _ = look("agent_syncs", made.application())
    drifted = {"sync": {"status": "OutOfSync"}, "reconciledAt": "2026-03-10T12:00:00Z"}
    out, cursor = look("agent_syncs", made.application(**drifted))
    later = {**drifted, "reconciledAt": "2026-03-10T12:03:00Z"}
    again, _ = look("agent_syncs", made.application(**later), cursor=cursor)

    assert [(row["changed_at"], row["state"], row["environment"]) for row in rows.values()] == [
        ("2026-03-09T09:00:00Z", "synced", "production"),
        ("2026-03-10T09:00:00Z", "synced", "production"),
    ]
    assert [row["state"] for row in out.values()] == ["synced", "synced", "out_of_sync"]
    assert [row["state"] for row in again.values()] == ["synced", "synced"]


def test_flux_tells_whether_what_is_declared_is_applied(look):
    ready = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-03-10T12:00:00Z"}
    body = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
        "metadata": made.metadata("checkout"),
        "spec": {"targetNamespace": "shop-prod"},
        "status": {"conditions": [ready], "lastAppliedRevision": "main@sha1:f00d"},
    }  # fmt: skip
    rows, _ = look("agent_syncs", body)
    (row,) = rows.values()
    assert (row["tool"], row["state"], row["revision"]) == ("flux", "out_of_sync", "main@sha1:f00d")


HOSTILE = [
    None,
    7,
    "text",
    [],
    {},
    {"canary": 3},
    {"canary": {"steps": [None, 7, {"setWeight": "x"}]}},
]


@pytest.mark.parametrize("found", HOSTILE)
def test_what_has_another_shape_costs_nothing_else(look, found):
    broken = made.rollout("broken")
    broken["spec"] = {"strategy": found, "template": found}
    broken["status"] |= {"conditions": found, "canary": found}
    for entity in Kubernetes.entities:
        rows, _ = look(entity, broken, made.rollout(), {"kind": found}, *SETS)
        assert isinstance(rows, dict)


def test_yaml_documents_and_typed_lists_are_read_alike(tmp_path):
    documents = yaml.safe_dump_all([made.rollout(), {"kind": "Other"}])
    (tmp_path / "one.yaml").write_text(documents)
    bare = {key: value for key, value in SETS[0].items() if key not in ("kind", "apiVersion")}
    typed = {"apiVersion": "apps/v1", "kind": "ReplicaSetList", "items": [bare]}
    (tmp_path / "sets.yml").write_text(yaml.safe_dump(typed))
    (batch,) = Kubernetes(Exports(tmp_path), PLACES).collect("progressive_rollouts", {})

    (row,) = batch.rows
    assert row.payload["stable_version"] == "1.41.0"
    assert row.payload["started_at"] == "2026-03-10T09:00:00Z"


def test_a_path_that_is_not_there_and_a_file_that_is_broken_are_told(tmp_path):
    source = Kubernetes(Exports(tmp_path / "none"))
    (failure,) = source.collect("progressive_rollouts", {})
    assert "mend `path`" in str(failure.error)
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(SourceMisconfigured, match=r"a\.json: can't be read as json"):
        list(Exports(tmp_path).files() and Exports(tmp_path).objects(made_kind()))


def made_kind():
    from connectors.delivery.kinds import ROLLOUT

    return ROLLOUT

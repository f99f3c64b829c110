import json

import pytest

from connectors.events.event import Untranslatable
from tests.connectors.events.examples import launchdarkly_entry, unleash_event
from tests.connectors.events.translating import (
    events,
    has,
    lines,
    payload,
    payloads,
    recorded,
)


@pytest.mark.parametrize(
    ("type", "state"),
    [
        ("feature-created", "created"),
        ("feature-environment-enabled", "enabled"),
        ("feature-environment-disabled", "disabled"),
        ("feature-archived", "archived"),
        ("feature-deleted", "archived"),
        ("feature-strategy-add", "updated"),
        ("feature-revived", "updated"),
    ],
)
def test_a_flag_of_unleash_is_created_switched_and_archived(type, state):
    assert has(
        payload("unleash", unleash_event(type)),
        subject="flag",
        subject_id="unleash/default/checkout-v2",
        state=state,
        name="checkout-v2",
        environment="production",
        at="2026-11-23T10:41:55.603000Z",
        author=None,
    )


def test_the_share_that_a_strategy_reaches_is_a_label():
    data = {"parameters": {"rollout": "10", "groupId": "checkout-v2"}}
    found = payload("unleash", unleash_event("feature-strategy-update", data=data))
    assert found["labels"] == "rollout=10"


def test_other_news_of_unleash_is_kept_as_unknown():
    found = payload("unleash", unleash_event("api-token-created", featureName=None))
    assert has(found, subject="unknown", type="api-token-created")


def test_ids_that_count_within_one_server_do_not_collide():
    (one,) = events("unleash", unleash_event(featureName="a"))
    (other,) = events("unleash", unleash_event(featureName="b"))
    assert one.record().record_id != other.record().record_id


def test_a_real_unleash_tells_a_flag_from_creation_to_a_switch():
    (hook,) = lines(recorded("recorded", "unleash_webhook.jsonl"))
    assert has(payload("unleash", hook["body"]), state="enabled", author="admin")

    log = json.loads(recorded("recorded", "unleash_events.json").read_text(encoding="utf-8"))
    told = payloads("unleash", log)
    assert len(told) == log["totalEvents"]
    assert [one["state"] for one in told if one["subject"] == "flag"] == [
        "disabled", "updated", "enabled", "updated", "created",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "verb", "state"),
    [
        ("updateOn", "turned on the flag", "enabled"),
        ("updateOn", "turned off the flag", "disabled"),
        ("createFlag", "created the flag", "created"),
        ("deleteFlag", "deleted the flag", "archived"),
        ("updateGlobalArchived", "archived the flag", "archived"),
        ("updateRules", "updated the flag", "updated"),
        ("updateOn", None, "updated"),
    ],
)
def test_a_flag_of_launchdarkly_is_created_switched_and_archived(action, verb, state):
    assert has(
        payload("launchdarkly", launchdarkly_entry(action, verb)),
        subject="flag",
        subject_id="launchdarkly/shop/checkout-v2",
        delivery_id="57c0a8e2",
        type=f"flag.{action}",
        state=state,
        name="checkout-v2",
        title="Checkout, second try",
        environment="production",
        at="2026-11-23T10:40:00.774000Z",
    )


def test_a_flag_may_be_named_by_the_target_alone():
    target = {"resources": ["proj/shop:env/*:flag/checkout-v2"]}
    found = payload("launchdarkly", launchdarkly_entry(accesses=None, target=target))
    assert has(found, type="flag", name="checkout-v2", environment=None)


def test_other_entries_of_the_audit_log_are_kept_as_unknown():
    accesses = [{"action": "updateName", "resource": "proj/shop:env/test"}]
    found = payload("launchdarkly", launchdarkly_entry(kind="environment", accesses=accesses))
    assert has(found, subject="unknown", type="environment.updateName")


def test_what_is_missing_is_named():
    with pytest.raises(Untranslatable, match=r"^_id: is missing$"):
        events("launchdarkly", launchdarkly_entry(_id=None))
    with pytest.raises(Untranslatable, match=r"^type: is missing$"):
        events("unleash", {"id": 1})

"""Rules of branches and variables: when they changed, or were seen to, and never a value."""

import json
from datetime import UTC, datetime

from tests.connectors.gitlab.collecting import collect

BOTH = ("repositories", "settings")
RULE = {"name": "main", "createdAt": "2025-01-02T09:00:00Z", "updatedAt": "2025-02-03T10:00:00Z"}
VARIABLE = {
    "key": "DEPLOY_KEY", "value": "hidden-value", "environmentScope": "production",
    "protected": True, "masked": True,
}  # fmt: skip


def changed(landed):
    return sorted(
        (one["kind"], one["name"], one["action"], one["changed_at"][:10], one.get("is_sampled"))
        for one in landed.of("settings").values()
        if "name" in one
    )


def test_rules_tell_their_times_and_variables_are_compared_from_push_to_push(gitlab, shop):
    shop.role, shop.branch_rules, shop.variables = 40, [RULE], [VARIABLE]
    landed = collect(gitlab, entities=BOTH)
    rules = [
        ("ruleset", "main", "changed", "2025-02-03", None),
        ("ruleset", "main", "made", "2025-01-02", None),
    ]
    assert changed(landed) == rules

    shop.variables = [{**VARIABLE, "protected": False}, {**VARIABLE, "key": "REGION"}]
    gitlab.state.wait(days=7)
    gitlab.calls.clear()
    assert changed(collect(gitlab, landed, entities=BOTH)) == rules
    assert [call.operation for call in gitlab.calls] == ["Projects"]
    shop.push()
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    assert changed(collect(gitlab, landed, entities=BOTH)) == [
        *rules,
        ("variable", "DEPLOY_KEY in production", "changed", today, True),
        ("variable", "REGION in production", "made", today, True),
    ]
    assert "hidden-value" not in json.dumps([*landed.of("settings").values()])


def test_what_takes_a_maintainer_is_named_once_and_fails_nothing(gitlab, shop):
    said = []
    landed = collect(gitlab, entities=BOTH, say=said.append)

    assert landed.failures == []
    assert {one["action"] for one in landed.of("settings").values()} == {"hidden"}
    assert len(said) == 2
    assert all("give the token the role Maintainer" in one for one in said)


def test_a_group_tells_of_activity_too(gitlab, shop):
    shop.role = 40
    asked = {"entities": BOTH, "repositories": ("acme/*",)}
    landed = collect(gitlab, **asked)
    gitlab.calls.clear()

    collect(gitlab, landed, **asked)
    assert "Settings" not in {call.operation for call in gitlab.calls}

    gitlab.state.wait(days=1)
    shop.push()
    collect(gitlab, landed, **asked)
    assert [call.operation for call in gitlab.calls].count("Settings") == 1

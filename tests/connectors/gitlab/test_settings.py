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


def level(access):
    return {"id": 12, "access_level": access, "user_id": None, "group_id": None}


def environment(name, access=40, approvals=0):
    return {
        "name": name, "deploy_access_levels": [level(access)], "approval_rules": [],
        "required_approval_count": approvals,
    }  # fmt: skip


def seen(landed):
    found = [one for one in landed.of("settings").values() if one.get("is_sampled")]
    return sorted((one["kind"], one["name"], one["action"]) for one in found)


def test_protection_without_times_is_compared_from_push_to_push(gitlab, shop):
    def pushing(access):
        return {"branchProtection": {"pushAccessLevels": {"nodes": [{"accessLevel": access}]}}}

    shop.role, shop.branch_rules = 40, [{**RULE, **pushing(40)}]
    names = [f"review/{number}" for number in range(120)]
    shop.protected_environments = [environment(name) for name in (*names, "eu", "us")]
    landed = collect(gitlab, entities=BOTH)
    assert seen(landed) == []

    # A rule tells no new time where only who may push was changed; a new one tells its own.
    shop.branch_rules = [{**RULE, **pushing(30)}, {**RULE, "name": "next", **pushing(30)}]
    shop.protected_environments = [
        *map(environment, names), environment("eu", approvals=2), environment("asia"),
    ]  # fmt: skip
    shop.protected_environments[0]["deploy_access_levels"][0]["id"] = 99
    gitlab.state.wait(days=7)
    shop.push()
    collect(gitlab, landed, entities=BOTH)

    assert seen(landed) == [
        ("protected_environment", "asia", "made"), ("protected_environment", "eu", "changed"),
        ("protected_environment", "us", "removed"), ("ruleset", "main", "changed"),
    ]  # fmt: skip


def test_more_than_a_page_is_read_to_its_end(gitlab, shop):
    shop.role = 40
    shop.branch_rules = [{**RULE, "name": f"release/{number}"} for number in range(250)]
    shop.variables = [{**VARIABLE, "key": f"KEY_{number}"} for number in range(120)]
    landed = collect(gitlab, entities=BOTH)
    assert len(changed(landed)) == 2 * 250

    shop.variables = []
    gitlab.state.wait(days=7)
    shop.push()
    collect(gitlab, landed, entities=BOTH)
    assert len(seen(landed)) == 120


def test_an_edition_without_protected_environments_lacks_them_alone(gitlab, shop):
    shop.role, shop.branch_rules, shop.protected_environments = 40, [RULE], None
    said = []
    landed = collect(gitlab, entities=BOTH, say=said.append)

    assert landed.failures == []
    assert landed.of("settings")["ruleset"]["action"] == "seen"
    (told,) = said
    assert told.startswith(
        "protected environments: not seen; give the token the role Maintainer, on GitLab Premium"
    )


def test_what_takes_a_maintainer_is_named_once_and_fails_nothing(gitlab, shop):
    said = []
    landed = collect(gitlab, entities=BOTH, say=said.append)

    assert landed.failures == []
    assert {one["action"] for one in landed.of("settings").values()} == {"hidden"}
    assert len(said) == 3
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

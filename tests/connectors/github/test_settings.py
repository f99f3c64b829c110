"""Settings on the way to production: when which changed, once a day, and never a value."""

import json

from tests.hosts.testbeds import find_testbeds

WEEK = 7 * 86400


def kept(site):
    """Return kind, name, action and time of what was landed, without what can be seen."""
    found = site.of("settings").values()
    return sorted(
        (one["kind"], one["name"], one["action"], one["changed_at"])
        for one in found
        if "name" in one
    )


def a_day_later(site):
    for cursor in site.cursors["settings"].values():
        cursor["looked_at"] = "2020-01-01T00:00:00Z"


def test_each_change_of_a_setting_is_kept_with_its_time(github, shop, site):
    shop.set("environments", "production")
    shop.set("secrets", "DEPLOY_KEY")
    shop.set("variables", "REGION", value="hidden-value")
    shop.set("rulesets", "main is reviewed")
    site.refresh("settings")

    github.sleep(WEEK)
    shop.set("secrets", "DEPLOY_KEY")
    shop.set("rulesets", "main is reviewed", enforcement="disabled")
    shop.bypass("a" * 40)
    a_day_later(site)
    site.refresh("settings")

    first, second = "2025-03-03T09:00:00Z", "2025-03-10T09:00:00Z"
    assert kept(site) == [
        ("bypass", "main", "bypassed", second),
        ("environment", "production", "made", first),
        ("ruleset", "main is reviewed", "changed", second),
        ("ruleset", "main is reviewed", "made", first),
        ("secret", "DEPLOY_KEY", "changed", second),
        ("secret", "DEPLOY_KEY", "made", first),
        ("variable", "REGION", "made", first),
    ]
    assert "hidden-value" not in json.dumps([*site.of("settings").values()])
    assert "ada" not in json.dumps([*site.of("settings").values()])


def test_a_day_has_one_look_whatever_is_refreshed(github, shop, site):
    shop.set("secrets", "DEPLOY_KEY")
    site.refresh("settings")
    assert len(github.calls) == 1 + 5
    github.calls.clear()

    site.refresh("settings")

    assert [call.operation for call in github.calls] == ["Owned"]


def test_what_a_token_may_not_see_is_named_once_and_fails_nothing(github, shop, site):
    github.repository("acme/api")
    shop.set("environments", "production")
    github.tokens[github.token].denied = frozenset({"secrets", "administration"})

    site.refresh("settings")

    assert not site.failures
    assert [kind for kind, *_ in kept(site)] == ["environment"]
    assert site.of("settings")["secret"] == {"kind": "secret", "action": "hidden"}
    assert site.of("settings")["variable"] == {"kind": "variable", "action": "seen"}
    (secrets,) = [said for said in site.said if "secrets" in said]
    assert "the token lacks a permission: secrets: read" in secrets
    assert len(site.said) == 2


def test_a_repository_that_is_archived_is_left_alone(github, shop, site):
    shop.is_archived = True
    site.refresh("settings")

    assert site.of("settings") == {}


def test_what_github_once_answered_is_understood():
    from connectors.github.settings import changes
    from tests.hosts.recorded import answers

    told = [one for one in answers(find_testbeds()) if isinstance(one, dict)]
    listed = {"environments": "environment", "secrets": "secret", "variables": "variable"}
    for key, kind in listed.items():
        rows = [row for one in told for row in one.get(key, ()) if isinstance(row, dict)]
        assert rows
        for row in rows:
            found = changes(kind, row)
            assert [one.name for one in found if one.action == "made"] == [row["name"]]
            assert str(row.get("value", "no value")) not in repr(found)

"""Settings on the way to production: when which changed, and never a value."""

import json
from dataclasses import replace

from tests.hosts.fault_answers import Fault
from tests.hosts.faults import FaultProxy
from tests.hosts.serving import Answer
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


def test_they_are_looked_at_with_what_is_pushed_and_cost_nothing_without(github, shop, site):
    shop.set("secrets", "DEPLOY_KEY")
    site.refresh("settings")
    assert len(github.calls) == 1 + 8
    shop.set("secrets", "LATER")

    for pause in (3600, WEEK):
        github.sleep(pause)
        github.calls.clear()
        site.refresh("settings")
        assert [call.operation for call in github.calls] == ["Owned"]

    shop.commit()
    github.calls.clear()
    site.refresh("settings")
    # What did not change is not sent again.
    assert sorted(call.status for call in github.calls) == [200, 200, 200, *[304] * 6]
    assert ("secret", "LATER", "made", "2025-03-03T09:00:00Z") in kept(site)


def test_what_an_environment_and_the_organisation_give_is_looked_at_too(github, shop, site):
    shop.set("environments", "production")
    shop.set("environments", "blue green")
    shop.set("secrets of production", "DEPLOY_KEY")
    shop.set("variables of blue green", "REGION", value="hidden-value")
    shop.set("organization-secrets", "REGISTRY")
    shop.set("organization-variables", "CLUSTER", value="hidden-value")
    site.refresh("settings")
    # Two lists for each environment.
    assert len(github.calls) == 1 + 8 + 2 * 2

    github.sleep(WEEK)
    shop.set("secrets of production", "DEPLOY_KEY")
    shop.commit()
    github.calls.clear()
    site.refresh("settings")

    first, second = "2025-03-03T09:00:00Z", "2025-03-10T09:00:00Z"
    assert [one for one in kept(site) if one[0] != "environment"] == [
        ("environment_secret", "DEPLOY_KEY in production", "changed", second),
        ("environment_secret", "DEPLOY_KEY in production", "made", first),
        ("environment_variable", "REGION in blue green", "made", first),
        ("organisation_secret", "REGISTRY", "made", first),
        ("organisation_variable", "CLUSTER", "made", first),
    ]
    assert sorted(call.status for call in github.calls) == [200, 200, 200, *[304] * 10]
    assert "hidden-value" not in json.dumps([*site.of("settings").values()])


def protections(site):
    found = [one for one in site.of("settings").values() if one["kind"] == "protection"]
    return sorted(
        (one["name"], one["action"], one["unchanged_at"]) for one in found if "name" in one
    )


def test_classic_protection_is_compared_from_push_to_push(github, shop, site):
    for number in range(30):
        shop.protect(f"release/{number}")
    shop.protect("main", requiredApprovingReviewCount=2, requiredStatusCheckContexts=["tests"])
    site.refresh("settings")
    assert protections(site) == []
    assert github.count("Protections") == 2

    shop.protect("main", requiredApprovingReviewCount=1)
    shop.protect("release/0", bypassPullRequestAllowances={"totalCount": 1})
    shop.protect("next")
    del shop.protections["release/1"]
    github.sleep(WEEK)
    site.refresh("settings")
    assert protections(site) == []
    shop.commit()
    site.refresh("settings")

    assert protections(site) == [
        (name, action, "2025-03-03T09:00:00Z")
        for name, action in [
            ("main", "changed"), ("next", "made"),
            ("release/0", "changed"), ("release/1", "removed"),
        ]
    ]  # fmt: skip


def test_protection_that_github_shows_none_of_is_not_taken_for_none(github, shop, site):
    shop.protect("main")
    site.refresh("settings")
    github.tokens[github.token].is_administrator = False
    github.sleep(WEEK)
    shop.commit()
    site.refresh("settings")

    assert protections(site) == []
    assert site.of("settings")["protection"]["action"] == "hidden"
    (said,) = site.said
    assert said.startswith("protection of branches: not seen; give the token Administration: read")

    # What was seen before is kept to compare with.
    github.tokens[github.token].is_administrator = True
    del shop.protections["main"]
    shop.protect("next")
    github.sleep(WEEK)
    shop.commit()
    site.refresh("settings")
    assert [one[:2] for one in protections(site)] == [("main", "removed"), ("next", "made")]


def test_of_many_environments_the_oldest_are_looked_into(github, shop, site):
    shop.set("environments", "production")
    github.sleep(60)
    for number in range(30):
        shop.set("environments", f"a preview {number:02}")
    site.refresh("settings")

    assert github.count(path="environments/.*/secrets") == 20
    assert github.count(path="environments/production/secrets") == 1
    assert site.said == [
        f"{what} of environments: acme/shop has 31 environments; the 20 oldest are looked into"
        for what in ("secrets", "CI variables")
    ]


def test_what_is_removed_is_seen_with_the_next_push(github, shop, site):
    shop.set("environments", "production")
    for kind in ("secrets", "rulesets", "secrets of production"):
        for name in ("GOES", "STAYS"):
            shop.set(kind, name)
    shop.bypass("a" * 40)
    site.refresh("settings")
    for kind in ("secrets", "rulesets", "secrets of production"):
        shop.unset(kind, "GOES")
    shop.settings["rule-suites"] = []
    github.sleep(WEEK)
    shop.commit()
    site.refresh("settings")

    removed = [one for one in site.of("settings").values() if one["action"] == "removed"]
    assert sorted((one["kind"], one["name"], one["is_sampled"]) for one in removed) == [
        ("environment_secret", "GOES in production", True),
        ("ruleset", "GOES", True),
        ("secret", "GOES", True),
    ]

    # Nothing changes any more, so nothing is sent, and nothing of it is taken for removed.
    github.sleep(WEEK)
    shop.commit()
    site.refresh("settings")
    assert len([one for one in site.of("settings").values() if one["action"] == "removed"]) == 3


def test_more_than_a_page_is_read_to_its_end(github, shop, site):
    for number in range(250):
        shop.set("secrets", f"KEY_{number:03}")
    site.refresh("settings")
    assert len(kept(site)) == 250
    github.sleep(WEEK)
    shop.set("secrets", "KEY_249")
    shop.commit()

    github.calls.clear()
    site.refresh("settings")

    assert ("secret", "KEY_249", "changed", "2025-03-10T09:00:00Z") in kept(site)
    # The first page alone can't say whether the others changed.
    assert github.count(path="actions/secrets") == 3


def test_a_list_that_repeats_its_pages_is_not_believed(github, shop, site):
    for number in range(150):
        shop.set("secrets", f"KEY_{number:03}")
    serve = github.answer

    def repeated(request):
        if "secrets" in request.path:
            request = replace(request, target=request.target.replace("page=2", "page=1"))
        return serve(request)

    github.answer = repeated
    site.refresh("settings")

    (failure,) = site.failures
    assert "repeats a page" in str(failure.error)
    assert kept(site) == []


def test_a_look_that_failed_is_done_again_though_nothing_is_new(github, shop, site):
    shop.set("secrets", "DEPLOY_KEY")
    serve = github.answer
    github.answer = lambda request: (
        Answer(418, {"message": "no"}) if "secrets" in request.path else serve(request)
    )
    site.refresh("settings")
    assert [failure.entity for failure in site.failures] == ["settings"]
    github.answer = serve

    site.refresh("settings")

    assert kept(site) == [("secret", "DEPLOY_KEY", "made", "2025-03-03T09:00:00Z")]


def test_a_list_that_says_more_and_holds_nothing_is_not_believed(github, shop, site):
    shop.set("rulesets", "main is reviewed")
    with FaultProxy(github.url, [Fault.PASS] * 4 + [Fault.EMPTY_PAGE], clock=github.clock) as proxy:
        site.refresh("settings", url=proxy.url)

    assert proxy.counts[Fault.EMPTY_PAGE] == 1
    assert [kind for kind, *_ in kept(site)] == ["ruleset"]


def test_what_a_token_may_not_see_is_named_once_and_fails_nothing(github, shop, site):
    github.repository("acme/api")
    shop.set("environments", "production")
    github.tokens[github.token].denied = frozenset({"secrets", "administration"})

    site.refresh("settings")

    assert not site.failures
    assert [kind for kind, *_ in kept(site)] == ["environment"]
    assert site.of("settings")["secret"] == {"kind": "secret", "action": "hidden"}
    assert site.of("settings")["variable"] == {"kind": "variable", "action": "seen"}
    assert [said.partition(";")[0] for said in site.said] == [
        "secrets: not seen", "pushes past rules: not seen",
        "secrets of the organisation: not seen", "protection of branches: not seen",
    ]  # fmt: skip
    assert site.said[0].startswith("secrets: not seen; give the token Secrets: read")


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

"""What doctor and init are told."""

from connectors.hosts.survey import Use
from tests.connectors.github.site import Site, listed
from tests.connectors.github.test_signing_in import app
from tests.hosts.github_state import App
from tests.support import at


def told(site, **settings):
    return {one.subject: (one.level, one.said) for one in site.connect(**settings).access()}


def test_a_good_token_sees_everything_and_its_quota(github, shop, site):
    found = told(site, runs=["Deploy"])

    assert {level for level, _ in found.values()} == {"ok"}
    assert found["sign in"][1] == "signs in as reader, with the scopes repo, read:org"
    assert found["quota (core)"][1] == "5000 of 5000 calls are left of this hour"
    assert found["acme"][1] == "1 repository is seen"
    assert found["deployments of acme/shop"] == ("ok", "can be read")
    assert found["rules of branches of acme/shop"] == ("ok", "can be read, by Metadata: read")


def test_a_low_quota_says_that_a_refresh_would_wait(github, site):
    github.quota.limits["core"] = 0

    level, said = told(site, reserve=0.1)["quota (core)"]

    assert level == "look"
    assert "a refresh waits for the next" in said


def test_each_missing_permission_is_told_with_its_fix(github, shop, site):
    token = github.tokens[github.token]
    token.scopes, token.denied = None, frozenset({"actions", "deployments", "issues"})

    found = told(site)

    assert {subject for subject, (level, _) in found.items() if level == "mend"} == {
        "deployments of acme/shop",
        "issues of acme/shop",
        "workflow runs of acme/shop",
    }
    assert "Deployments: read" in found["deployments of acme/shop"][1]
    assert "actions: read" in found["workflow runs of acme/shop"][1]


def test_each_kind_of_settings_is_told_with_the_right_that_it_takes(github, shop, site):
    token = github.tokens[github.token]
    token.scopes, token.denied = None, frozenset({"secrets", "actions_variables", "administration"})

    found = told(site)

    lacking = {subject: said for subject, (level, said) in found.items() if level == "look"}
    assert {
        subject: said.partition("give the token ")[2].split()[0]
        for subject, said in lacking.items()
    } == {
        "secrets of acme/shop": "Secrets:",
        "CI variables of acme/shop": "Variables:",
        "protection of branches of acme/shop": "Administration:",
        "secrets of the organisation of acme/shop": "Secrets:",
        "CI variables of the organisation of acme/shop": "Variables:",
        "pushes past rules of acme/shop": "Administration:",
    }
    assert all("nothing else lacks" in said[:300] for said in lacking.values())
    assert found["environments of acme/shop"][0] == "ok"
    assert "mend" not in {level for level, _ in found.values()}
    assert site.said == []


def test_a_token_without_the_scope_repo_is_told_so(github, shop, site):
    github.tokens[github.token].scopes = ("public_repo",)

    found = told(site)

    assert found["scopes"][0] == "look"
    assert "lacks the scope repo" in found["scopes"][1]
    assert found["acme/*"][0] == "mend"


def test_a_wrong_token_is_all_there_is_to_say(site):
    found = told(site, token="wrong")

    assert list(found) == ["sign in"]
    assert found["sign in"][0] == "mend"
    assert "Make a new one" in found["sign in"][1]


def test_an_app_says_as_whom_it_signs_in(github, shop):
    github.state.app = App(7, {"acme": 70})

    found = told(Site(github, {"app": app()}))

    assert found["sign in"] == ("ok", "signs in as drumbeat-app[bot]")


def test_the_survey_tells_what_a_repository_really_uses(github, shop, site):
    shop.commit(files={"CODEOWNERS": "* @acme/web", "catalog-info.yaml": "kind: Component"})
    shop.commit(files={"src/app.py": "", "docs/index.md": ""})
    shop.deploy("production", "success")
    github.at("2025-03-04 09:00")
    for environment in ("staging", "production"):
        shop.deploy(environment, "success")
    shop.release("v1.0.0")
    shop.release("v2.0.0", is_draft=True)
    shop.run("Deploy")
    shop.issue("Down", labels=["incident"], type="Incident")
    (one,) = listed(site.connect())
    github.calls.clear()

    found = site.api.survey(one)

    day = at("2025-03-04 09:00")
    assert found.deployments == (Use("production", 2, day), Use("staging", 1, day))
    assert found.releases == (Use("v1.0.0", 1, day),)
    assert found.tags == ("v1.0.0",)
    assert found.runs == (Use("Deploy", 1, day, ".github/workflows/deploy.yml"),)
    assert (found.labels, found.issue_types) == (("incident",), ("Incident",))
    assert found.files == {"CODEOWNERS": "* @acme/web", "catalog-info.yaml": "kind: Component"}
    assert sorted(found.folders) == ["docs", "src"]
    assert [call.operation for call in github.calls] == ["KnownTypes", "Survey", ""]


def test_a_survey_of_a_server_without_types_and_actions_is_one_all_the_same(github, shop, site):
    github.is_newest = False
    github.tokens[github.token].denied = frozenset({"actions"})
    (one,) = listed(site.connect())

    found = site.api.survey(one)

    assert (found.full_name, found.runs, found.issue_types) == ("acme/shop", (), ())

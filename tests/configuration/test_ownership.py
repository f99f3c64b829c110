import pytest

from connectors.codeowners import rules
from pipelines.configuration.proposals.ownership import holds, owner, team


@pytest.mark.parametrize(
    ("pattern", "path", "is_held"),
    [
        ("*", "services/api/x", True),
        ("*.js", "web/app.js", True),
        ("*.js", "web/app.ts", False),
        ("services/", "a/services/api/x", True),
        ("/services/", "a/services/api/x", False),
        ("/services/api", "services/api/x", True),
        ("services/api/", "services/api/x", True),
        ("services/*", "services/x", True),
        ("services/*", "services/api/x", False),
        ("services/**", "services/api/x", True),
        ("**/api", "services/api/x", True),
        ("services/**/x", "services/a/b/x", True),
        ("services/**/x", "services/x", True),
        ("/web", "website/x", False),
        ("[ab]", "a", False),
    ],
)
def test_patterns_hold_as_those_of_gitignore_do(pattern, path, is_held):
    assert holds(pattern, path) is is_held


def test_a_pattern_of_stars_is_no_work():
    assert not holds("*a" * 300 + "b", "a" * 300)
    assert not holds("**/" * 29 + "b", "/".join("a" * 30))


def test_the_last_rule_that_holds_gives_the_team():
    files = {
        "CODEOWNERS": "* @acme/core\n/services/ @acme/services # all\n/services/api @acme/api\n"
    }

    assert owner(files, "", "").team == "core"
    assert owner(files, "services/web", "").team == "services"
    assert owner(files, "services/api", "").team == "api"
    assert owner(files, "services/api", "").why == "CODEOWNERS gives it /services/api"


def test_a_later_rule_without_owners_takes_the_path_away():
    found = owner({"CODEOWNERS": "* @acme/core\n/docs\n"}, "docs", "")

    assert (found.team, found.why) == ("", "CODEOWNERS gives docs to nobody")


def test_persons_are_never_owners():
    for said in ("@alice", "alice@example.com", "@alice bob@example.com", "@@maintainer"):
        found = owner({"CODEOWNERS": f"* {said}"}, "", "")
        assert found.team == ""
        assert "alice" not in found.why


def test_teams_stand_before_persons_and_others_are_named():
    found = owner({"CODEOWNERS": "* @alice @acme/core @acme/web"}, "", "")

    assert found.team == "core"
    assert found.why == "CODEOWNERS gives it *; also web"


def test_the_first_place_of_codeowners_counts():
    files = {"docs/CODEOWNERS": "* @acme/docs", ".github/CODEOWNERS": "* @acme/hub"}

    assert owner(files, "", "").team == "hub"


def test_sections_of_gitlab_have_owners_for_lines_without():
    found = list(rules("[Web][2] @acme/web\n/web/\n/web/api @acme/api\n^[Docs] @acme/docs\n*.md\n"))

    assert [(rule.pattern, rule.owners) for rule in found] == [
        ("/web/", ("@acme/web",)),
        ("/web/api", ("@acme/api",)),
        ("*.md", ("@acme/docs",)),
    ]


def test_blanks_in_patterns_are_escaped_and_negations_mean_nothing():
    found = list(rules("/my\\ docs/ @acme/docs\n!/x @acme/x\n\n# nothing\n"))

    assert [(rule.pattern, rule.owners) for rule in found] == [("/my docs/", ("@acme/docs",))]


@pytest.mark.parametrize(
    ("name", "is_reference", "said"),
    [
        ("@acme/payments", False, "payments"),
        ("@group/sub/payments", False, "payments"),
        ("@alice", False, ""),
        ("group:default/payments", True, "payments"),
        ("Group:payments", True, "payments"),
        ("default/payments", True, "payments"),
        ("payments", True, "payments"),
        ("user:default/alice", True, ""),
        ("user:alice", True, ""),
        ("alice@example.com", True, ""),
        ("", True, ""),
    ],
)
def test_names_of_teams_lose_what_stands_before(name, is_reference, said):
    assert team(name, is_reference=is_reference) == said


def test_the_catalog_says_more_than_codeowners():
    files = {"CODEOWNERS": "* @acme/core"}

    assert owner(files, "", "group:default/payments").team == "payments"
    assert owner(files, "", "user:default/alice").team == "core"


def test_a_bare_owner_that_codeowners_knows_as_a_person_is_none():
    assert owner({"CODEOWNERS": "* @alice"}, "", "alice").team == ""


def test_what_is_not_known_is_said():
    assert owner({}, "", "").why == "no catalog-info.yaml, no CODEOWNERS"
    assert owner({}, "", "user:alice").why == "catalog-info.yaml names no team, no CODEOWNERS"
    assert owner({"CODEOWNERS": "/a @x/y"}, "b", "").why == "CODEOWNERS says nothing of b"

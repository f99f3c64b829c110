import pytest

from pipelines.configuration.proposals import recognising


@pytest.mark.parametrize(
    "name",
    [
        "production",
        "Production",
        "prod",
        "prod-eu",
        "live",
        "checkout-production",
        "prod1",
        "eu/prod",
    ],
)
def test_production_is_told_by_its_name(name):
    assert recognising.environment(name).is_production


@pytest.mark.parametrize(
    "name",
    ["staging", "preprod", "pre-production", "non-prod", "prod-test", "preview/prod-fix",
     "github-pages", "product", "delivery", "reproduction", "prod_qa", "live-demo"],
)  # fmt: skip
def test_what_only_sounds_like_production_is_not(name):
    assert not recognising.environment(name).is_production


def test_a_tier_says_more_than_a_name():
    assert recognising.environment("gcp-main", ["gcp-main"]).is_production
    assert recognising.environment("prod-test", ["prod-test"]).is_production


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("checkout-production", "checkout", ""),
        ("prod-eu-west-1", "", "eu-west-1"),
        ("eu/prod/blue", "eu", "blue"),
        ("Production \u2013 web", "web", ""),
        ("shop / production", "shop", ""),
    ],
)
def test_a_name_is_cut_at_the_word_for_production(name, before, after):
    found = recognising.environment(name)

    assert (found.before, found.after) == (before, after)


def test_regions_are_places_numbers_and_copies():
    assert all(map(recognising.is_region, ["eu", "eu-west-1", "us", "DE", "blue", "2", "a"]))
    assert not any(map(recognising.is_region, ["checkout", "web-eu", "search"]))


@pytest.mark.parametrize(
    ("name", "path", "surely"),
    [
        ("Deploy", "", 2),
        ("CI", ".github/workflows/deploy.yml", 2),
        ("CI/CD", "", 2),
        ("Build, test and deploy", "", 2),
        ("Deploy to production", "", 3),
        ("deploy_prod", "", 3),
        ("Release", ".github/workflows/release.yaml", 1),
        ("publish", "", 1),
        ("Deploy to staging", "", 0),
        ("deploy:review", "", 2),
        ("Release Drafter", "", 0),
        ("Teardown deployment", "", 0),
        ("pages build and deployment", "dynamic/pages/pages-build-deployment", 0),
        ("CI", ".github/workflows/ci.yml", 0),
        ("Tests", "", 0),
    ],
)
def test_workflows_that_deploy_say_so(name, path, surely):
    assert recognising.deploys(name, path) == surely


def test_labels_of_incidents_are_told_from_those_that_may_be():
    sure, perhaps = recognising.incidents(
        ["incident", "type: outage", "sev1", "SEV-2", "severity/3", "post-mortem", "P1", "critical",
         "bug", "incidental", "several", "p10", "incident"]
    )  # fmt: skip

    assert sure == ["incident", "type: outage", "sev1", "SEV-2", "severity/3", "post-mortem"]
    assert perhaps == ["P1", "critical"]

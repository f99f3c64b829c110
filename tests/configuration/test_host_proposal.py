import os
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.hosts.survey import Survey, Use
from pipelines.configuration.proposals.hosts import Seen, head, propose
from tests.configuration.surveys import (
    component,
    proposed,
    read,
    survey,
    uncommented,
    use,
    uses,
    workflow,
)


def line(text: str, start: str) -> str:
    """Return the one line that begins so, with blanks run together."""
    (found,) = [one for one in text.splitlines() if one.strip().startswith(start)]
    return " ".join(found.split())


def names(configuration) -> list[str]:
    return [service.name for service in configuration.services]


def test_deployments_to_production_make_a_service_with_its_evidence():
    text, found = proposed(
        survey(deployments=(use("production", 214, "2026-11-20"), use("staging", 340)))
    )

    (service,) = found.services
    assert (service.name, service.repository) == ("shop", "acme/shop")
    assert service.deployments.told_by == "deployments"
    assert service.deployments.source == "github"
    assert service.deployments.environments == ("production",)
    assert line(text, "from:") == (
        "from: deployments # 214 deployments to production lately, the newest 2026-11-20"
    )
    assert line(text, "environments:").endswith("# not production, by their names: staging (340)")


def test_the_token_is_only_named():
    text, found = proposed(survey())

    assert "token: ${GITHUB_TOKEN} " in text
    assert "made-up" not in text
    assert found.sources[0].token.get_secret_value() == "made-up"


def test_gitlab_and_an_own_host_are_named():
    text, found = proposed(
        survey("acme/web/shop", deployments=uses("gprd"), production_tiers=("gprd",)),
        kind="gitlab",
        repositories=("acme/**",),
        url="https://gitlab.example.org",
    )

    assert found.sources[0].url == "https://gitlab.example.org"
    assert found.sources[0].repositories == ("acme/**",)
    assert "token: ${GITLAB_TOKEN} " in text
    assert found.services[0].deployments.environments == ("gprd",)
    assert found.services[0].deployments.source == "gitlab"


def test_regions_of_one_service_stay_together_and_one_of_them_is_the_other_choice():
    text, found = proposed(survey(deployments=uses("prod-eu", "prod-us")))

    (service,) = found.services
    assert service.deployments.environments == ("prod-eu", "prod-us")
    assert "# regions: one version in several of them counts once" in text
    assert "      # environments: [prod-eu] " in text


def test_environments_of_several_services_part_them():
    text, found = proposed(
        survey("acme/mono", deployments=uses("checkout-production", "search-production"))
    )

    assert names(found) == ["checkout", "search"]
    assert found.services[0].deployments.environments == ("checkout-production",)
    assert {service.repository for service in found.services} == {"acme/mono"}
    assert "if it is a region, list all in one service" in text


def test_a_lone_environment_with_a_name_is_the_repository_itself():
    for environment in ("checkout-production", "shop-production", "acme-prod"):
        _, found = proposed(survey(deployments=uses(environment)))
        assert names(found) == ["shop"]


def test_names_after_production_are_services_where_folders_are_called_so():
    _, found = proposed(
        survey("acme/mono", deployments=uses("prod-api", "prod-web"), folders=("api", "apps/web"))
    )

    assert names(found) == ["api", "web"]
    assert [service.paths for service in found.services] == [("api/**",), ("apps/web/**",)]


def test_the_long_dash_of_vercel_parts_a_monorepo():
    seen = uses("Production \u2013 docs-site", "Production \u2013 shop")
    _, found = proposed(survey("acme/mono", deployments=seen))

    assert names(found) == ["docs-site", "shop"]


def test_a_workflow_that_deploys_is_taken_where_there_are_no_deployments():
    text, found = proposed(
        survey(runs=(workflow("Ship it", "deploy.yml", 96), workflow("CI", "ci.yml", 900)))
    )

    (service,) = found.services
    assert service.deployments.told_by == "runs"
    assert service.deployments.runs == (".github/workflows/deploy.yml",)
    assert line(text, "from:") == (
        "from: runs # 96 runs of Ship it lately, the newest 2026-11-20; "
        "the name says that it deploys"
    )


def test_jobs_of_gitlab_are_named_by_name():
    _, found = proposed(survey(runs=(use("deploy_prod", 5), use("deploy_staging", 9))))

    assert found.services[0].deployments.runs == ("deploy_prod",)


def test_deployments_come_before_a_workflow_which_is_the_other_choice():
    text, found = proposed(
        survey(deployments=uses("production"), runs=(workflow("Deploy", "deploy.yml"),))
    )

    assert found.services[0].deployments.told_by == "deployments"
    assert found.services[0].deployments.runs == ()
    assert line(text, "# from: runs").startswith("# from: runs # or: 10 runs of Deploy lately")
    assert '      # runs: [".github/workflows/deploy.yml"]' in text


def test_what_was_given_up_long_ago_is_not_chosen():
    text, found = proposed(
        survey(
            deployments=uses("production", day="2025-03-01"),
            runs=(workflow("Deploy", "deploy.yml", day="2026-11-20"),),
        )
    )

    assert found.services[0].deployments.told_by == "runs"
    assert "# from: deployments" in text


def test_releases_come_next():
    text, found = proposed(survey(releases=uses("v1.0.0", "v1.1.0"), tags=("v1.0.0", "v1.1.0")))

    (service,) = found.services
    assert service.deployments.told_by == "releases"
    assert line(text, "from:") == "from: releases # 20 releases, the newest 2026-11-20"
    assert "tags" not in text


def test_releases_of_several_parts_are_told_apart_by_their_tags():
    text, found = proposed(
        survey("acme/mono", releases=uses("api/v1.0", "api/v1.1", "ui/v2.0", "ui/v2.1"))
    )

    assert {
        one.name: (one.deployments.told_by, one.deployments.tags) for one in found.services
    } == {
        "api": ("tags", ("api/v*",)),
        "ui": ("tags", ("ui/v*",)),
    }
    assert "# 2 releases, the newest api/v1.1" in text
    assert "# the tags of its releases" in text


def test_releases_that_are_all_pre_releases_count():
    _, found = proposed(survey(releases=uses("v1.0.0-rc.1")))

    assert found.services[0].deployments.pre_releases is True


def test_tags_that_look_like_versions_come_last():
    text, found = proposed(survey(tags=("v1.9.0", "v1.10.0", "latest")))

    assert found.services[0].deployments.told_by == "tags"
    assert found.services[0].deployments.tags == ("v*",)
    assert "# 2 tags, the newest v1.10.0" in text


def test_tags_of_pre_releases_only_count_them():
    _, found = proposed(survey(tags=("v0.1.0-rc.1",)))

    assert found.services[0].deployments.pre_releases is True


def test_prefixes_of_tags_part_a_monorepo():
    _, found = proposed(
        survey("acme/mono", tags=("api/v1.0.0", "api/v1.1.0", "ui/v2.0.0", "ui/v2.1.0"),
               folders=("api", "packages/ui"))
    )  # fmt: skip

    assert names(found) == ["api", "ui"]
    assert [service.deployments.tags for service in found.services] == [("api/v*",), ("ui/v*",)]
    assert [service.paths for service in found.services] == [("api/**",), ("packages/ui/**",)]


def test_several_folders_of_one_name_are_left_to_choose():
    text, found = proposed(
        survey("acme/mono", tags=("api/v1.0.0", "api/v1.1.0", "ui/v1.0", "ui/v1.1"),
               folders=("a/api", "b/api"))
    )  # fmt: skip

    assert found.services[0].paths == ()
    assert '    # paths: ["a/api/**", "b/api/**"]' in text


def test_nothing_that_deploys_is_a_comment():
    text, found = proposed(survey("acme/notes"))

    assert found.services == ()
    assert "  # - name: notes " in text
    assert "# the repository; nothing that deploys was found" in text


def test_environments_that_may_be_production_are_offered():
    text, found = proposed(survey(deployments=uses("gcp", "github-pages")))

    assert found.services == ()
    assert "  #     environments: [gcp, github-pages]" in text


def test_archived_repositories_are_comments_with_the_day_unknown():
    pushed = use("x", day="2024-02-03").latest_at
    text, found = proposed(
        survey("acme/old", is_archived=True, pushed_at=pushed, tags=("v1.0",)), survey("acme/new")
    )

    assert found.services == ()
    assert "# the repository; archived, last pushed to 2024-02-03" in text
    assert "# unknown when it was switched off; the last push" in text
    assert str(read(uncommented(text)).services[0].retired_on) == "2024-02-03"


def test_forks_are_a_line_unless_named_in_full():
    text, found = proposed(survey("acme/linux", is_fork=True, tags=("v1.0",)))
    assert found.services == ()
    assert "  # acme/linux: a fork; name it in full under `repositories`" in text

    _, found = proposed(
        survey("acme/linux", is_fork=True, tags=("v1.0",)), repositories=("acme/linux",)
    )
    assert names(found) == ["linux"]


def test_what_could_not_be_looked_at_is_a_line():
    text, found = proposed(
        survey(tags=("v1.0",)), failures={"acme/secret": "it needs Contents: read\nof you"}
    )

    assert names(found) == ["shop"]
    assert "  # acme/secret: could not be looked at: it needs Contents: read of you\n" in text


def test_nothing_at_all_is_still_a_configuration():
    text, found = proposed()

    assert found.services == ()
    assert "# services:" in text


def test_what_is_commented_out_is_a_configuration_too():
    text, found = proposed(
        survey("acme/old", is_archived=True),
        survey("acme/older", is_archived=True, tags=("v1",)),
        survey("acme/notes"),
        survey("acme/site", deployments=uses("github-pages")),
        survey("acme/jobs", runs=(workflow("Nightly", "nightly.yml"),)),
    )
    assert found.services == ()

    assert len(read(uncommented(text)).services) == 5


def test_two_repositories_of_one_name_are_called_in_full():
    _, found = proposed(
        survey("acme/shop", tags=("v1.0",)),
        survey("acme/web/Shop", tags=("v1.0",)),
        kind="gitlab",
        repositories=("acme/**",),
    )

    assert names(found) == ["acme/shop", "acme/web/Shop"]


def test_teams_come_from_the_catalog_then_from_codeowners():
    text, found = proposed(
        survey(
            "acme/a",
            tags=("v1.0",),
            files={
                "catalog-info.yaml": component("basket", "group:default/buying"),
                "CODEOWNERS": "* @acme/core",
            },
        ),
        survey("acme/b", tags=("v1.0",), files={"CODEOWNERS": "* @acme/core @alice"}),
        survey("acme/c", tags=("v1.0",), files={"CODEOWNERS": "* @alice alice@example.com"}),
    )

    assert names(found) == ["basket", "b", "c"]
    assert [[team.name for team in one.team] for one in found.services] == [
        ["buying"],
        ["core"],
        [],
    ]
    assert "alice" not in text
    assert "    # team: " in text


def test_a_service_in_a_monorepo_has_the_team_of_its_folder():
    owners = "* @acme/core\n/services/search/ @acme/finders\n"
    _, found = proposed(
        survey(
            "acme/mono",
            deployments=uses("search-production", "cart-production"),
            folders=("services/search", "services/cart"),
            files={".github/CODEOWNERS": owners},
        )
    )

    assert [one.team[0].name for one in found.services] == ["finders", "core"]


def test_components_that_share_an_environment_are_services_that_share_it():
    catalog = "---\n".join(
        component(name, **{"backstage.io/source-location": f"dir:./{name}"})
        for name in ("api", "web")
    )
    text, found = proposed(
        survey("acme/mono", deployments=uses("production"), files={"catalog-info.yaml": catalog})
    )

    assert names(found) == ["api", "web"]
    assert [service.paths for service in found.services] == [("api/**",), ("web/**",)]
    assert "# the same for api, web, so each counts all of them" in text


def test_components_find_their_own_environments():
    catalog = "---\n".join(component(name, owner=f"{name}-team") for name in ("api", "web"))
    _, found = proposed(
        survey("acme/mono", deployments=uses("prod-api", "prod-web"),
               files={"catalog-info.yaml": catalog})
    )  # fmt: skip

    assert {one.name: one.deployments.environments for one in found.services} == {
        "api": ("prod-api",),
        "web": ("prod-web",),
    }
    assert [one.team[0].name for one in found.services] == ["api-team", "web-team"]


def test_a_component_without_deployments_of_its_own_is_told():
    catalog = "---\n".join(component(name) for name in ("api", "web", "jobs"))
    text, found = proposed(
        survey("acme/mono", deployments=uses("prod-api", "prod-web"),
               files={"catalog-info.yaml": catalog})
    )  # fmt: skip

    assert names(found) == ["api", "web"]
    assert "catalog-info.yaml also names jobs, which nothing deploys by itself" in text


def test_a_catalog_that_can_not_be_read_is_told():
    text, found = proposed(survey(tags=("v1.0",), files={"catalog-info.yaml": "a: b: c"}))

    assert names(found) == ["shop"]
    assert "# catalog-info.yaml is not YAML at line 1: not read" in text


def test_a_library_is_told():
    text, _ = proposed(survey(files={"catalog-info.yaml": component("sdk", kind="library")}))

    assert "# catalog-info.yaml calls sdk neither service nor website" in text


def test_labels_and_types_of_incidents_are_proposed_with_where_they_are():
    text, found = proposed(
        survey("acme/a", labels=("bug", "incident", "P1"), issue_types=("Bug", "Incident")),
        survey("acme/b", labels=("incident", "sev1")),
    )

    assert found.sources[0].incident_labels == ("incident", "sev1")
    assert found.sources[0].incident_types == ("Incident",)
    assert line(text, "incident_labels").endswith("that have the label: incident in 2, sev1 in 1")
    assert line(text, "# incident_labels").startswith("# incident_labels: [incident, sev1, P1]")


def test_without_labels_of_incidents_the_default_is_shown():
    text, found = proposed(survey(labels=("bug",)))

    assert found.sources[0].incident_labels == ("incident",)
    assert "    # incident_labels: [incident] " in text


def test_review_apps_do_not_name_branches():
    text, _ = proposed(
        survey(deployments=(use("production"), use("review/alice-fix", 2), use("review/bo-fix", 3)))
    )

    assert "review/* (5)" in text
    assert "alice" not in text


def test_a_repository_that_the_globs_do_not_name_is_a_comment():
    text, found = proposed(survey("beta/shop", tags=("v1.0",)))

    assert found.services == ()
    assert "not among `repositories` above, so add it there" in text


def test_the_head_alone_is_a_configuration():
    found = read(head(Seen("github", ("acme/shop",), "https://github.example.org")))

    assert found.organisation == "acme"
    assert found.sources[0].url == "https://github.example.org"


HOSTILE = st.one_of(
    st.sampled_from(
        ["", "production", "prod-eu", "x-production", "${HOME}", "$${X}", "a\nb: c", "# no", "'",
         '"', "\x1b[31mred", "- x", "!tag", "&a", "*a", "[", "{", "v1.0", "api/v1.0", "api/v1.1",
         "deploy", "\u2028", "\u202e", "\ud800", "~", "null", "yes", " x ", "x" * 300, "incident",
         "${", "a/b/c", "acme/shop", "Production - web", "[bot]", "acme/*", "%", "`", "@x/y", "\t"]
    ),
    st.text(max_size=12),
)  # fmt: skip
USES = st.lists(
    st.builds(
        Use,
        HOSTILE,
        st.integers(0, 10**9),
        st.none() | st.datetimes(timezones=st.just(UTC)),
        HOSTILE,
    ),
    max_size=4,
).map(tuple)
TEXTS = st.lists(HOSTILE, max_size=4).map(tuple)
FILES = st.dictionaries(
    st.sampled_from(
        ["CODEOWNERS", ".github/CODEOWNERS", "catalog-info.yaml", "a/catalog-info.yaml"]
    ),
    st.one_of(
        HOSTILE,
        HOSTILE.map(lambda name: f"* {name}\n/{name}/ @acme/{name}"),
        st.tuples(HOSTILE, HOSTILE).map(lambda pair: component(repr(pair[0]), repr(pair[1]))),
    ),
    max_size=3,
)
SURVEYS = st.builds(
    Survey,
    full_name=st.one_of(HOSTILE, HOSTILE.map(lambda name: f"acme/{name}")),
    default_branch=st.none() | HOSTILE,
    is_archived=st.booleans(),
    is_fork=st.booleans(),
    pushed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    deployments=USES,
    production_tiers=TEXTS,
    releases=USES,
    tags=TEXTS,
    runs=USES,
    labels=TEXTS,
    issue_types=TEXTS,
    files=FILES,
    folders=TEXTS,
)


@settings(max_examples=150 if os.environ.get("DRUMBEAT_TEST_ALL") else 40, deadline=None)
@given(st.lists(SURVEYS, max_size=4), st.dictionaries(HOSTILE, HOSTILE, max_size=2))
def test_whatever_a_host_says_the_proposal_is_a_configuration(surveys, failures):
    text = propose(Seen("github", ("acme/*",), "", surveys, failures))

    found = read(text)

    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert len(found.sources) == 1
    known = {one.full_name for one in surveys}
    assert {service.repository for service in found.services} <= known

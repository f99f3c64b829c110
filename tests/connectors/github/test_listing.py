"""Which repositories are read, under which names, and what is said of those that are not."""

from connectors import SourceMisconfigured
from tests.connectors.github.site import Site, listed


def names(site, *patterns, **settings):
    return [one.full_name for one in listed(site.connect(repositories=patterns, **settings))]


def test_a_glob_means_an_organisations_or_a_users_repositories(github, site):
    github.repository("acme/api")
    github.repository("other/shop")
    github.repository("ada/dotfiles", owner="User")

    assert names(site, "acme/*") == ["acme/shop", "acme/api"]
    assert names(site, "acme/s*") == ["acme/shop"]
    assert names(site, "ada/*") == ["ada/dotfiles"]
    assert names(site, "ACME/Shop", "acme/*") == ["acme/shop", "acme/api"]


def test_forks_are_read_only_when_named_in_full_and_archived_ones_always(github, site):
    github.repository("acme/fork", is_fork=True)
    github.repository("acme/old", is_archived=True)

    assert names(site, "acme/*") == ["acme/shop", "acme/old"]
    assert names(site, "acme/fork") == ["acme/fork"]


def test_many_repositories_cost_a_call_for_fifty_of_them(github, site):
    for number in range(119):
        github.repository(f"acme/service-{number}")

    assert len(names(site, "acme/*")) == 120
    assert github.count("Owned") == 3
    github.calls.clear()
    assert len(names(site, *(f"acme/service-{number}" for number in range(60)))) == 60
    assert github.count("Named") == 3


def test_a_renamed_or_transferred_repository_is_followed_and_keeps_its_scope(github, shop, site):
    shop.pull("Baskets")
    site.refresh("changes", repositories=["acme/shop"])

    shop.rename("newco/store")
    github.at("2025-03-05 09:00")
    shop.pull("Later")
    site.refresh("changes", repositories=["acme/shop"])

    assert sorted(site.of("changes", "acme/shop")) == ["1", "2"]
    told = site.the("repositories")
    assert (told["name"], told["full_name"], told["former_names"]) == (
        "acme/shop",
        "newco/store",
        "acme/shop",
    )
    assert "acme/shop is called newco/store now" in site.said[0]


def test_a_repository_renamed_in_the_middle_of_a_refresh_is_read_or_fails_alone(github, shop, site):
    shop.pull("Baskets")
    shop.run("Deploy")
    other = github.repository("acme/other")
    other.pull("Other")

    def rename(request):
        if b"query Changes" in request.body:
            github.before = None
            shop.rename("acme/store")

    github.before = rename
    site.refresh("changes", "runs", runs=["Deploy"])
    github.at("2025-03-05 09:00")
    site.refresh("changes", "runs", runs=["Deploy"])

    assert site.errors() == []
    assert list(site.of("changes")) == ["1"]
    assert len(site.of("runs")) == 1


def test_a_new_repository_under_an_earlier_name_is_another_one(github, shop, site):
    shop.pull("Baskets")
    site.refresh("changes")
    shop.rename("acme/store")
    newcomer = github.repository("acme/shop")
    newcomer.pull("Other")

    site.refresh("changes")

    assert site.of("changes")["1"]["title"] == "Baskets"
    scope = f"acme/shop~{newcomer.database_id}"
    assert site.of("changes", scope)["1"]["title"] == "Other"


def test_an_archived_repository_is_read_on_and_a_deleted_one_is_gone(github, shop, site):
    other = github.repository("acme/other")
    shop.archive()
    shop.pull("Baskets")
    site.refresh("changes")
    assert site.of("repositories")[str(shop.database_id)]["is_archived"] is True
    assert site.of("changes")

    other.delete()
    site.refresh("changes")

    assert site.the("repositories", "acme/other")["is_gone"] is True
    assert site.errors() == []


def test_a_repository_that_is_not_there_fails_alone_and_says_what_to_do(github, site):
    site.refresh("changes", repositories=["acme/shop", "acme/nope"])

    (failure,) = site.failures
    assert (failure.entity, failure.scope) == ("repositories", "acme/nope")
    assert isinstance(failure.error, SourceMisconfigured)
    assert "scope repo" in str(failure.error)
    assert "Deployments" in str(failure.error)
    assert site.of("repositories")


def test_an_owner_that_is_not_there_fails_alone(site):
    site.refresh("changes", repositories=["nobody/*", "acme/shop"])

    assert [one.scope for one in site.failures] == ["nobody/*"]
    assert "there is no organisation or user nobody" in site.errors()[0]


def test_a_glob_without_a_match_says_so(site):
    site.refresh("changes", repositories=["acme/x*"])

    assert "no repository matches acme/x*; 1 of this owner can be seen" in site.errors()[0]


def test_single_sign_on_is_named(github, site):
    github.tokens[github.token].saml = frozenset({"acme"})

    site.refresh("changes", repositories=["acme/*"])
    assert "Configure SSO" in site.errors()[0]
    site.refresh("changes", repositories=["acme/shop"])
    assert "Configure SSO" in site.errors()[0]


def test_without_a_permission_repositories_are_listed_and_the_entity_fails(github, shop, site):
    shop.pull("Baskets")
    shop.deploy("production", "success")
    github.tokens[github.token].denied = frozenset({"deployments", "environments"})

    for patterns in (["acme/*"], ["acme/shop"]):
        site.refresh("changes", "deployments", repositories=patterns)

        assert list(site.of("changes")) == ["1"]
        (error,) = site.errors()
        assert "lacks a permission, Deployments: read" in error


def test_an_empty_repository_has_nothing_and_costs_nothing(github, shop, site):
    shop.push("main", None)

    site.refresh()

    assert "default_branch" not in site.the("repositories")
    assert site.errors() == []
    assert [call.operation for call in github.calls] == ["Owned"]


def test_the_environments_of_a_repository_are_told(shop, site):
    shop.deploy("production", "success")
    shop.deploy("staging", "success")

    site.refresh("deployments")

    assert site.the("repositories")["environments"] == "production;staging"


def test_a_repository_that_fails_stops_no_other(github, shop):
    other = github.repository("acme/other")
    shop.pull("Baskets")
    other.pull("Other")
    site = Site(github)

    def refuse(request):
        if b"query Changes" in request.body and b'"name": "shop"' in request.body:
            shop.is_deleted = True

    github.before = refuse
    site.refresh("changes")

    assert site.of("changes", "acme/other")
    assert [one.scope for one in site.failures] == ["acme/shop"]

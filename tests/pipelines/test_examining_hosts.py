import pytest

from connectors import SourceUnavailable
from connectors.hosts.api import Access, Api
from connectors.hosts.source import CodeHost
from connectors.hosts.survey import Survey, Use
from pipelines import examining_hosts
from pipelines.configuration import parse
from pipelines.examining_hosts import examine_host
from pipelines.progress import Quiet
from tests.hosts.made_up import MadeUp

ONE = "{{name: {name}, repository: acme/{repository}, deployments: {{{deployments}}}}}"


def service(deployments="", name="shop", repository="shop"):
    return ONE.format(name=name, repository=repository, deployments=deployments)


@pytest.fixture
def examined(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")

    def examining(api: Api, *services, repositories="[acme/*]", known=None):
        source = f"kind: github, token: '${{GITHUB_TOKEN}}', repositories: {repositories}"
        text = f"sources: [{{{source}}}]\n"
        text += "services:\n" + "".join(f"  - {one}\n" for one in services) if services else ""
        found = parse(text, tmp_path / "drumbeat.yaml")
        connector = CodeHost(api, tmp_path / "clones", known=known or {})
        progress = Quiet(is_terminal=False)
        findings = examine_host(found.sources[0], found, connector, progress)
        return [finding.text() for finding in findings]

    return examining


def host(**told) -> MadeUp:
    return MadeUp({"acme/shop": Survey("acme/shop", "main", **told)})


def test_what_the_token_sees_and_how_many_repositories_is_told(examined):
    api = host(deployments=(Use("production", 3),))
    api.accesses = (Access("token", "sees all"), Access("quota", "is low", "look"))

    assert examined(api, service()) == [
        "ok    github: token: sees all",
        "look  github: quota: is low",
        "ok    github: 1 repository by acme/*",
    ]


def test_a_host_that_does_not_answer_is_to_be_mended(examined):
    api = host()
    api.is_down = True

    assert examined(api, service()) == [
        "mend  github: git.example.org does not answer; try again later"
    ]


def test_a_host_that_shows_nothing_is_no_fault_of_services(examined):
    api = MadeUp({}, failures={"acme": "the token is refused"})

    assert examined(api, service("source: github")) == ["mend  github: acme: the token is refused"]
    assert examined(MadeUp({}), service("source: github")) == [
        "mend  github: acme/* matches nothing that the token sees; "
        "mend the name, or let it see more"
    ]


def test_what_is_asked_for_in_vain_is_looked_for_under_the_name_of_the_service(examined):
    api = host(deployments=(Use("web-production", 1), Use("shop-prod", 1), Use("review/alice", 2)))

    found = examined(api, service("environments: prod"))

    assert "review/* (2)" in found[1]
    assert "alice" not in found[1]


def test_the_same_is_not_said_twice(examined):
    api = host(tags=("v1.0",))
    api.failures = {"beta": "beta is not seen; mend the name"}
    api.accesses = (Access("beta", "beta is not seen; mend the name", "mend"),)

    found = examined(api, service(), repositories="[acme/*, beta/*]")

    assert found == [
        "mend  github: beta: beta is not seen; mend the name",
        "ok    github: 1 repository by acme/*, beta/*",
    ]


def test_a_glob_that_matches_nothing_is_to_be_mended(examined):
    found = examined(host(tags=("v1.0",)), service(), repositories="[acme/*, acme/web-*]")

    assert found[1:] == [
        "mend  github: acme/web-* matches nothing that the token sees; "
        "mend the name, or let it see more"
    ]


def test_a_repository_that_can_not_be_looked_at_stops_no_other(examined):
    api = MadeUp(
        {
            "acme/secret": SourceUnavailable("acme/secret: the token lacks Contents: read"),
            "acme/shop": Survey("acme/shop", deployments=(Use("prod-eu", 1),)),
        }
    )

    found = examined(api, service("environments: prod-us"))

    assert "mend  github: acme/secret: acme/secret: the token lacks Contents: read" in found
    assert any(line.startswith("mend  service shop: finds no environment") for line in found)


def test_environments_that_are_asked_for_in_vain_say_what_would_be_found(examined):
    found = examined(
        host(deployments=(Use("live-eu", 50), Use("staging", 9))), service("from: deployments")
    )

    assert found[1] == (
        "mend  service shop: finds no environment called production, production-*, prod, prod-* "
        "in acme/shop, which has only live-eu (50), staging (9); "
        "`deployments: {from: deployments, environments: [live-eu]}` would find "
        "50 deployments to live-eu lately"
    )


def test_an_environment_without_a_recent_deployment_counts_as_found(examined):
    api = host(deployments=(Use("staging", 9),))
    api.environments = {"acme/shop": ("Production",)}

    assert examined(api, service("from: deployments"))[1:] == [
        "ok    acme/shop: environments that no service claims, "
        "by their names not production: staging (9)"
    ]


def test_the_tier_of_gitlab_claims_an_environment(examined):
    api = host(deployments=(Use("gcp", 9),), production_tiers=("gcp",))

    assert examined(api, service("from: deployments"))[1:] == []


def test_runs_and_tags_that_are_asked_for_in_vain_are_to_be_mended(examined):
    runs = examined(host(runs=(Use("CI", 9),)), service("runs: Deploy*"))
    tags = examined(host(tags=("v1.0",)), service("from: tags, tags: api/v*"))
    releases = examined(host(), service("from: releases"))

    assert runs[1].startswith(
        "mend  service shop: finds no workflow, pipeline or job called Deploy* in acme/shop, "
        "which has only CI (9); nothing there looks like deployments to production"
    )
    assert tags[1].startswith(
        "mend  service shop: finds no tag called api/v* in acme/shop, which has only v1.0; "
        '`deployments: {from: tags, tags: ["v*"]}` would find 1 tag'
    )
    assert releases[1].startswith(
        "mend  service shop: finds no release in acme/shop, which has none at all"
    )


def test_runs_are_found_by_name_or_file(examined):
    api = host(runs=(Use("Ship", 9, path=".github/workflows/deploy.yml"),))

    assert examined(api, service("runs: .github/workflows/deploy.yml"))[1:] == []
    assert examined(api, service("runs: ship"))[1:] == []


def test_what_no_service_claims_comes_with_the_line_that_would(examined):
    environments = host(
        deployments=(Use("production", 9), Use("prod-x", 2), Use("gcp", 1), Use("qa", 5))
    )
    assert examined(environments, service("environments: production"))[1:] == [
        "look  acme/shop: 2 deployments to prod-x: no service claims it; "
        "add to the deployments of one: `environments: [prod-x]`",
        "look  acme/shop: 1 deployment to gcp: no service claims it; "
        "add to the deployments of one: `environments: [gcp]`",
        "ok    acme/shop: environments that no service claims, "
        "by their names not production: qa (5)",
    ]
    runs = host(runs=(Use("Deploy A", 9), Use("Deploy B", 2), Use("CI", 90)))
    assert examined(runs, service("runs: Deploy A"))[1:] == [
        "look  acme/shop: 2 runs of Deploy B: no service claims it; "
        'add to the deployments of one: `runs: ["Deploy B"]`'
    ]
    tags = host(tags=("v1.0", "api/v1.0", "api/v1.1", "nightly"))
    assert examined(tags, service("from: tags"))[1:] == [
        "look  acme/shop: 2 tags, the newest api/v1.1: no service claims it; "
        'add to the deployments of one: `tags: ["api/v*"]`'
    ]


def test_what_only_confirms_deployments_is_not_told(examined):
    api = host(deployments=(Use("production", 9),), runs=(Use("Deploy", 9),), tags=("v1.0",))

    assert examined(api, service())[1:] == []


def test_a_repository_that_deploys_and_has_no_service_comes_with_one(examined):
    api = host(deployments=(Use("production", 9),))
    api.surveys["acme/${x}"] = Survey("acme/${x}", tags=("v1.0",))
    api.surveys["acme/old"] = Survey("acme/old", is_archived=True, tags=("v1.0",))
    api.surveys["acme/notes"] = Survey("acme/notes")

    assert examined(api, service())[1:] == [
        "look  acme/${x}: 1 tag, the newest v1.0, and no service has it; under services: "
        '`- {name: "$${x}", repository: "acme/$${x}", deployments: {from: tags, tags: ["v*"]}}`'
    ]


def test_many_repositories_without_services_are_summed_up(examined):
    api = MadeUp({f"acme/r{n:02}": Survey(f"acme/r{n:02}", tags=("v1.0",)) for n in range(13)})

    found = examined(api)

    assert sum("and no service has it" in line for line in found) == 10
    assert found[-1] == (
        "look  github: 3 more deploy and no service has them: acme/r10, acme/r11, acme/r12; "
        "`drumbeat init --github acme --config proposed.yaml` proposes them"
    )


def test_a_service_whose_repository_is_not_seen_is_to_be_mended(examined):
    found = examined(host(tags=("v1",)), service(), service("source: github", "web", "web"))

    assert found[1] == (
        "mend  service web: repository acme/web is not among those that the token sees"
    )


def test_a_renamed_repository_keeps_its_services(examined):
    api = MadeUp({"acme/store": Survey("acme/store", deployments=(Use("production", 9),))})
    known = {"acme/shop": {"id": "id of acme/store", "full_name": "acme/shop"}}

    assert examined(api, service("source: github"), known=known) == [
        "ok    github: 1 repository by acme/*"
    ]


def test_services_of_other_sources_are_left_alone(examined, tmp_path):
    api = host(deployments=(Use("production", 9),))
    text = (
        "sources: [{kind: github, token: '${GITHUB_TOKEN}', repositories: acme/*}, "
        f"{{kind: files, path: {tmp_path}}}]\n"
        f"services: [{service('source: ' + tmp_path.name.lower())}]"
    )
    found = parse(text, tmp_path / "drumbeat.yaml")
    connector = CodeHost(api, tmp_path / "clones")

    findings = examine_host(found.sources[0], found, connector, Quiet(is_terminal=False))

    assert [finding.level for finding in findings] == ["ok", "look"]


def test_only_so_many_are_looked_at_those_of_services_first(examined, monkeypatch):
    monkeypatch.setattr(examining_hosts, "MOST_SURVEYED", 2)
    api = MadeUp({f"acme/r{n}": Survey(f"acme/r{n}") for n in range(4)})

    found = examined(api, service("from: tags", "three", "r3"))

    assert sorted(api.surveyed) == ["acme/r0", "acme/r3"]
    assert found[-1] == (
        "ok    github: 2 more repositories not looked at, to save quota; "
        "those of services came first"
    )


def test_names_from_outside_do_not_reach_the_terminal(examined):
    api = host(deployments=(Use("production", 9), Use("prod\x1b[31m\nmend  x", 2)))

    found = examined(api, service("environments: production"))

    assert all(line.isprintable() for line in found)

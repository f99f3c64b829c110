"""The commands init and doctor, asking made-up hosts over HTTP through the real clients."""

import sys
from pathlib import Path

import pytest

from pipelines import command_line
from pipelines.configuration import load
from tests.configuration.surveys import component
from tests.hosts.github_server import FakeGitHub
from tests.hosts.gitlab_server import TOKEN, FakeGitLab

WRITTEN = Path("drumbeat.yaml")


@pytest.fixture
def drumbeat(monkeypatch, capfd, tmp_path):
    """Run a command in an empty folder: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def running(*words):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *words])
        status = 0
        try:
            command_line.main()
        except SystemExit as end:
            status = int(end.code or 0)
        return status, *capfd.readouterr()

    return running


@pytest.fixture
def github(monkeypatch):
    with FakeGitHub("2025-03-03 09:00") as made:
        monkeypatch.setenv("GITHUB_TOKEN", made.token)
        checkout = made.repository("acme/checkout")
        catalog = component("basket", owner="group:default/payments")
        checkout.commit(files={"catalog-info.yaml": catalog, "CODEOWNERS": "* @alice"})
        checkout.deploy("production", "success")
        checkout.deploy("staging", "success")
        checkout.issue("It is down", labels=["outage"])
        platform = made.repository("acme/platform")
        platform.commit(files={".github/CODEOWNERS": "* @acme/core\n/apps/search/ @acme/finders\n"})
        platform.deploy("search-production", "success")
        platform.deploy("cart-production", "success")
        made.repository("acme/jobs").run("Deploy", path=".github/workflows/cd.yml")
        made.repository("acme/cli").release("v1.0.0")
        made.repository("acme/lib").tag("v1.0.0")
        made.repository("acme/old", is_archived=True).tag("v0.1.0")
        made.repository("acme/notes")
        yield made


@pytest.fixture
def gitlab(monkeypatch):
    with FakeGitLab() as made:
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        shop = made.state.project("acme/web/shop", files={"CODEOWNERS": "* @acme/shoppers @ann"})
        shop.environment("main-site", tier="production")
        shop.deploy("main-site")
        made.state.project("acme/jobs").pipeline("test", "deploy_prod")
        yield made


def test_init_writes_what_an_organisation_on_github_really_uses(drumbeat, github):
    status, out, error = drumbeat("init", "--github", "acme", "--url", github.url)

    assert (status, out) == (0, "")
    assert error.endswith("Wrote drumbeat.yaml. Look it over, then run `drumbeat refresh`.\n")
    assert "7 of 7" in error
    found = load(WRITTEN)
    assert found.sources[0].repositories == ("acme/*",)
    assert found.sources[0].incident_labels == ("outage",)
    told = {
        one.name: (one.deployments.told_by, [team.name for team in one.team])
        for one in found.services
    }
    assert told == {
        "basket": ("deployments", ["payments"]),
        "search": ("deployments", ["finders"]),
        "cart": ("deployments", ["core"]),
        "jobs": ("runs", []),
        "cli": ("releases", []),
        "lib": ("tags", []),
    }
    text = WRITTEN.read_text()
    assert github.token not in text
    assert "alice" not in text
    assert "  # - name: old " in text
    assert "  # - name: notes " in text


def test_init_costs_few_calls(drumbeat, github):
    drumbeat("init", "--github", "acme", "--url", github.url)

    assert len(github.calls) <= 3 * 7 + 2


def test_init_overwrites_nothing_and_asks_nobody_before(drumbeat, github):
    WRITTEN.write_text("mine")

    status, _, error = drumbeat("init", "--github", "acme", "--url", github.url)

    assert status == 1
    assert error == "drumbeat: drumbeat.yaml exists already; name another file with --config\n"
    assert WRITTEN.read_text() == "mine"
    assert github.calls == []


def test_init_names_the_permission_that_a_token_lacks_and_stops_for_nothing(drumbeat, github):
    github.tokens[github.token].denied = frozenset({"contents"})

    status, _, _ = drumbeat("init", "--github", "acme", "--url", github.url, "--config", "x.yaml")

    assert status == 0
    assert "Contents: read" in Path("x.yaml").read_text()
    assert load(Path("x.yaml")).services == ()


def test_init_without_or_with_a_wrong_token_says_what_is_needed(drumbeat, github, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "made-up-and-wrong")
    status, _, wrong = drumbeat("init", "--github", "acme", "--url", github.url)
    assert status == 1
    assert "does not accept the token" in wrong
    assert "made-up-and-wrong" not in wrong

    monkeypatch.delenv("GITHUB_TOKEN")
    status, _, unset = drumbeat("init", "--github", "acme", "--url", github.url)
    assert status == 1
    assert "GITHUB_TOKEN is not set" in unset
    assert f"{github.url}/settings/tokens" in unset
    assert not WRITTEN.exists()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--github", "acme", "--gitlab", "acme"),
        ("--github", "acme", "--from-git", "."),
        ("--from-git", ".", "--url", "https://git.example.org"),
    ],
)
def test_init_wants_exactly_one_place_to_look(drumbeat, words):
    status, _, error = drumbeat("init", *words)

    assert status == 2
    assert "Usage: drumbeat init" in error


def test_doctor_is_content_with_what_init_wrote(drumbeat, github):
    drumbeat("init", "--github", "acme", "--url", github.url)
    github.calls.clear()

    _, out, _ = drumbeat("doctor")

    lines = [line for line in out.splitlines() if not line.startswith("mend  data")]
    assert {line[:4] for line in lines} == {"ok  "}
    assert "ok    github: 7 repositories by acme/*, 1 of them archived" in lines
    assert any("calls are left" in line for line in lines)
    assert not Path("data/landing").exists()
    assert not Path("data/clones").exists()


def test_doctor_tells_of_what_came_later_and_of_what_is_gone(drumbeat, github):
    drumbeat("init", "--github", "acme", "--url", github.url)
    github.repository("acme/platform").deploy("prod-ap", "success")
    github.repository("acme/new").deploy("production", "success")
    WRITTEN.write_text(WRITTEN.read_text().replace("[cart-production]", "[cart-prod]"))

    status, out, _ = drumbeat("doctor")

    assert status == 1
    assert "mend  service cart: finds no environment called cart-prod in acme/platform" in out
    assert "would find 1 deployment to cart-production lately" in out
    assert "look  acme/platform: 1 deployment to prod-ap" in out
    assert "`- {name: new, repository: acme/new, deployments: {from: deployments" in out


def test_doctor_says_once_that_a_token_is_refused(drumbeat, github, monkeypatch):
    drumbeat("init", "--github", "acme", "--url", github.url)
    monkeypatch.setenv("GITHUB_TOKEN", "made-up-and-wrong")

    status, out, error = drumbeat("doctor")

    assert status == 1
    assert out.count("does not accept the token") == 1
    assert "made-up-and-wrong" not in out + error


def test_init_writes_what_a_group_on_gitlab_really_uses(drumbeat, gitlab):
    status, _, _ = drumbeat("init", "--gitlab", "acme", "--url", gitlab.url)

    assert status == 0
    found = load(WRITTEN)
    assert found.sources[0].repositories == ("acme/**",)
    assert {one.name: one.repository for one in found.services} == {
        "jobs": "acme/jobs",
        "shop": "acme/web/shop",
    }
    jobs, shop = found.services
    assert jobs.deployments.runs == ("deploy_prod",)
    assert shop.deployments.environments == ("main-site",)
    assert [team.name for team in shop.team] == ["shoppers"]
    assert TOKEN not in WRITTEN.read_text()


def test_doctor_looks_at_gitlab_too(drumbeat, gitlab):
    drumbeat("init", "--gitlab", "acme/web", "--url", gitlab.url)

    _, out, _ = drumbeat("doctor")

    assert "ok    gitlab: 1 repository by acme/web/**" in out
    assert "mend  service" not in out


def test_a_project_on_gitlab_can_be_named_alone(drumbeat, gitlab):
    status, _, _ = drumbeat("init", "--gitlab", "acme/web/shop", "--url", gitlab.url)

    assert status == 0
    assert load(WRITTEN).sources[0].repositories == ("acme/web/shop",)

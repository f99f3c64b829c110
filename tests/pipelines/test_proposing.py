from pathlib import Path

import pytest

from connectors import SourceUnavailable
from connectors.hosts.survey import Survey, Use
from pipelines import hosts, proposing
from pipelines.configuration import ConfigurationError, parse
from pipelines.errors import DrumbeatError
from pipelines.progress import Quiet
from pipelines.proposing import choices, propose_from_host
from tests.hosts.made_up import MadeUp

DEPLOYED = Survey("acme/shop", "main", deployments=(Use("production", 9),))
QUIET = Quiet(is_terminal=False)


@pytest.fixture
def host(monkeypatch):
    """Put made-up hosts in the place of real ones; give what each was asked for."""
    monkeypatch.setenv("GITHUB_TOKEN", "made-up-secret")
    monkeypatch.setenv("GITLAB_TOKEN", "made-up-secret")
    asked = []

    def put(*apis: MadeUp):
        waiting = iter(apis)

        def api(project, source):
            asked.append((source.kind, source.url, source.repositories))
            return next(waiting)

        monkeypatch.setattr(hosts, "api", api)
        return asked

    return put


def test_an_owner_stands_for_all_repositories_of_it():
    assert list(choices("github", ["acme"])) == [("acme/*",)]
    assert list(choices("github", ["acme/shop", "acme/web-*"])) == [("acme/shop", "acme/web-*")]
    assert list(choices("gitlab", ["acme"])) == [("acme/**",)]


def test_a_path_on_gitlab_is_a_subgroup_else_a_project():
    assert list(choices("gitlab", ["acme", "acme/web"])) == [
        ("acme/**", "acme/web/**"),
        ("acme/**", "acme/web"),
    ]


def test_what_the_host_shows_becomes_a_configuration(host):
    asked = host(MadeUp({"acme/shop": DEPLOYED}))

    text = propose_from_host("github", ["acme"], "https://github.example.org", QUIET)

    assert asked == [("github", "https://github.example.org", ("acme/*",))]
    assert [one.name for one in parse(text, Path("x")).services] == ["shop"]
    assert "made-up-secret" not in text


def test_a_repository_that_can_not_be_looked_at_stops_nothing(host):
    secret = SourceUnavailable("the token lacks Contents: read")
    host(MadeUp({"acme/secret": secret, "acme/shop": DEPLOYED}, failures={"beta": "not seen"}))

    text = propose_from_host("github", ["acme", "beta"], "", QUIET)

    assert "  # beta: could not be looked at: not seen\n" in text
    assert "  # acme/secret: could not be looked at: the token lacks Contents: read\n" in text
    assert [one.name for one in parse(text, Path("x")).services] == ["shop"]


def test_repositories_come_in_the_order_of_their_names(host):
    one, two = (Survey(f"acme/{name}", tags=("v1.0",)) for name in ("Api", "web"))
    host(MadeUp({"acme/web": two, "acme/Api": one}))

    text = propose_from_host("github", ["acme"], "", QUIET)

    assert [one.name for one in parse(text, Path("x")).services] == ["Api", "web"]


def test_a_path_that_is_no_subgroup_is_asked_for_as_a_project(host):
    asked = host(MadeUp({}, failures={"acme/shop": "no group"}), MadeUp({"acme/shop": DEPLOYED}))

    text = propose_from_host("gitlab", ["acme/shop"], "", QUIET)

    assert [globs for _, _, globs in asked] == [("acme/shop/**",), ("acme/shop",)]
    assert "no group" not in text


def test_nothing_found_says_what_the_token_needs(host):
    host(MadeUp({}, failures={"acme": "there is no\nacme"}))

    with pytest.raises(DrumbeatError, match="no repository was found by acme") as told:
        propose_from_host("github", ["acme"], "", QUIET)

    assert "GITHUB_TOKEN needs a fine-grained token that may read" in str(told.value)
    assert str(told.value).endswith("\nacme: there is no acme")


def test_a_host_that_does_not_answer_ends_the_command(host):
    host(MadeUp({}, is_down=True))

    with pytest.raises(DrumbeatError, match="does not answer"):
        propose_from_host("github", ["acme"], "", QUIET)


@pytest.mark.parametrize(
    ("kind", "url", "place"),
    [
        ("github", "", "https://github.com/settings/tokens"),
        ("gitlab", "https://gitlab.example.org",
         "https://gitlab.example.org/-/user_settings/personal_access_tokens"),
    ],
)  # fmt: skip
def test_a_token_that_is_not_set_is_named_with_its_scopes_and_place(monkeypatch, kind, url, place):
    monkeypatch.delenv(proposing.variable(kind), raising=False)

    with pytest.raises(DrumbeatError, match=f"{kind.upper()}_TOKEN is not set; it needs") as told:
        propose_from_host(kind, ["acme"], url, QUIET)

    assert place in str(told.value)


def test_names_and_addresses_that_can_not_be_are_refused(host):
    host(MadeUp({}))

    for names, url in ((["a b"], ""), (["acme"], "http://git.example.org")):
        with pytest.raises(ConfigurationError, match="drumbeat init --github"):
            propose_from_host("github", names, url, QUIET)

"""Tokens and Apps: who signs in, how tokens are renewed, and that none is ever shown."""

import logging
from datetime import timedelta
from traceback import format_exception
from types import SimpleNamespace

import pytest

from connectors import SourceMisconfigured
from tests.connectors.github.site import Site, listed
from tests.hosts.github_apps import private_key
from tests.hosts.github_state import App, Token

SESAME = "sesame-open-0123456789"


def app(**told):
    return SimpleNamespace(**{"id": 7, "installation": None, "private_key": private_key(), **told})


@pytest.fixture
def apps(github, shop):
    github.state.app = App(7, {"acme": 70, "newco": 71})
    return Site(github, {"app": app()})


def test_an_app_signs_in_by_the_installation_of_each_owner(github, shop, apps):
    github.repository("newco/store").pull("Store")
    shop.pull("Shop")

    apps.refresh("changes", repositories=["acme/*", "newco/store"])

    assert apps.errors() == []
    assert apps.of("changes", "acme/shop")
    assert apps.of("changes", "newco/store")
    assert github.count(path="/installation$") == 2
    assert github.count(path="/access_tokens$") == 2


def test_an_installation_that_is_named_is_not_looked_for(github, shop, apps):
    apps.refresh("changes", app=app(installation=70))

    assert github.count(path="/installation$") == 0
    assert github.count(path="/installations/70/access_tokens$") == 1


def test_a_user_may_have_installed_the_app(github, apps):
    github.state.app.installations["ada"] = 72
    github.repository("ada/dotfiles", owner="User")

    assert [one.full_name for one in listed(apps.connect(repositories=["ada/*"]))] == [
        "ada/dotfiles"
    ]


def test_an_apps_token_that_ends_soon_is_made_anew_during_a_run(github, shop, apps):
    github.state.app.token_life = timedelta(minutes=5)
    shop.pull("Shop")
    shop.deploy("production", "success")

    apps.refresh("changes", "deployments")

    assert apps.errors() == []
    assert github.state.app.tokens_issued > 2


def test_an_apps_token_that_is_refused_is_made_anew(github, shop, apps):
    shop.pull("Shop")

    def revoke(request):
        if b"query Changes" in request.body:
            github.before = None
            github.tokens["installation-70-1"].is_revoked = True

    github.before = revoke
    apps.refresh("changes")

    assert apps.errors() == []
    assert apps.of("changes")
    assert github.state.app.tokens_issued == 2


def test_an_owner_without_the_app_is_told_alone(github, shop, apps):
    github.repository("elsewhere/thing")

    apps.refresh("changes", repositories=["acme/*", "elsewhere/*", "elsewhere/thing"])

    assert sorted(one.scope for one in apps.failures) == ["elsewhere/*", "elsewhere/thing"]
    assert "the App is not installed for elsewhere" in apps.errors()[0]
    assert apps.of("repositories")


def test_a_key_of_another_app_says_what_to_check(apps):
    with pytest.raises(SourceMisconfigured, match="does not accept the App's key"):
        list(apps.connect(app=app(id=8, installation=70)).repositories())


def test_a_key_that_is_none_is_refused_at_once_and_not_shown(apps):
    with pytest.raises(SourceMisconfigured, match="is no private key") as caught:
        apps.connect(app=app(private_key=f"-----BEGIN nonsense {SESAME}-----"))
    assert SESAME not in "".join(format_exception(caught.value))


def test_a_key_on_one_line_is_a_key(apps):
    apps.connect(app=app(private_key=private_key().replace("\n", "\\n")))

    assert listed(apps.api)


def test_a_wrong_token_says_what_to_do(github, site):
    with pytest.raises(SourceMisconfigured, match=r"does not accept the token .*Make a new one"):
        list(site.connect(token="wrong").repositories())
    assert len(github.calls) == 1


def test_git_reads_with_the_same_credentials(github, shop, site, apps):
    host = github.url.removeprefix("http://")
    (one,) = listed(site.connect())
    assert site.api.clone_url(one) == f"http://x-access-token:fake-token@{host}/acme/shop.git"

    (one,) = listed(apps.connect())
    assert apps.api.clone_url(one) == (
        f"http://x-access-token:installation-70-1@{host}/acme/shop.git"
    )


def test_a_token_appears_in_no_record_cursor_error_log_or_repr(github, shop, caplog, apps):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "github.Requester")
    github.tokens[SESAME] = Token()
    shop.pull("Shop")
    shop.deploy("production", "in_progress")
    shop.run("Deploy", "failure")
    shop.release("v1.0.0", is_draft=True)
    shop.issue("Down", labels=["incident"])
    everything = {"runs": ["Deploy"], "incident_labels": ["incident"]}
    told = []
    site = Site(github, {**everything, "token": SESAME})
    for one in (site, apps):
        one.refresh(**({} if one is site else everything))
        told += [one.records, one.cursors, one.errors(), one.said, repr(one.api)]
        told += [repr(one.api.client), repr(one.api.client.signer)]
    github.tokens[SESAME].is_revoked = True
    with pytest.raises(SourceMisconfigured) as caught:
        site.refresh()
    told += format_exception(caught.value)

    text = repr(told) + caplog.text
    assert "body left out" in caplog.text
    for word in (SESAME, "installation-70-1", private_key()[40:80]):
        assert word not in text


def test_the_log_of_the_client_holds_no_bodies(github, shop, site, caplog):
    caplog.set_level(logging.DEBUG, "github.Requester")
    shop.pull("A very particular title")

    site.refresh("changes")

    assert "body left out" in caplog.text
    assert "particular" not in caplog.text

"""What the connector asks for is what GitHub's official descriptions say there is."""

import importlib
import pkgutil

import graphql
import pytest
import requests

from connectors import github as connector
from connectors.github import queries
from tests.hosts.github_apps import private_key
from tests.hosts.github_graphql import FOLDER
from tests.hosts.github_state import App
from tests.hosts.node_packages import installed
from tests.hosts.prism import prism


@pytest.fixture(scope="module")
def official(request, tmp_path_factory):
    with prism(request.config, tmp_path_factory.mktemp("prism")) as url:
        yield url


@pytest.fixture(scope="module")
def schema(request):
    """Return the official schema, and what it does not tell yet."""
    folder = installed(request.config, "@octokit/graphql-schema@15.26.1")
    text = (folder / "@octokit" / "graphql-schema" / "schema.graphql").read_text(encoding="utf-8")
    newer = (FOLDER / "github_newer.graphql").read_text(encoding="utf-8")
    return graphql.build_schema(f"{text}\n{newer}", assume_valid=True)


def documents():
    """Return every query of the connector by module and name."""
    found = {f"named{told}": queries.named(2, **told) for told in ({}, {"is_plain": True})}
    for part in pkgutil.iter_modules(connector.__path__):
        module = importlib.import_module(f"{connector.__name__}.{part.name}")
        for name, told in vars(module).items():
            texts = told.items() if isinstance(told, dict) else [("", told)]
            found |= {
                f"{part.name}.{name} {key}": text
                for key, text in texts
                if isinstance(text, str)
                and text.lstrip().startswith("query ")
                # What documents are made from is none yet.
                and not name.startswith("_")
            }
    return found


def test_every_document_is_valid_by_the_official_schema(schema):
    found = documents()

    wrong = {
        name: [error.message for error in graphql.validate(schema, graphql.parse(text))]
        for name, text in found.items()
    }

    assert len(found) > 10
    assert {name: errors for name, errors in wrong.items() if errors} == {}


def asked(github, site, **settings):
    """Return the REST requests of everything that a connector does."""
    seen = []
    github.before = seen.append
    site.refresh(runs=["Deploy*"], **settings)
    site.refresh(runs=[".github/workflows/deploy.yml"], **settings)
    api = site.connect(runs=["Deploy*"], **settings)
    list(api.access())
    for repository in api.repositories():
        api.survey(repository)
    return [request for request in seen if request.path.startswith("/api/v3")]


def test_every_rest_call_is_answered_and_tells_what_our_server_tells(github, shop, site, official):
    for number in range(3):
        shop.run("Deploy", "success" if number else None)
    for kind in ("environments", "secrets of production", "organization-variables"):
        shop.set(kind, "production")
    github.tokens[github.token].denied = frozenset({"checks"})

    calls = asked(github, site)

    assert any("environments/production/secrets" in call.path for call in calls)
    for call in {call.target: call for call in calls}.values():
        rest = call.target.removeprefix("/api/v3")
        answer = requests.get(f"{official}{rest}", timeout=30)
        assert answer.status_code == 200, (rest, answer.text)
        ours = github.server.answer(call)
        if ours.status == 200:
            assert unknown(ours.body, answer.json()) == [], rest


def unknown(ours, official, path=""):
    """Return what our server tells and the official example does not have."""
    if isinstance(ours, list) and isinstance(official, list):
        return unknown(ours[0], official[0], f"{path}[]") if ours and official else []
    if not isinstance(ours, dict) or not isinstance(official, dict):
        return []
    missing = [f"{path}.{name}" for name in ours if name not in official]
    known = [name for name in ours if name in official]
    return missing + [
        one for name in known for one in unknown(ours[name], official[name], f"{path}.{name}")
    ]


def test_an_app_signs_in_by_calls_that_github_documents(github, shop, site):
    github.state.app = App(12, {"acme": 34})
    shop.run("Deploy")
    app = type("Given", (), {"id": 12, "private_key": private_key(), "installation": None})

    calls = asked(github, site, app=app)

    assert {call.path for call in calls if "installation" in call.path} == {
        "/api/v3/orgs/acme/installation", "/api/v3/app/installations/34/access_tokens",
    }  # fmt: skip

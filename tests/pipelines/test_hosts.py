"""From the settings of a Git host to its connector."""

from datetime import UTC, datetime

import pytest

from connectors import Batch, Record, SourceError
from connectors.hosts.source import CodeHost
from pipelines import hosts
from pipelines.collecting import Collection
from pipelines.configuration import parse
from pipelines.landing import run_names
from pipelines.project import Project

SECRET = "made-up-very-secret"
SOURCES = """
sources:
  - {kind: github, token: '${TOKEN}', repositories: [acme/*]}
  - {kind: gitlab, token: '${TOKEN}', repositories: [acme/**], since: 2026-01-01}
  - {kind: gitlab, name: ci, url: 'http://127.0.0.1:1', job_token: '${TOKEN}', repositories: g/p}
"""
SERVICES = """
services:
  - {name: one, repository: acme/one, deployments: {source: github, runs: [Deploy*, Ship]}}
  - {name: two, repository: acme/two, deployments: {runs: Ship}}
  - {name: three, repository: acme/two, deployments: {source: gitlab, runs: .gitlab-ci.yml}}
  - {name: four, repository: acme/two, deployments: {from: releases, runs: Never}}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", SECRET)

    def made(services=SERVICES):
        text = SOURCES + services
        return Project(parse(text, tmp_path / "drumbeat.yaml"), tmp_path / "data")

    return made


def test_every_host_gets_the_runs_that_deploy_from_it_or_from_wherever(project):
    configuration = project().configuration

    assert [hosts.runs(configuration, source) for source in configuration.sources] == [
        ("Deploy*", "Ship"),
        ("Ship", ".gitlab-ci.yml"),
        ("Ship",),
    ]


def test_a_connector_is_made_of_the_settings_and_never_shows_the_token(project):
    found = project()
    made = [found.connector(source) for source in found.configuration.sources]

    assert [type(one) for one in made] == [CodeHost] * 3
    assert [one.api.host for one in made] == ["github.com", "gitlab.com", "127.0.0.1"]
    assert [one.clones.relative_to(found.data_dir).parts for one in made] == [
        ("clones", "github"),
        ("clones", "gitlab"),
        ("clones", "ci"),
    ]
    assert SECRET not in repr(made)
    assert made[0].entities[0] == "repositories"


def test_the_first_collection_goes_back_eighteen_months():
    now = datetime(2026, 7, 15, 12, 30, tzinfo=UTC)

    assert hosts.first_day(now) == datetime(2025, 1, 13, tzinfo=UTC)


def test_paths_are_read_where_a_service_is_told_apart_by_them_under_any_name(project):
    services = "services: [{name: a, repository: Acme/Now, paths: [a/**]}]"
    found = project(services)
    names = run_names(found.landing, "github", datetime.now(UTC))
    collection = Collection(found.landing, "github", "repositories", names)
    for scope, cursor in (
        ("acme/first", {"id": 1, "full_name": "acme/now", "former_names": "acme/first acme/then"}),
        ("acme/other", {"id": 2, "full_name": "acme/other"}),
    ):
        record = Record("repositories", str(cursor["id"]), cursor)
        collection.take(Batch("repositories", scope, [record], cursor))
    collection.flush()

    made = found.connector(found.configuration.sources[0])

    assert isinstance(made, CodeHost)
    assert set(made.known) == {"acme/first", "acme/other"}
    scopes = ("acme/first", "acme/other", "acme/now")
    assert [made.with_paths(scope) for scope in scopes] == [True, False, True]


def test_a_key_that_is_none_fails_its_source_and_is_not_shown(project, monkeypatch):
    monkeypatch.setenv("KEY", SECRET)
    source = "{kind: github, app: {id: 1, private_key: '${KEY}'}, repositories: a/b}"
    configuration = parse(f"sources: [{source}]", project().data_dir / "drumbeat.yaml")

    with pytest.raises(SourceError) as raised:
        Project(configuration, project().data_dir).connector(configuration.sources[0])

    assert "private_key" in str(raised.value)
    assert SECRET not in str(raised.value)

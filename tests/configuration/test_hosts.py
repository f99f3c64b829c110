from pathlib import Path

import pytest

from pipelines.configuration import App, Configuration, ConfigurationError, dump, parse

HERE = Path("/somewhere/drumbeat.yaml")
SECRET = "made-up-very-secret"
KEY = "-----BEGIN MADE-UP KEY-----\nline\n-----END MADE-UP KEY-----\n"
GITHUB = "kind: github, token: '${TOKEN}', repositories: acme/shop"
GITLAB = "kind: gitlab, token: '${TOKEN}', repositories: acme/shop"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.setenv("KEY", KEY)
    monkeypatch.setenv("TWO_LINES", f"{SECRET}\nmore")


def read(*sources: str, services: str = "[]") -> Configuration:
    listed = ", ".join(f"{{{source}}}" for source in sources)
    return parse(f"sources: [{listed}]\nservices: {services}\n", HERE)


def complaints(*sources: str, services: str = "[]") -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(*sources, services=services)
    return str(caught.value)


def test_a_token_and_the_repositories_are_all_that_must_be_said():
    github, gitlab = read(GITHUB, GITLAB).sources

    assert (github.name, github.url, github.host) == ("github", "https://github.com", "github.com")
    assert (gitlab.name, gitlab.url, gitlab.host) == ("gitlab", "https://gitlab.com", "gitlab.com")
    assert github.repositories == ("acme/shop",)
    assert (github.since, github.reserve, github.ca) == (None, 0.1, None)
    assert (github.incident_labels, github.incident_types) == (("incident",), ("Incident",))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://git.example.org/", "git.example.org"),
        ("https://git.example.org:8443/gitlab", "git.example.org"),
        ("http://localhost:8080", "localhost"),
        ("http://127.0.0.1:1", "127.0.0.1"),
    ],
)
def test_a_host_of_ones_own_is_named_by_its_address(url, host):
    (found,) = read(f"{GITLAB}, url: '{url}'").sources

    assert (found.url, found.host) == (url.rstrip("/"), host)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://git.example.org", "must begin with https://, or a token would travel"),
        ("git.example.org", "must be the address of the host: https://git.example.org"),
        ("ssh://git.example.org", "must be the address of the host"),
        ("https://", "must be the address of the host"),
        ("https://h:port", "must be the address of the host"),
        (f"https://x:{SECRET}@git.example.org", "must be the address alone"),
        ("https://git.example.org?a=b", "must be the address alone"),
        ("https://api.github.com", "must be the address that browsers open"),
        ("https://git.example.org/api/v4/", "must be the address that browsers open"),
    ],
)
def test_an_address_that_is_none_is_refused(url, complaint):
    said = complaints(f"{GITHUB}, url: '{url}'")

    assert f"sources[0].url: is '{url.replace(f'x:{SECRET}', '***')}', {complaint}" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("kind: github, repositories: a/b", "has nothing to sign in with, must have one of token "),
        ("kind: gitlab, repositories: a/b", "must have one of token or job_token: `token: ${GITL"),
        (f"{GITHUB}, app: {{id: 1, private_key: '${{KEY}}'}}", "has token and app, must have one"),
        (f"{GITLAB}, job_token: '${{TOKEN}}'", "has token and job_token, must have one of token"),
    ],
)
def test_there_is_exactly_one_way_to_sign_in(source, complaint):
    assert "drumbeat.yaml:1: sources[0]: " in (said := complaints(source))
    assert complaint in said


@pytest.mark.parametrize(
    ("source", "key", "variable"),
    [
        ("kind: github, token: VALUE", "token", "GITHUB_TOKEN"),
        ("kind: gitlab, token: VALUE", "token", "GITLAB_TOKEN"),
        ("kind: gitlab, job_token: VALUE", "job_token", "CI_JOB_TOKEN"),
        ("kind: github, app: {id: 1, private_key: VALUE}", "app.private_key", "GITHUB_APP_KEY"),
    ],
)
@pytest.mark.parametrize("value", [SECRET, f"'x${{TOKEN}}{SECRET}'", f"'{SECRET} and more'"])
def test_a_secret_written_out_is_refused_and_not_repeated(source, key, variable, value):
    said = complaints(f"{source.replace('VALUE', value)}, repositories: a/b")

    assert f"sources[0].{key}: is written out, must name an environment variable: " in said
    assert f"${{{variable}}}; set {variable}, and make a new one" in said
    assert SECRET not in said


@pytest.mark.parametrize("key", ["token: 'TWO WORDS'", "token: [x]", "app: ghp", "token: 12"])
def test_a_secret_of_the_wrong_shape_is_not_repeated(key):
    said = complaints(f"kind: github, {key}, repositories: a/b")

    assert "TWO" not in said
    assert "ghp" not in said
    assert "12" not in said


def test_a_token_of_two_lines_is_refused():
    said = complaints("kind: github, token: '${TWO_LINES}', repositories: a/b")

    assert "sources[0].token: is not what it should be, must be a token: one line of ASCII" in said
    assert SECRET not in said


def test_what_is_shown_or_dumped_never_has_the_secrets():
    found = read(
        GITHUB,
        "kind: github, name: app, app: {id: 1, private_key: '${KEY}'}, repositories: a/b",
        "kind: gitlab, job_token: '${TOKEN}', repositories: a/b",
    )

    for shown in (repr(found), str(found), repr(found.sources[0]), dump(found)):
        assert SECRET not in shown
        assert "MADE-UP" not in shown
    assert dump(found).count("token: ${TOKEN}") == 2
    assert "private_key: ${KEY}" in dump(found)
    assert parse(dump(found), HERE) == found


def test_a_key_of_many_lines_is_kept_as_it_is():
    source = read("kind: github, app: {id: 1, private_key: '${KEY}'}, repositories: a/b").sources[0]

    assert isinstance(source.app, App)
    assert (source.app.id, source.app.installation) == (1, None)
    assert source.app.private_key.get_secret_value() == KEY


@pytest.mark.parametrize("name", ["acme/shop", "acme/*", "acme/web-?", "a.b/c_d.e"])
def test_repositories_of_github_are_an_owner_and_a_name(name):
    assert read(f"kind: github, token: '${{TOKEN}}', repositories: '{name}'").sources


@pytest.mark.parametrize("name", ["a/b/c", "acme/**", "acme/sub/*", "acme/sub/shop"])
def test_projects_of_gitlab_may_lie_in_subgroups(name):
    assert read(f"kind: gitlab, token: '${{TOKEN}}', repositories: ['{name}']").sources


@pytest.mark.parametrize(
    "name", ["acme", "*/*", "*/shop", "a/b/c", "https://github.com/a/b", "a/", "/b", "-a/b", "a/é"]
)
def test_what_is_no_repository_of_github_is_refused(name):
    said = complaints(f"kind: github, token: '${{TOKEN}}', repositories: ['{name}']")

    assert f"repositories[0]: is '{name}', must be owner/name such as acme/shop or acme/*" in said


@pytest.mark.parametrize("name", ["acme", "**", "*/shop", "a//b", "a/b/", "git@h:a/b"])
def test_what_is_no_project_of_gitlab_is_refused(name):
    said = complaints(f"kind: gitlab, token: '${{TOKEN}}', repositories: ['{name}']")

    assert f"is '{name}', must be group/project such as acme/web/shop, acme/* or acme/**" in said


def test_there_is_at_least_one_repository():
    assert "must not be empty" in complaints("kind: github, token: '${TOKEN}', repositories: []")
    assert "repositories: is missing, must be text or a list" in complaints(
        "kind: gitlab, token: '${TOKEN}'"
    )


@pytest.mark.parametrize("reserve", [0, 0.5, 0.99])
def test_a_share_of_the_quota_is_left_to_others(reserve):
    assert read(f"{GITHUB}, reserve: {reserve}").sources[0].reserve == reserve


@pytest.mark.parametrize("reserve", [-0.1, 1, 10, "all"])
def test_a_reserve_that_leaves_nothing_is_refused(reserve):
    said = complaints(f"{GITHUB}, reserve: {reserve}")

    assert "must be a number from 0 to below 1" in said


def test_certificates_lie_beside_the_file_and_must_be_there(tmp_path):
    text = f"sources: [{{{GITHUB}, ca: certs/own.pem}}]\n"

    with pytest.raises(ConfigurationError, match=r"ca: is 'certs/own\.pem', must be a file, and /"):
        parse(text, tmp_path / "drumbeat.yaml")

    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "own.pem").write_text("made up\n")
    found = parse(text, tmp_path / "drumbeat.yaml")
    assert found.sources[0].ca == tmp_path / "certs" / "own.pem"
    assert parse(dump(found), HERE) == found


def test_one_repository_written_in_full_is_that_of_every_service():
    found = read(GITHUB, services="[{name: one}]")

    assert found.repository(found.services[0]) == "acme/shop"
    assert not found.is_git_only


def test_a_source_of_many_repositories_says_nothing_of_a_services_own():
    found = read(
        "kind: github, token: '${TOKEN}', repositories: acme/*",
        "kind: gitlab, token: '${TOKEN}', repositories: acme/pay",
        services="[{name: one}, {name: two, deployments: {source: gitlab}}, "
        "{name: three, repository: acme/web, deployments: {source: github}}]",
    )

    assert [found.repository(service) for service in found.services] == [
        None,
        "acme/pay",
        "acme/web",
    ]


@pytest.mark.parametrize("name", ["acme/shop", "Acme/Shop", "grp/a/b", "lib"])
def test_a_services_repository_is_one_that_a_source_reads(name):
    read(
        "kind: github, token: '${TOKEN}', repositories: acme/*",
        "kind: gitlab, token: '${TOKEN}', repositories: grp/**",
        "kind: git, location: /a/lib",
        services=f"[{{name: one, repository: {name}}}]",
    )


def test_a_repository_that_no_source_reads_is_refused():
    said = complaints(
        "kind: github, token: '${TOKEN}', repositories: acme/web-*",
        services="[{name: one, repository: acme/shop}]",
    )

    assert "repository: is 'acme/shop', must be a repository of a source: acme/web-*" in said


def test_what_tells_deployments_is_chosen_for_each_service():
    found = read(
        GITHUB,
        services="[{name: one, deployments: {from: runs, runs: 'Deploy*'}}, {name: two}, "
        "{name: three, deployments: {from: releases}}]",
    )

    assert [
        (service.deployments.told_by, service.deployments.runs) for service in found.services
    ] == [("runs", ("Deploy*",)), (None, ()), ("releases", ())]
    assert parse(dump(found), HERE) == found


def test_runs_that_tell_deployments_must_be_named():
    said = complaints(GITHUB, services="[{name: one, deployments: {from: runs}}]")

    assert (
        "services[0].deployments.from: is 'runs' and none are named, must come with `runs`" in said
    )


def test_what_can_not_tell_deployments_is_refused():
    said = complaints(GITHUB, services="[{name: one, deployments: {from: pulls}}]")

    assert "from: is 'pulls', must be one of deployments, runs, releases, tags" in said

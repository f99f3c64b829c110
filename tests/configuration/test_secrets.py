from pathlib import Path

import pytest

from pipelines.configuration import Configuration, ConfigurationError, dump, parse

HERE = Path("/somewhere/drumbeat.yaml")
SECRET = "hunter2-very-secret"


@pytest.fixture
def found(monkeypatch) -> Configuration:
    monkeypatch.setenv("GIT_TOKEN", SECRET)
    text = (
        "sources: [{kind: git, location: 'https://x:${GIT_TOKEN}@git.example.org/acme/shop.git'}]"
    )
    return parse(text, HERE)


def complaints(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, Path("drumbeat.yaml"))
    return str(caught.value)


def test_a_reference_is_expanded_where_it_is_used(found):
    assert found.sources[0].location == f"https://x:{SECRET}@git.example.org/acme/shop.git"
    assert found.sources[0].repository == "shop"


def test_what_is_shown_or_dumped_never_has_the_secret(found):
    assert SECRET not in repr(found)
    assert SECRET not in str(found)
    assert SECRET not in repr(found.sources[0])
    assert SECRET not in dump(found)
    assert "https://x:${GIT_TOKEN}@git.example.org/acme/shop.git" in dump(found)


def test_what_is_dumped_reads_back_with_the_secret(found):
    assert parse(dump(found), HERE) == found


def test_a_message_of_another_program_can_be_cleaned(found):
    said = found.hidden(f"fatal: no access to https://x:{SECRET}@git.example.org, token {SECRET}")

    assert SECRET not in said
    assert "token ${GIT_TOKEN}" in said


def test_errors_never_have_the_secret(monkeypatch):
    monkeypatch.setenv("GIT_TOKEN", SECRET)

    said = complaints(
        "sources:\n"
        "  - {kind: git, location: /a, name: 'Bad ${GIT_TOKEN}'}\n"
        "  - {kind: '${GIT_TOKEN}'}\n"
        "services:\n"
        "  - {name: '${GIT_TOKEN}', tier: '${GIT_TOKEN}', retired_on: '${GIT_TOKEN}'}\n"
        "  - {name: '${GIT_TOKEN}', deployments: {source: '${GIT_TOKEN}'}}\n"
        "calendar: {time_zone: '${GIT_TOKEN}', working_days: ['${GIT_TOKEN}']}\n"
    )

    assert SECRET not in said
    assert "is 'Bad ${GIT_TOKEN}', must be small letters" in said


@pytest.mark.parametrize(("value", "state"), [(None, "not set"), ("", "empty")])
def test_a_missing_variable_is_named_with_key_and_line(monkeypatch, value, state):
    monkeypatch.delenv("NOWHERE", raising=False)
    if value is not None:
        monkeypatch.setenv("NOWHERE", value)

    said = complaints("sources:\n  - kind: git\n    location: https://x:${NOWHERE}@h/a/b.git\n")

    assert said == (
        "drumbeat.yaml:3: sources[0].location: needs the environment variable NOWHERE, "
        f"which is {state}; set it: export NOWHERE=..."
    )


@pytest.mark.parametrize("text", ["${}", "${a b}", "${open", "${1x}"])
def test_what_is_no_reference_is_refused(text):
    said = complaints(f"organisation: '{text}'\nsources: [{{kind: demo}}]\n")

    assert "must name an environment variable as in ${NAME}" in said


def test_two_dollars_stand_for_the_text_itself():
    found = parse("organisation: a $${B} $c\nsources: [{kind: demo}]\n", HERE)

    assert found.organisation == "a ${B} $c"
    assert parse(dump(found), HERE) == found


@pytest.mark.parametrize(
    "location",
    [
        f"https://jane:{SECRET}@git.example.org/acme/shop.git",
        f"https://:{SECRET}@git.example.org/acme/shop.git",
        f"ssh://jane:{SECRET}@git.example.org/acme/shop.git",
        f"https://x:{SECRET}${{PART}}@git.example.org/acme/shop.git",
        "https://ghp_0123456789abcdef@git.example.org/acme/shop.git",
        "https://0123456789abcdef0123456789abcdef@git.example.org/acme/shop.git",
        f"https://git.example.org/acme/shop.git?private_token={SECRET}",
    ],
)
def test_a_secret_written_out_is_refused_and_not_repeated(monkeypatch, location):
    monkeypatch.setenv("PART", "more")

    said = complaints(f"sources:\n  - kind: git\n    location: '{location}'\n    tier: 1\n")

    assert "drumbeat.yaml:3: sources[0].location: has a " in said
    assert "put ${GIT_TOKEN} in its place" in said
    assert SECRET not in said
    assert "0123456789abcdef" not in said


@pytest.mark.parametrize(
    "location",
    [
        "https://git.example.org/acme/shop.git",
        "https://jane@git.example.org/acme/shop.git",
        "ssh://git@git.example.org:2222/acme/shop.git",
        "git@git.example.org:acme/shop.git",
        "https://git.example.org/acme/shop.git?private_token=${PART}",
        "https://${PART}@git.example.org/acme/shop.git",
        "file:///srv/git/shop.git",
    ],
)
def test_a_location_without_a_secret_is_fine(monkeypatch, location):
    monkeypatch.setenv("PART", "more")

    assert parse(f"sources: [{{kind: git, location: '{location}'}}]", HERE).sources


def test_a_secret_in_the_wrong_place_is_not_repeated_either():
    said = complaints(f"sources: [{{kind: 'https://jane:{SECRET}@h/'}}]")

    assert SECRET not in said


LACKING = """
sources:
  - {kind: demo}
  - {kind: github, name: hub, repositories: acme/*, token: '${NOWHERE}'}
"""


def test_a_source_may_lack_its_variable_where_others_can_go_on(monkeypatch):
    monkeypatch.delenv("NOWHERE", raising=False)

    found = parse(LACKING, HERE, may_lack=True)

    assert found.lacking == {
        "hub": f"{HERE}:4: sources[1].token: needs the environment variable NOWHERE, "
        "which is not set; set it: export NOWHERE=..."
    }


@pytest.mark.parametrize(
    "text",
    [
        LACKING + "organisation: '${NOWHERE}'\n",
        LACKING + "nonsense: 1\n",
        LACKING.replace("kind: demo", "kind: demo, seed: none"),
    ],
)
def test_what_else_is_wrong_is_still_refused(monkeypatch, text):
    monkeypatch.delenv("NOWHERE", raising=False)

    with pytest.raises(ConfigurationError):
        parse(text, HERE, may_lack=True)

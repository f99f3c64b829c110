from typing import get_args

import pytest

from pipelines.configuration import ConfigurationError, EventsSource, dump, parse
from pipelines.configuration.receiving import Format, revealed
from pipelines.receiving.senders import TRANSLATORS

GOOD = """
sources:
  - kind: events
    tokens:
      - {name: ci, token: "${NEW}", services: [checkout, search-*], formats: plain}
      - name: other
        token: ["${OLD}", "${OTHER}"]
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("NEW", "made-up-token-new")
    monkeypatch.setenv("OLD", "made-up-token-old")
    monkeypatch.setenv("OTHER", "made-up-token-other")
    monkeypatch.setenv("SHORT", "too-short")


def read(text, tmp_path):
    return parse(text, tmp_path / "drumbeat.yaml")


def complaint(text, tmp_path):
    with pytest.raises(ConfigurationError) as raised:
        read(text, tmp_path)
    return str(raised.value)


def test_a_token_is_one_or_several(tmp_path):
    (source,) = read(GOOD, tmp_path).sources

    assert isinstance(source, EventsSource)
    assert source.name == "events"
    assert [revealed(token.token) for token in source.tokens] == [
        ("made-up-token-new",),
        ("made-up-token-old", "made-up-token-other"),
    ]
    assert source.tokens[0].formats == ("plain",)
    assert source.tokens[1].services == ()


def test_neither_a_printed_nor_a_kept_configuration_has_tokens(tmp_path):
    found = read(GOOD, tmp_path)

    for text in (repr(found), dump(found)):
        assert "made-up-token" not in text
    assert read(dump(found), tmp_path) == found


@pytest.mark.parametrize(
    ("token", "place"),
    [
        ("made-up-token-new", "sources[0].tokens[0].token"),
        ("[made-up-token-new]", "sources[0].tokens[0].token[0]"),
        ('["${NEW}", "$${NEW}-made-up-token"]', "sources[0].tokens[0].token[1]"),
        ('"prefix-${NEW}"', "sources[0].tokens[0].token"),
    ],
)
def test_a_token_that_is_written_out_is_refused_and_not_shown(tmp_path, token, place):
    said = complaint(
        f"sources: [{{kind: events, tokens: [{{name: ci, token: {token}}}]}}]", tmp_path
    )

    assert f"{place}: is written out, must name an environment variable" in said
    assert "made-up-token" not in said


def test_a_secret_of_webhooks_that_is_written_out_is_refused_and_not_shown(tmp_path):
    said = complaint(
        "sources: [{kind: github, token: '${NEW}', repositories: acme/shop, "
        "webhook_secrets: made-up-secret}]",
        tmp_path,
    )

    assert "sources[0].webhook_secrets: is written out" in said
    assert "${GITHUB_WEBHOOK_SECRET}" in said
    assert "made-up-secret" not in said


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ('"${SHORT}"', "must have tokens of 16 characters or more"),
        ('["${NEW}", "${NEW}"]', "two are the same"),
        ('"${UNSET}"', "needs the environment variable UNSET"),
        ("[]", "must not be empty"),
        ('"${NEW}", formats: [smoke]', "one of plain, cdevents"),
        ('"${NEW}", rate: 0', "a number above 0"),
        ('"${NEW}", servces: x', "did you mean 'services'?"),
    ],
)
def test_what_is_wrong_with_a_sender_is_said(tmp_path, token, said):
    found = complaint(
        f"sources: [{{kind: events, tokens: [{{name: ci, token: {token}}}]}}]", tmp_path
    )

    assert said in found
    assert "made-up-token" not in found


def test_every_format_that_can_be_named_can_be_read():
    assert get_args(Format) == tuple(TRANSLATORS)

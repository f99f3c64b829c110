"""The settings of alerts: what is refused, and that no secret stands in the file."""

import pytest

from pipelines.configuration import ConfigurationError, parse
from pipelines.configuration.loading import dump

VALUES = {
    "SLACK_URL": "https://hooks.example.org/services/T0/B0/secret-part",
    "SMTP_PASSWORD": "secret words of mail",
    "ALERT_SECRET": "secret-of-the-hook",
}
MAIL = "kind: email, host: mail.example.org, from: a@example.org, to: b@example.org"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)


def parsed(tmp_path, *channels, other="  daily_limit: 5"):
    listed = "".join(f"    - {{{channel}}}\n" for channel in channels)
    text = f"sources: [{{kind: demo}}]\nalerts:\n{other}\n  channels:\n{listed or '    []'}\n"
    return parse(text, tmp_path / "drumbeat.yaml")


def refused(tmp_path, *channels, **other):
    with pytest.raises(ConfigurationError) as found:
        parsed(tmp_path, *channels, **other)
    assert not [value for value in VALUES.values() if value in str(found.value)]
    return str(found.value)


def test_every_kind_of_channel_is_read(tmp_path):
    found = parsed(
        tmp_path,
        "kind: slack, url: '${SLACK_URL}'",
        "kind: teams, url: '${SLACK_URL}', teams: [shops, web-*], states: stalled",
        f"{MAIL}, user: drumbeat, password: '${{SMTP_PASSWORD}}'",
        "kind: webhook, url: 'https://hook.example.org/x', secret: '${ALERT_SECRET}'",
    )

    assert [one.name for one in found.alerts.channels] == ["slack", "teams", "email", "webhook"]
    assert found.alerts.channels[1].states == ("stalled",)
    for told in (repr(found.alerts), dump(found)):
        assert not [value for value in VALUES.values() if value in told]
    assert "${SMTP_PASSWORD}" in dump(found)


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("kind: slack, url: 'https://hooks.example.org/T0'", "url: is written out"),
        (f"{MAIL}, user: a, password: words", "password: is written out"),
        ("kind: webhook, url: 'https://a.example.org', secret: words", "secret: is written out"),
        ("kind: webhook, url: 'http://a.example.org'", "must begin with https://"),
        ("kind: webhook, url: 'https://a:b@a.example.org'", "must be the address that messages"),
        ("kind: webhook, url: 'file:///etc/hosts'", "must be the address that messages"),
        ("kind: webhook", "url: is missing"),
        (f"{MAIL}, user: a", "must have both `user` and `password`"),
        (
            f"{MAIL}, user: a, password: '${{SMTP_PASSWORD}}', encryption: none",
            "the password would travel for all to read",
        ),
        (f"{MAIL}, port: 0", "from 1 to 65535"),
        ("kind: email, host: a, from: 'x', to: b@example.org", "must be an address alone"),
        ('kind: email, host: a, from: "a@example.org\\nBcc: b", to: b@example.org', "one line"),
        ("kind: slack, url: '${SLACK_URL}', states: [calm]", "stalled, slowing, dormant"),
        ("kind: pigeon", "must be one of email, slack, teams, webhook"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, channel, said):
    assert said in refused(tmp_path, channel)


def test_two_channels_need_two_names(tmp_path):
    slack = "kind: slack, url: '${SLACK_URL}'"

    assert "two are 'slack'" in refused(tmp_path, slack, slack)
    assert len(parsed(tmp_path, slack, f"{slack}, name: other").alerts.channels) == 2


def test_a_confirmed_silence_is_of_a_service_that_there_is(tmp_path):
    known = "  confirmed: [{service: checkuot, until: 2026-12-01, reason: on holiday}]"

    assert parsed(tmp_path, other=known).alerts.confirmed[0].reason == "on holiday"
    text = f"sources: [{{kind: demo}}]\nservices: [{{name: checkout}}]\nalerts:\n{known}\n"
    with pytest.raises(ConfigurationError, match="'checkuot', must be the name of a service"):
        parse(text, tmp_path / "drumbeat.yaml")

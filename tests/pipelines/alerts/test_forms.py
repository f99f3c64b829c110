"""How a message reads in each channel, and that names from outside stay names."""

import json
import re

import pytest

from connectors.events.signatures import standard
from pipelines.alerts import forms, mail, messages, posting
from pipelines.alerts.outbox import Box
from pipelines.alerts.planning import planned
from tests.pipelines.alerts.servers import web
from tests.pipelines.alerts.telling import occasion, row, settings
from tests.pipelines.alerts.test_spells import so

EVIL = "a<!channel> *b* [c](https://evil.example) <script>&\r\nBcc: x\u202e@here"
DASHBOARD = "https://drumbeat.example.org"
EMAIL = {
    "kind": "email",
    "host": "mail.example.org",
    "from": "drumbeat@example.org",
    "to": "team@example.org",
}


def message(*rows, before=()):
    alerts = settings()
    box = planned(Box(), alerts.channels[0], [*before], alerts, occasion())
    box = planned(box, alerts.channels[0], [*rows], alerts, occasion())
    return box.waiting[-1]


def words(*rows, **other):
    return list(messages.lines(messages.text(message(*rows, **other), DASHBOARD)))


def letter(found):
    return mail.letter(found, settings(EMAIL).channels[0], DASHBOARD)


def test_a_stall_says_what_is_usual_what_is_now_and_what_waits():
    assert words(row())[:6] == [
        "checkout has gone quiet",
        "",
        "checkout has gone quiet",
        "  Silent 9 working days, usually 2; by itself about once in 14 years.",
        "  14 changes wait, the oldest 3.0 days; a change usually waits 20 h.",
        "  https://drumbeat.example.org/service?service=checkout",
    ]


def test_a_stall_without_work_waiting_says_so_and_is_another_sentence():
    assert "  Nothing merged waits." in words(row(waiting_count=0, oldest_waiting_hours=None))


def test_slowing_and_dormant_have_their_own_words():
    assert (
        words(row(state="slowing"))[3]
        == "  The last 4 deploy-days took 31 working days, usually 12."
    )
    assert words(row(state="dormant"))[3].endswith("nothing more is told until it deploys.")


def test_what_ended_says_how():
    back = row(**so("on_rhythm", "2026-11-24", 41))
    assert words(back, before=[row()])[2:4] == [
        "checkout deploys again",
        "  Deployed on 24 November 2026; next deployment expected 25 to 27 November 2026.",
    ]
    slower = row(**so("slowing", "2026-11-24", 41))
    assert words(slower, before=[row()])[3] == (
        "  Deployed on 24 November 2026; the last 4 deploy-days took 31 working days, usually 12."
    )
    calm = row(**so("on_rhythm"))
    assert words(calm, before=[row(state="slowing")])[2] == "checkout is on its rhythm again"
    assert words(calm, before=[row()])[2] == "checkout no longer counts as quiet"


def test_several_services_are_counted_the_worst_first():
    found = words(row("a", "dormant"), row("b", "slowing"), row("c"), row("d"))

    assert found[0] == ("2 services have gone quiet, 1 is slowing and 1 has been quiet for long")
    assert [line.split()[0] for line in found if re.match(r"[a-d] ", line)] == ["c", "d", "b", "a"]


def test_no_sentence_blames():
    every = [row("a"), row("b", "slowing"), row("c", "dormant"), row("d", waiting_count=0)]

    assert not re.search(
        r"(?i)fail|late|should|must|behind|blame|neglect|problem|\bbad",
        " ".join(words(*every)[:-1]),
    )


def test_made_up_data_is_called_so():
    found = forms.webhook(message(row()), None)
    assert found["is_demo"] is False
    alerts = settings()
    made_up = planned(Box(), alerts.channels[0], [row()], alerts, occasion())
    assert "Made-up data." not in str(letter(made_up.waiting[0]))


def test_slack_reads_no_markup_in_a_name():
    found = forms.slack(message(row(EVIL)), DASHBOARD)

    assert found["mrkdwn"] is False
    assert "<" not in found["text"]
    assert "&lt;!channel&gt;" in found["text"]
    kinds = re.findall(r'"type": "(\w+)"', json.dumps(found))
    assert set(kinds) == {
        "header", "plain_text", "rich_text", "rich_text_section", "link", "text", "context",
    }  # fmt: skip
    name = found["blocks"][1]["elements"][0]["elements"][0]
    assert name["url"].startswith(f"{DASHBOARD}/service?service=a%3C%21channel")
    assert "\n" not in name["text"]
    assert "\u202e" not in json.dumps(found, ensure_ascii=False)


def test_teams_reads_no_markdown_in_a_name():
    found = forms.teams(message(row(EVIL)), DASHBOARD)

    assert found["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert '"TextBlock"' not in json.dumps(found)
    for block in found["attachments"][0]["content"]["body"]:
        assert block["type"] == "RichTextBlock"
        assert all(inline["type"] == "TextRun" for inline in block["inlines"])


def test_mail_escapes_html_and_lets_no_header_in():
    found = letter(message(row(EVIL)))

    text, html = (part.get_content() for part in found.iter_parts())
    assert found["Bcc"] is None
    assert set(found.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
        "MIME-Version",
    }  # fmt: skip
    assert "<script>" not in html
    assert "&lt;script&gt;&amp;" in html
    assert "<script>" in text
    assert "\n" not in found["Subject"]
    assert bytes(found).count(b"\r\nBcc:") == 0


def test_a_card_shows_twenty_services_and_counts_the_rest_and_a_webhook_has_all():
    found = message(*[row(f"service-{number}") for number in range(25)])

    for form in (forms.slack, forms.teams):
        shown = json.dumps(form(found, None))
        assert "service-19" in shown
        assert "service-20" not in shown
        assert "and 5 more services" in shown
        assert len(shown) < 28_000
    assert len(forms.webhook(found, None)["services"]) == 25
    assert "service-24" in str(letter(found))


def test_long_names_are_cut():
    found = forms.slack(message(row("x" * 500)), None)

    assert len(found["blocks"][0]["text"]["text"]) <= 150
    assert len(letter(message(row("x" * 500)))["Subject"]) <= 120


def test_a_webhook_has_stable_ids_and_plain_values():
    one, other = (forms.webhook(message(row()), DASHBOARD) for _ in range(2))

    assert one == other
    (service,) = one["services"]
    assert service == {
        "id": service["id"],
        "service": "checkout",
        "team": "shops",
        "state": "stalled",
        "since": "2026-11-10",
        "title": "has gone quiet",
        "said": "silent 9 working days, usually 2; by itself about once in 14 years",
        "waits": "14 changes wait, the oldest 3.0 days; a change usually waits 20 h",
        "waiting_changes": 14,
        "silent_working_days": 9.0,
        "usual_working_days": 2.0,
        "return_years": 14.0,
        "url": "https://drumbeat.example.org/service?service=checkout",
    }


@pytest.mark.parametrize(
    "secret", ["a-secret-of-enough-signs", "whsec_YS1zZWNyZXQtb2YtMjQtYnl0ZXM="]
)
def test_a_secret_signs_what_is_posted_as_standard_webhooks_do(secret):
    with web() as (url, posted):
        posting.post(url, {"a": 1}, "the-id", secret)
        posting.post(url, {"a": 1}, "the-id")

    (_, headers, body), (_, bare, _) = posted
    assert standard(headers, body, [secret])
    assert not standard(headers, body + b" ", [secret])
    assert not [name for name in bare if name.lower().startswith("webhook")]
    assert secret not in str(headers)

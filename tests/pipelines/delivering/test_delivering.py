"""Reports reach each channel once for each week: what runs again replaces, and never doubles."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.alerts.outcomes import Outcome
from pipelines.configuration import Report as Settings
from pipelines.delivering import packing, ways
from pipelines.delivering.delivering import Deliverer
from pipelines.reports import weekly
from pipelines.reports.reading import WHOLE, Scope
from sql.words import Part
from tests.pipelines.alerts import servers
from tests.pipelines.delivering.code_host import code_host
from tests.reports.telling import published

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SMTP = {"host": "127.0.0.1", "encryption": "none", "from": "drumbeat@example.invalid"}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Acme's report and that of its service books, by scope."""
    found = published(tmp_path_factory.mktemp("acme"))
    return weekly.read(found.serving, None, [WHOLE, Scope("service", "books")])[0]


@pytest.fixture
def changed(reports):
    """The same reports as a later run has them: another sentence."""
    return {
        scope: replace(one, sentence=(*one.sentence, Part(" More is known.")))
        for scope, one in reports.items()
    }


class Deliveries:
    """Delivers to channels and remembers what was said."""

    def __init__(self, folder, *channels, **other):
        settings = Settings.model_validate({"out": "/reports", "channels": list(channels)})
        self.said = []
        self.deliverer = Deliverer(
            settings.channels, folder, self.said.append, lambda text: text, **other
        )

    def fates(self, reports, now=NOON):
        return [one.fate for one in self.deliverer.deliver(reports, now)]


def test_a_folder_gets_the_files_and_a_later_run_replaces_them(reports, changed, tmp_path):
    formats = ["html", "md", "json"]
    folder = {"kind": "folder", "path": str(tmp_path / "shared"), "formats": formats}
    deliveries = Deliveries(tmp_path, folder)

    assert deliveries.fates(reports) == ["sent"]
    assert deliveries.fates(reports) == ["unchanged"]
    assert deliveries.fates(changed) == ["replaced"]
    files = sorted(path.name for path in (tmp_path / "shared").iterdir())
    assert files == [f"drumbeat-2026-W47.{form}" for form in ("html", "json", "md")]
    assert "More is known." in (tmp_path / "shared" / "drumbeat-2026-W47.md").read_text()


def test_each_channel_gets_the_report_of_its_own(reports, tmp_path):
    folder = {"kind": "folder", "path": str(tmp_path / "books"), "of": "service books"}

    Deliveries(tmp_path, folder).fates(reports)

    (file,) = (tmp_path / "books").iterdir()
    assert file.name == "drumbeat-2026-W47-service-books.html"
    assert "<title>Drumbeat weekly: Week 47" in file.read_text()


def test_a_channel_of_what_there_is_not_holds_up_no_other(reports, tmp_path):
    folder = {"kind": "folder", "path": str(tmp_path / "shared")}
    lost = {**folder, "name": "lost", "of": "team Nobody"}
    deliveries = Deliveries(tmp_path, lost, folder)

    assert deliveries.fates(reports) == ["no report", "sent"]
    assert "no team Nobody is in service" in deliveries.said[0]


def test_mail_goes_once_a_week_with_text_pages_pictures_and_files(reports, changed, tmp_path):
    with servers.mail() as server:
        mail = {"kind": "email", "to": ["lead@example.invalid"], "port": server.port, **SMTP}
        deliveries = Deliveries(tmp_path, {**mail, "attach": ["html", "json"]})

        assert deliveries.fates(reports) == ["sent"]
        assert deliveries.fates(changed) == ["was sent before"]

        (letter,) = server.letters
    assert letter["Subject"] == "Drumbeat weekly: Week 47, 16 to 22 November 2026, Acme"
    text = letter.get_body(("plain",)).get_content()
    page = letter.get_body(("html",)).get_content()
    assert "Acme shipped **3 times** in week 47" in text
    assert "Acme shipped" in page
    # Mail programs know no names of colours and fetch nothing.
    assert "var(" not in page
    attached = {part.get_filename() for part in letter.iter_attachments()}
    assert attached == {"drumbeat-2026-W47.html", "drumbeat-2026-W47.json"}
    pictures = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    shown = page.count('<img src="cid:')
    # Without a browser the pictures stay as they are.
    assert len(pictures) == shown if shown else "<svg" in page


def test_slack_by_a_webhook_posts_once_a_week(reports, changed, tmp_path):
    with servers.web() as (address, posted):
        deliveries = Deliveries(
            tmp_path,
            {"kind": "slack", "url": address},
            {"kind": "teams", "url": address},
            dashboard_url="https://drumbeat.example.invalid",
        )
        assert deliveries.fates(reports) == ["sent", "sent"]
        assert deliveries.fates(changed) == ["was sent before", "was sent before"]
    slack, teams = (json.loads(body) for _, _, body in posted)
    assert slack["text"].startswith("Drumbeat weekly: Week 47")
    whole = "https://drumbeat.example.invalid/reports?report=drumbeat-2026-W47"
    assert whole in json.dumps(slack)
    assert whole in json.dumps(teams)
    assert teams["attachments"][0]["content"]["type"] == "AdaptiveCard"


def test_slack_by_a_token_changes_its_message(reports, changed, tmp_path, monkeypatch):
    answers = [{"ok": True, "ts": "17.1"}, {"ok": True, "ts": "17.1"}]
    with slack_api(answers, monkeypatch) as posted:
        deliveries = Deliveries(tmp_path, slack_bot())
        assert deliveries.fates(reports) == ["sent"]
        assert deliveries.fates(changed) == ["replaced"]
        assert deliveries.fates(changed) == ["unchanged"]
    assert [path for path, _, _ in posted] == ["/chat.postMessage", "/chat.update"]
    assert json.loads(posted[1][2])["ts"] == "17.1"
    assert posted[0][1]["Authorization"] == "Bearer xoxb-1"


def test_slack_gets_another_message_where_the_first_is_gone(
    reports, changed, tmp_path, monkeypatch
):
    gone = {"ok": False, "error": "message_not_found"}
    answers = [{"ok": True, "ts": "17.1"}, gone, {"ok": True, "ts": "18.1"}]
    with slack_api(answers, monkeypatch) as posted:
        deliveries = Deliveries(tmp_path, slack_bot())
        assert deliveries.fates(reports) == ["sent"]
        assert deliveries.fates(changed) == ["replaced"]
    assert [path for path, _, _ in posted][1:] == ["/chat.update", "/chat.postMessage"]


def test_what_slack_refuses_waits_and_its_word_is_told(reports, tmp_path, monkeypatch):
    with slack_api([{"ok": False, "error": "channel_not_found"}], monkeypatch):
        deliveries = Deliveries(tmp_path, slack_bot())
        assert deliveries.fates(reports) == ["waits"]
    assert "Slack says channel_not_found" in deliveries.said[-1]
    assert "xoxb-1" not in "".join(deliveries.said)


@pytest.mark.parametrize(("kind", "text"), [("github", "body"), ("gitlab", "description")])
def test_an_issue_is_opened_once_and_its_text_replaced(reports, changed, tmp_path, kind, text):
    with code_host(text) as (address, issues, asked):
        deliveries = Deliveries(tmp_path, issue(kind, address))
        assert deliveries.fates(reports) == ["sent"]
        assert deliveries.fates(reports) == ["unchanged"]
        assert deliveries.fates(changed) == ["replaced"]
    (found,) = issues
    assert found["title"] == "Drumbeat weekly: Week 47, 16 to 22 November 2026, Acme"
    assert "More is known." in found[text]
    assert found["labels"] == ["drumbeat"]
    assert [method for method, _, _ in asked] == [
        "GET", "POST", "PATCH" if kind == "github" else "PUT",
    ]  # fmt: skip
    assert {headers["Authorization"] for _, _, headers in asked} == {"Bearer t0ken"}


@pytest.mark.parametrize(("kind", "text"), [("github", "body"), ("gitlab", "description")])
def test_an_issue_that_was_opened_and_not_remembered_is_found_again(reports, tmp_path, kind, text):
    with code_host(text, failing=[502]) as (address, issues, _):
        deliveries = Deliveries(tmp_path, issue(kind, address))
        assert deliveries.fates(reports) == ["waits"]
        assert deliveries.fates(reports, NOON + timedelta(hours=1)) == ["sent"]
    assert len(issues) == 1


def test_what_does_not_go_waits_and_goes_with_a_later_run(reports, tmp_path):
    with servers.web((503, {"Retry-After": "120"}), (200, {})) as (address, posted):
        deliveries = Deliveries(tmp_path, {"kind": "teams", "url": address})
        assert deliveries.fates(reports) == ["waits"]
        assert deliveries.fates(reports, NOON + timedelta(seconds=90)) == ["waits"]
        assert deliveries.fates(reports, NOON + timedelta(seconds=130)) == ["sent"]
    assert len(posted) == 2
    assert posted[0][1]["Idempotency-Key"] == posted[1][1]["Idempotency-Key"]


def test_a_report_that_waits_is_replaced_by_a_later_one_of_its_week(reports, changed, tmp_path):
    with servers.web((503, {}), (200, {})) as (address, posted):
        deliveries = Deliveries(tmp_path, {"kind": "slack", "url": address})
        deliveries.fates(reports)
        assert deliveries.fates(changed, NOON + timedelta(hours=1)) == ["sent"]
    assert "More is known." in posted[1][2].decode()


def test_what_does_not_go_for_a_week_is_given_up(reports, tmp_path):
    with servers.web((503, {})) as (address, _):
        deliveries = Deliveries(tmp_path, {"kind": "slack", "url": address})
        deliveries.fates(reports)
        assert deliveries.fates(reports, NOON + timedelta(days=8)) == ["given up"]


def test_a_kill_between_sending_and_remembering_sends_again_under_the_same_id(reports, tmp_path):
    sent = []

    def killed(channel, parcel, place):
        sent.append(parcel.id)
        if len(sent) == 1:
            raise KeyboardInterrupt
        return Outcome("sent")

    deliveries = Deliveries(
        tmp_path, {"kind": "slack", "url": "https://hooks.example.invalid"}, send=killed
    )
    with pytest.raises(KeyboardInterrupt):
        deliveries.fates(reports)
    assert deliveries.fates(reports) == ["sent"]
    assert sent[0] == sent[1]


def test_nothing_that_is_kept_holds_an_address_or_a_secret(reports, tmp_path):
    folder = tmp_path / "data"
    channels = [
        {"kind": "slack", "url": "https://hooks.example.invalid/s3cret"},
        {"kind": "email", "to": ["lead@example.invalid"], **SMTP},
        issue("github", "http://127.0.0.1:1"),
    ]
    later = Deliveries(folder, *channels, send=lambda *_: Outcome("later", "not now"))
    assert later.fates(reports) == ["waits"] * 3
    kept = "".join(path.read_text() for path in folder.rglob("*.json"))
    assert len(kept) > 1000
    for secret in ("s3cret", "t0ken", "example.invalid"):
        assert secret not in kept


def test_an_issue_longer_than_a_host_takes_is_cut_between_paragraphs(reports):
    long = replace(reports[WHOLE], sentence=(Part("word " * 30_000),))

    text = packing.issue(long, "https://drumbeat.example.invalid/r")

    assert len(text) < 65_000
    assert "The rest is in the report itself." in text
    assert text.endswith("[The whole report](https://drumbeat.example.invalid/r)\n")


def slack_bot():
    return {"kind": "slack", "token": "xoxb-1", "channel": "C1"}


def issue(kind, address):
    name = {"github": "repository", "gitlab": "project"}[kind]
    return {"kind": kind, "url": address, name: "acme/reports", "token": "t0ken"}


def slack_api(answers, monkeypatch):
    """Serve Slack's API, which answers each request by its own words and status 200."""
    bodies = iter(answers)

    def answer(handler):
        body = json.dumps(next(bodies)).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    found = servers.web(answer=answer)
    return Pointed(found, monkeypatch)


class Pointed:
    """Lets what asks Slack ask a server of our own."""

    def __init__(self, serving, monkeypatch):
        self.serving, self.monkeypatch = serving, monkeypatch

    def __enter__(self):
        address, posted = self.serving.__enter__()
        self.monkeypatch.setattr(ways, "SLACK", address)
        return posted

    def __exit__(self, *error):
        return self.serving.__exit__(*error)


def test_files_are_kept_in_base_64(reports):
    found = packing.files(reports[WHOLE], ("md",))

    assert found["drumbeat-2026-W47.md"].startswith(b64encode(b"# Drumbeat").decode()[:12])

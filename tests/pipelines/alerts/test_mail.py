"""Handing letters to a real mail server, one that refuses, and one with a certificate."""

import shutil
import ssl
import subprocess

import pytest

from pipelines.alerts import mail as mailing
from pipelines.alerts.outbox import Box
from pipelines.alerts.planning import planned
from tests.pipelines.alerts.servers import mail
from tests.pipelines.alerts.telling import later, occasion, row, settings, teller

SECRET = "a-password-nobody-knows"


def channel(server, **other):
    return {
        "kind": "email",
        "host": "127.0.0.1",
        "port": server.port,
        "encryption": "none",
        "from": "drumbeat@example.org",
        "to": ["team@example.org", "leads@example.org"],
        **other,
    }


def send(server, seconds=2.0, **other):
    (found,) = settings(channel(server, **other)).channels
    alerts = settings()
    message = planned(Box(), alerts.channels[0], [row()], alerts, occasion()).waiting[0]
    return mailing.send(found, mailing.letter(message, found, None), seconds)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that no authority signed, and its context."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem",
         "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_a_letter_arrives_as_text_and_html(tmp_path):
    with mail() as server:
        (told,) = teller(tmp_path, channel(server)).tell([row()], occasion())

    (letter,) = server.letters
    assert told.fate == "sent"
    assert letter["Subject"] == "checkout has gone quiet"
    assert letter["To"] == "team@example.org, leads@example.org"
    assert letter["Message-ID"] == f"<{told.message.id}@example.org>"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert "14 changes wait" in letter.get_body(("plain",)).get_content()


def test_a_letter_that_is_tried_again_is_the_same_letter(tmp_path):
    with mail(TAKEN="451 try again") as server:
        assert teller(tmp_path, channel(server)).tell([row()], occasion())[0].fate == "waits"
        first = server.letters[0]
        server.answers.clear()
        teller(tmp_path, channel(server)).tell([row()], later(hours=1))

    assert [letter["Message-ID"] for letter in server.letters] == [first["Message-ID"]] * 2


@pytest.mark.parametrize(
    ("answers", "fate", "said"),
    [
        ({"GREETING": "421 not now"}, "later", "answered 421"),
        ({"MAIL": "451 not now"}, "later", "answered 451"),
        ({"MAIL": "530 sign in first"}, "later", "answered 530"),
        ({"RCPT": "450 greylisted"}, "later", "refuses every address: 450"),
        ({"RCPT": "550 nobody here"}, "refused", "refuses every address: 550"),
        ({"TAKEN": "554 looks like spam"}, "refused", "answered 554"),
        ({"TAKEN": "452 full"}, "later", "answered 452"),
    ],
)
def test_what_the_server_answers_says_whether_to_try_again(answers, fate, said):
    with mail(**answers) as server:
        outcome = send(server)

    assert outcome.fate == fate
    assert said in outcome.said
    assert "@" not in outcome.said


def test_a_server_that_says_goodbye_badly_has_the_letter_all_the_same():
    with mail(BYE="500 what") as server:
        assert send(server).fate == "sent"
    assert len(server.letters) == 1


def test_who_of_several_is_refused_is_a_number():
    with mail(refused=["leads@"]) as server:
        outcome = send(server)

    assert (outcome.fate, outcome.said) == ("sent", "1 of 2 addresses are refused")


def test_a_server_that_is_down_or_silent_is_tried_later():
    with mail() as server:
        pass
    assert "can not be reached: Connection refused" in send(server).said
    with mail(GREETING="") as server:
        server.answers["GREETING"] = "220-and so on"
        outcome = send(server, seconds=0.2)
    assert outcome.fate == "later"


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(certificate):
    _, context = certificate
    with mail(extensions=["STARTTLS", "AUTH PLAIN"], context=context) as server:
        outcome = send(server, encryption="starttls", user="drumbeat", password=SECRET)

    assert outcome.fate == "later"
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.said
    assert not server.letters
    assert not server.signed_in


def test_a_certificate_that_is_known_lets_the_account_sign_in(certificate, monkeypatch):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with mail(extensions=["STARTTLS", "AUTH PLAIN"], context=context) as server:
        outcome = send(server, encryption="starttls", user="drumbeat", password=SECRET)

    assert outcome.fate == "sent"
    assert len(server.signed_in) == len(server.letters) == 1


def test_an_account_that_is_refused_shows_no_password(certificate, monkeypatch):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    refusal = {"AUTH": f"535 {SECRET} is wrong"}
    with mail(extensions=["STARTTLS", "AUTH PLAIN"], context=context, **refusal) as server:
        outcome = send(server, encryption="starttls", user="drumbeat", password=SECRET)

    assert outcome.fate == "later"
    assert outcome.said.endswith("refuses the account: 535")


def test_a_server_without_encryption_gets_no_password():
    with mail() as server:
        outcome = send(server, encryption="starttls", user="drumbeat", password=SECRET)

    assert outcome.fate == "later"
    assert not server.letters

"""A message as e-mail, and how it goes out by SMTP."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pipelines.alerts.messages import Item, Message, Text, lines, text
from pipelines.alerts.outcomes import SECONDS, Outcome
from pipelines.configuration.alert_channels import EmailChannel, Mailing
from pipelines.reports.outside import short
from sql import words

SUBJECT = 120
BUSY = range(400, 500)


def letter(message: Message, channel: EmailChannel, dashboard_url: str | None) -> EmailMessage:
    """Return a message as plain text and HTML; its Message-ID is the same however often sent."""
    told = text(message, dashboard_url)
    found = EmailMessage(policy=SMTP)
    found["From"] = channel.sender
    found["To"] = ", ".join(channel.to)
    found["Subject"] = short(told.headline, SUBJECT)
    found["Date"] = format_datetime(message.made_at)
    found["Message-ID"] = f"<{message.id}@{channel.sender.rsplit('@', 1)[1]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content("\n".join(lines(told)) + "\n")
    found.add_alternative(html(told), subtype="html")
    return found


def html(told: Text) -> str:
    """Return a message as HTML that needs no style but its own and loads nothing."""
    more = f"<p>{words.escape_html(told.more)}</p>" if told.more else ""
    notes = " ".join(map(words.escape_html, told.notes))
    return (
        '<!doctype html><html lang="en"><body style="max-width:38em;'
        'font-family:system-ui,sans-serif;color:#1D2026;background:#FCFBF9">'
        f'<h1 style="font:400 23px Georgia,serif">{words.escape_html(told.headline)}</h1>'
        f"{''.join(map(paragraph, told.items))}{more}"
        f'<p style="color:#60656F;font-size:13px">{notes}</p></body></html>\n'
    )


def paragraph(one: Item) -> str:
    """Return one service as a paragraph."""
    name = f"<b>{words.escape_html(one.service)}</b>"
    if url := words.address(one.url):
        name = f'<a href="{words.escape_html(url)}">{name}</a>'
    said = [f"{name} {words.escape_html(one.title)}"]
    said += [words.escape_html(line) for line in (one.said, one.waits) if line]
    return f"<p>{'<br>'.join(said)}</p>"


def send(channel: Mailing, found: EmailMessage, seconds: float = SECONDS) -> Outcome:
    """Hand a letter to the mail server; who of several is refused is told by number alone."""
    server = None
    try:
        server = connected(channel, seconds)
        refused = server.send_message(found, channel.sender, list(channel.to))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return failed(channel, error)
    finally:
        # Taken is taken: how the server says goodbye changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            if server is not None:
                server.quit()
    said = f"{len(refused)} of {len(channel.to)} addresses are refused" if refused else ""
    return Outcome("sent", said)


def connected(channel: Mailing, seconds: float) -> smtplib.SMTP:
    """Reach the server, its certificate checked, and sign in."""
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if channel.encryption == "tls":
        server = smtplib.SMTP_SSL(channel.host, channel.port, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(channel.host, channel.port, timeout=seconds)
    try:
        if channel.encryption == "starttls":
            server.starttls(context=context)
        if channel.user and channel.password:
            server.login(channel.user, channel.password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def failed(channel: Mailing, error: Exception) -> Outcome:
    """Say why a letter did not go, without addresses and without what the server repeats."""
    where = f"{channel.host}:{channel.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome("later", f"{where} refuses the account: {error.smtp_code}")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        is_busy = all(code in BUSY for code in codes)
        said = f"{where} refuses every address: {', '.join(map(str, codes))}"
        return Outcome("later" if is_busy else "refused", said)
    if isinstance(error, smtplib.SMTPResponseException):
        is_data = isinstance(error, smtplib.SMTPDataError) and error.smtp_code not in BUSY
        return Outcome("refused" if is_data else "later", f"{where} answered {error.smtp_code}")
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Outcome("later", f"{where} can not be reached: {said or type(error).__name__}")

"""Sends one message by the way its channel is reached."""

import threading
from collections.abc import Callable

from pipelines.alerts import forms, mail, posting
from pipelines.alerts.messages import Message
from pipelines.alerts.outcomes import LIMIT, Outcome
from pipelines.configuration.alert_channels import (
    AnyChannel,
    EmailChannel,
    SlackChannel,
    TeamsChannel,
)

Send = Callable[[AnyChannel, Message, str | None], Outcome]


def send(channel: AnyChannel, message: Message, dashboard_url: str | None) -> Outcome:
    """Send a message once, within a time limit."""
    return within(LIMIT, lambda: once(channel, message, dashboard_url))


def within(seconds: float, call: Callable[[], Outcome]) -> Outcome:
    """Return an outcome in time: who answers a byte a second never exceeds a socket's limit."""
    found: list[Outcome] = []
    # A daemon, so that the command can end without it.
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else Outcome("later", f"no answer within {seconds:g} s")


def once(channel: AnyChannel, message: Message, dashboard_url: str | None) -> Outcome:
    """Send a message by the channel's way."""
    if isinstance(channel, EmailChannel):
        return mail.send(channel, mail.letter(message, channel, dashboard_url))
    url = channel.url.get_secret_value()
    if isinstance(channel, SlackChannel):
        return posting.post(url, forms.slack(message, dashboard_url), message.id)
    if isinstance(channel, TeamsChannel):
        return posting.post(url, forms.teams(message, dashboard_url), message.id)
    secret = channel.secret.get_secret_value() if channel.secret else ""
    return posting.post(url, forms.webhook(message, dashboard_url), message.id, secret)

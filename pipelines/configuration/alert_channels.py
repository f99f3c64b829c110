"""The settings of alert channels: by which way people are told."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from pipelines.configuration.globs import name_pattern
from pipelines.configuration.hosts import PLAIN_HOSTS
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import (
    Globs,
    Secret,
    SecretText,
    SourceName,
    Text,
    Whole,
    listed,
)

State = Literal["stalled", "slowing", "dormant", "recovered", "irreversible"]
STATES: tuple[State, ...] = ("stalled", "slowing", "dormant", "recovered", "irreversible")


def _web(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0 or parts.scheme not in {"https", "http"} or "@" in parts.netloc:
        raise ValueError("must be the address that messages are posted to: https://...")
    if parts.scheme == "http" and host not in PLAIN_HOSTS:
        raise ValueError("must begin with https://, or what is told would travel for all to read")
    return value


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value):
        raise ValueError("must be an address alone such as drumbeat@example.org")
    return value


Url = Annotated[Secret, AfterValidator(_web)]
Mailbox = Annotated[Text, AfterValidator(_mailbox)]
Mailboxes = Annotated[
    tuple[Mailbox, ...],
    Field(min_length=1),
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]
States = Annotated[
    tuple[State, ...],
    Field(min_length=1),
    BeforeValidator(listed, json_schema_input_type=State | list[State]),
]


class Channel(Settings):
    """Somewhere people are told."""

    kind: str
    name: SourceName = Field(
        default="",
        description="What the channel is called; what it was told is remembered by it. Small "
        "letters, digits, dot, dash and underscore; unique. Left out: its kind.",
    )
    teams: Globs = Field(default=(), description="Services of these teams, as globs.")
    services: Globs = Field(
        default=(), description="These services, as globs. Without teams and services: all."
    )
    states: States = Field(
        default=STATES,
        description="What is told: stalled, slowing, dormant, recovered of what was told, and "
        "irreversible: a service of tier 1 that can not be taken back.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"name": data.get("kind"), **data} if isinstance(data, dict) else data

    def is_for(self, service: str, team: str | None) -> bool:
        """Tell whether a service is one of the channel's."""
        if not self.teams and not self.services:
            return True
        chosen = re.search(name_pattern(self.services), service)
        return bool(chosen or re.search(name_pattern(self.teams), team or ""))


class SlackChannel(Channel):
    """A channel of Slack."""

    kind: Literal["slack"] = Field(description="An incoming webhook of Slack.")
    url: Url = Field(description="The webhook, from the environment: ${SLACK_URL}.")


class TeamsChannel(Channel):
    """A channel or chat of Microsoft Teams."""

    kind: Literal["teams"] = Field(
        description="Microsoft Teams: a workflow that posts what a webhook receives."
    )
    url: Url = Field(description="The workflow's webhook, from the environment: ${TEAMS_URL}.")


class WebhookChannel(Channel):
    """Anything that takes JSON over HTTP."""

    kind: Literal["webhook"] = Field(description="Any address that takes JSON.")
    url: Url = Field(description="Where it is posted to; ${NAME} where it holds a secret.")
    secret: Secret | None = Field(
        default=None,
        description="Signs what is posted, as Standard Webhooks do; from the environment: "
        "${ALERT_SECRET}. Left out: nothing is signed.",
    )


class Mailing(Settings):
    """How mail goes out, and to whom."""

    host: Text = Field(description="The mail server.")
    port: Annotated[Whole, Field(ge=1, le=65535)] = Field(default=587, description="Its port.")
    encryption: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="starttls, or tls from the start (usually port 465). With none nothing signs "
        "in but on this machine.",
    )
    user: Text | None = Field(default=None, description="The account that signs in, if one does.")
    password: SecretText | None = Field(
        default=None, description="Its password, from the environment: ${SMTP_PASSWORD}."
    )
    sender: Mailbox = Field(alias="from", description="The address that mail comes from.")
    to: Mailboxes = Field(description="The addresses that mail goes to.")

    @model_validator(mode="after")
    def _signs_in_unseen(self) -> "Mailing":
        if (self.user is None) != (self.password is None):
            raise ValueError("must have both `user` and `password`, or neither of them")
        if self.user and self.encryption == "none" and self.host not in PLAIN_HOSTS:
            raise ValueError("must have `encryption`, or the password would travel for all to read")
        return self


class EmailChannel(Mailing, Channel):
    """Mail to people or lists."""

    kind: Literal["email"] = Field(description="E-mail by SMTP.")


AnyChannel = Annotated[
    SlackChannel | TeamsChannel | WebhookChannel | EmailChannel, Field(discriminator="kind")
]

"""The settings of the weekly report: when it is made, as what, and where it goes."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipelines.configuration.alert_channels import Mailing, Url
from pipelines.configuration.hosts import Address, GitHubName, GitLabName
from pipelines.configuration.settings import Settings, resolved_path
from pipelines.configuration.values import Secret, SourceName, Text, Texts, Weekday, Whole, listed

Format = Literal["html", "md", "pdf", "json", "slack"]
Formats = Annotated[
    tuple[Format, ...],
    Field(min_length=1),
    BeforeValidator(listed, json_schema_input_type=Format | list[Format]),
]
Of = Literal["organisation", "teams", "services"]


def _one(value: str) -> str:
    if not re.fullmatch(r"organisation|(team|service) \S.*", value):
        raise ValueError("must be organisation, team NAME or service NAME")
    return value


class Recipient(Settings):
    """Somewhere a report goes; once for each week, whatever is run again."""

    kind: str
    name: SourceName = Field(
        default="",
        description="What the channel is called; what it was sent is remembered by it. Small "
        "letters, digits, dot, dash and underscore; unique. Left out: its kind.",
    )
    of: Annotated[Text, AfterValidator(_one)] = Field(
        default="organisation",
        description="Whose report it gets: organisation, team NAME or service NAME.",
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"name": data.get("kind"), **data} if isinstance(data, dict) else data


class FolderRecipient(Recipient):
    """A folder, such as one that a web server shows."""

    kind: Literal["folder"] = Field(description="A folder; a later run replaces the files.")
    path: Path = Field(description="The folder. A relative path starts at the configuration file.")
    formats: Formats = Field(default=("html",), description="What is written there.")

    @field_validator("path", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)


class EmailRecipient(Mailing, Recipient):
    """Mail to people or lists."""

    kind: Literal["email"] = Field(description="E-mail by SMTP; once a week, never twice.")
    attach: Annotated[
        tuple[Literal["html", "md", "pdf", "json"], ...],
        BeforeValidator(listed, json_schema_input_type=str | list[str]),
    ] = Field(default=("html",), description="What is attached besides; [] for nothing.")


class SlackRecipient(Recipient):
    """A channel of Slack."""

    kind: Literal["slack"] = Field(description="Slack: an incoming webhook, or a token.")
    url: Url | None = Field(
        default=None,
        description="The webhook, from the environment: ${SLACK_URL}. It posts once a week, as "
        "what it posted can not be changed. Either this, or token and channel.",
    )
    token: Secret | None = Field(
        default=None,
        description="A bot's token with the scope chat:write, from the environment: "
        "${SLACK_TOKEN}. A later run replaces the message.",
    )
    channel: Text | None = Field(default=None, description="The channel's id, for the token.")

    @model_validator(mode="after")
    def _reached(self) -> "SlackRecipient":
        if (self.token is None) != (self.channel is None) or bool(self.url) == bool(self.token):
            raise ValueError("must have `url`, or both `token` and `channel`")
        return self


class TeamsRecipient(Recipient):
    """A channel or chat of Microsoft Teams."""

    kind: Literal["teams"] = Field(
        description="Microsoft Teams: a workflow that posts what a webhook receives; once a week."
    )
    url: Url = Field(description="The workflow's webhook, from the environment: ${TEAMS_URL}.")


class Issue(Recipient):
    """An issue a week, which a later run replaces."""

    url: Address
    token: Secret
    labels: Texts = Field(default=("drumbeat",), description="Labels of the issue.")


class GitHubRecipient(Issue):
    """An issue of a repository on GitHub."""

    kind: Literal["github"] = Field(
        description="An issue on GitHub for each week; a later run replaces its text."
    )
    url: Address = Field(
        default="https://github.com", description="Where it is, as browsers open it."
    )
    repository: Annotated[GitHubName, Field(pattern=r"^[^*?]+$")] = Field(
        description="Full name of the repository: acme/reports."
    )
    token: Secret = Field(
        description="A token that may write issues, from the environment: ${REPORT_TOKEN}."
    )


class GitLabRecipient(Issue):
    """An issue of a project on GitLab."""

    kind: Literal["gitlab"] = Field(
        description="An issue on GitLab for each week; a later run replaces its text."
    )
    url: Address = Field(
        default="https://gitlab.com", description="Where it is, as browsers open it."
    )
    project: Annotated[GitLabName, Field(pattern=r"^[^*?]+$")] = Field(
        description="Full path of the project: acme/reports."
    )
    token: Secret = Field(
        description="A token with the scope api, from the environment: ${REPORT_TOKEN}."
    )


AnyRecipient = Annotated[
    FolderRecipient
    | EmailRecipient
    | SlackRecipient
    | TeamsRecipient
    | GitHubRecipient
    | GitLabRecipient,
    Field(discriminator="kind"),
]


class Report(Settings):
    """When the weekly report is made, how, and where it goes."""

    weekday: Weekday = Field(default="mon", description="The day it is made.")
    hour: Annotated[Whole, Field(ge=0, le=23)] = Field(
        default=7, description="The hour it is made, in the calendar's time zone."
    )
    of: Annotated[
        tuple[Of, ...],
        Field(min_length=1),
        BeforeValidator(listed, json_schema_input_type=Of | list[Of]),
    ] = Field(
        default=("organisation",),
        description="Whose reports are written: the organisation's, one for each of the teams, "
        "one for each of the services.",
    )
    formats: Formats = Field(default=("html", "md"), description="What is written.")
    out: Path = Field(
        default=Path("reports"),
        description="The folder it is written to. "
        "A relative path starts at the configuration file.",
        validate_default=True,
    )
    channels: tuple[AnyRecipient, ...] = Field(
        default=(),
        description="Where it is sent by `drumbeat report --deliver` and by the schedule. Left "
        "out: nowhere.",
    )

    @field_validator("out", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(str(value) if isinstance(value, Path) else value, info)

    @model_validator(mode="after")
    def _told_apart(self) -> "Report":
        names = [channel.name for channel in self.channels]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"must have another `name` for each channel; two are {twice!r}")
        return self

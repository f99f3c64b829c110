"""The settings of Git hosts: GitHub and GitLab, their clouds and self-hosted ones."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from pipelines.configuration.receiving import Secrets
from pipelines.configuration.settings import Settings, Source, resolved_path
from pipelines.configuration.values import (
    Day,
    Number,
    Secret,
    SecretText,
    Text,
    Texts,
    Whole,
    listed,
)

OWNER = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
PLAIN_HOSTS = ("localhost", "127.0.0.1", "::1")


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0 or parts.scheme not in {"https", "http"}:
        raise ValueError("must be the address of the host: https://git.example.org")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be the address alone; what signs in goes into a key of its own")
    if parts.scheme == "http" and host not in PLAIN_HOSTS:
        raise ValueError("must begin with https://, or a token would travel for all to read")
    if host == "api.github.com" or re.search(r"/(api|api/v\d+|api/graphql)/?$", parts.path):
        raise ValueError("must be the address that browsers open, without the part for the API")
    return value.rstrip("/")


def _github_name(value: str) -> str:
    if not re.fullmatch(rf"{OWNER}/[\w.*?-]+", value, re.ASCII):
        raise ValueError("must be owner/name such as acme/shop or acme/*")
    return value


def _gitlab_name(value: str) -> str:
    if not re.fullmatch(rf"{OWNER}(?:/[\w.*?-]+)+", value, re.ASCII):
        raise ValueError("must be group/project such as acme/web/shop, acme/* or acme/**")
    return value


Address = Annotated[Text, AfterValidator(_address)]
GitHubName = Annotated[Text, AfterValidator(_github_name)]
GitLabName = Annotated[Text, AfterValidator(_gitlab_name)]
GitHubNames = Annotated[
    tuple[GitHubName, ...],
    Field(min_length=1),
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]
GitLabNames = Annotated[
    tuple[GitLabName, ...],
    Field(min_length=1),
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]


class Host(Source):
    """A Git host: repositories, changes, deployments, releases and incidents."""

    url: Address
    repositories: tuple[str, ...]
    since: Day | None = Field(
        default=None,
        description="The first collection of all but git goes back to this day. "
        "Left out: 18 months. Of git it always reads all.",
    )
    reserve: Annotated[Number, Field(ge=0, lt=1)] = Field(
        default=0.1, description="Share of the host's quota of requests that is left to others."
    )
    incident_labels: Texts = Field(
        default=("incident",), description="Issues with one of these labels are incidents."
    )
    incident_types: Texts = Field(
        default=("Incident",), description="Issues of one of these types are incidents."
    )
    webhook_secrets: Secrets = Field(
        default=(),
        description="What its webhooks to `drumbeat receive` are signed with, from the "
        "environment: ${WEBHOOK_SECRET}. Several count at once, so that one can be "
        "replaced without a gap.",
    )
    ca: Path | None = Field(
        default=None,
        description="File with the certificates of a company's own authority, as PEM. "
        "A relative path starts at the configuration file.",
    )

    @field_validator("ca", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        found = resolved_path(value, info)
        if isinstance(found, str) and found and not Path(found).is_file():
            raise ValueError(f"must be a file, and {found} is none")
        return found

    @property
    def host(self) -> str:
        """The name of the host, as in addresses."""
        return urlsplit(self.url).hostname or ""

    @property
    def repository(self) -> str | None:
        """The repository, where it is exactly one."""
        is_one = len(self.repositories) == 1 and not set(self.repositories[0]) & {"*", "?"}
        return self.repositories[0] if is_one else None


class App(Settings):
    """A GitHub App that signs in by its key."""

    id: Annotated[Whole, Field(ge=1)] = Field(description="The App's number.")
    installation: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None,
        description="The installation's number. Left out: that of each owner of repositories.",
    )
    private_key: SecretText = Field(
        description="The App's private key, all lines of it, from the environment: "
        "${GITHUB_APP_KEY}.",
    )


class GitHubSource(Host):
    """GitHub or GitHub Enterprise Server."""

    kind: Literal["github"] = Field(description="GitHub, or a GitHub Enterprise Server.")
    url: Address = Field(
        default="https://github.com", description="Where it is, as browsers open it."
    )
    token: Secret | None = Field(
        default=None,
        description="A token that may read, from the environment: ${GITHUB_TOKEN}. "
        "Either this or app.",
    )
    app: App | None = Field(default=None, description="A GitHub App in place of a token.")
    repositories: GitHubNames = Field(
        description="Full names of repositories: acme/shop, acme/*. The owner is an "
        "organisation or a user. Archived ones are read too, forks only when named in full."
    )


class GitLabSource(Host):
    """GitLab, its cloud or a self-hosted one."""

    kind: Literal["gitlab"] = Field(description="GitLab, its cloud or a self-hosted one.")
    url: Address = Field(
        default="https://gitlab.com", description="Where it is, as browsers open it."
    )
    token: Secret | None = Field(
        default=None,
        description="A personal, group or project token that may read, from the environment: "
        "${GITLAB_TOKEN}. Either this or job_token.",
    )
    job_token: Secret | None = Field(
        default=None,
        description="The token of a running CI job, from the environment: ${CI_JOB_TOKEN}.",
    )
    repositories: GitLabNames = Field(
        description="Full names of projects: group/sub/project. group/* are the projects of the "
        "group, group/** those of its subgroups too. Forks are read only when named in full."
    )

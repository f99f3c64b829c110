"""The settings of flag tools: where they are, and what of them is read."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from pipelines.configuration.hosts import Address
from pipelines.configuration.settings import Source, resolved_path
from pipelines.configuration.values import Day, Globs, Number, Secret, Text, Texts

REMOVAL_WORDS = (
    "remove", "removal", "expires", "expiry", "delete", "clean up", "cleanup", "sunset",
)  # fmt: skip


class FlagToolSource(Source):
    """A tool that keeps feature flags."""

    url: Address
    token: Secret
    projects: Globs = Field(default=("*",), description="Projects that are read, by id or key.")
    removal_words: Texts = Field(
        default=REMOVAL_WORDS,
        description="Words that say in a tag or a description by which day a flag is to be gone: "
        "remove-by:2026-10-01, Remove on 2026-10-01.",
    )
    since: Day | None = Field(
        default=None,
        description="The first collection of events goes back to this day. Left out: 18 months.",
    )
    reserve: Annotated[Number, Field(ge=0, lt=1)] = Field(
        default=0.1, description="Share of the tool's quota of requests that is left to others."
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


class UnleashSource(FlagToolSource):
    """Unleash."""

    kind: Literal["unleash"] = Field(
        description="Unleash: flags, their states and the log of events."
    )
    url: Address = Field(description="Where it is, as browsers open it.")
    token: Secret = Field(
        description="An admin API token or a Viewer's personal access token, from the "
        "environment: ${UNLEASH_TOKEN}."
    )


class LaunchDarklySource(FlagToolSource):
    """LaunchDarkly."""

    kind: Literal["launchdarkly"] = Field(
        description="LaunchDarkly: flags, their states and the audit log."
    )
    url: Address = Field(
        default="https://app.launchdarkly.com", description="Where it is, as browsers open it."
    )
    token: Secret = Field(
        description="An access token with the role Reader, from the environment: "
        "${LAUNCHDARKLY_TOKEN}."
    )


class FlagsmithSource(FlagToolSource):
    """Flagsmith."""

    kind: Literal["flagsmith"] = Field(
        description="Flagsmith: flags, their states and the audit log."
    )
    url: Address = Field(
        default="https://api.flagsmith.com", description="Where its API is; of your own server too."
    )
    token: Secret = Field(
        description="An organisation's API key, from the environment: ${FLAGSMITH_TOKEN}."
    )


class FlagdSource(Source):
    """Files of flagd in a repository."""

    kind: Literal["flagd"] = Field(
        description="Files with flag definitions of flagd (OpenFeature) in a repository."
    )
    repository: Text = Field(
        description="The repository, by the name that a git source or a code host of this file "
        "calls it."
    )
    paths: Globs = Field(
        default=("*flagd*.json", "*.flags.json"),
        description="The files, as globs of whole paths; * is any text.",
    )
    environment: Text = Field(
        default="production", description="The environment that the files are of."
    )
    removal_words: Texts = Field(
        default=REMOVAL_WORDS,
        description="Names of metadata that say by which day a flag is to be gone: "
        "remove_by: 2026-10-01.",
    )


class CodeReferencesSource(Source):
    """Where the keys of flags stand in code."""

    kind: Literal["code_references"] = Field(
        description="The keys of flags in code: the deployed commit of each repository is fetched "
        "without history and searched, again only for another commit or other keys."
    )
    repositories: Globs = Field(
        default=("*",),
        description="Repositories of git sources and code hosts of this file, by name.",
    )


AnyFlagTool = UnleashSource | LaunchDarklySource | FlagsmithSource
AnyFlagCode = FlagdSource | CodeReferencesSource

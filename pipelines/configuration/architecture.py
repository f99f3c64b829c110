"""The settings of deployment architecture: what of it is read from git, and what people claim."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Day, Flag, Globs, Number, Text, Whole

ClaimKind = Literal["drill", "runbook", "in_flight", "shadow"]


class ArchitecturePaths(Settings):
    """Paths that are told apart among the changed files of repositories."""

    migrations: Globs = Field(
        default=(),
        description="Schema migrations in SQL, beside those that are known by their names: "
        "database/changes/**. * stops at a slash, ** is any depth.",
    )
    messages: Globs = Field(
        default=(), description="Schemas of messages, beside those that are known: events/*.json."
    )
    topology: Globs = Field(
        default=(), description="Manifests, beside those that are known: infra/**."
    )
    pipelines: Globs = Field(
        default=(), description="Files of pipelines, beside those that are known: ci/**."
    )


class Manifests(Settings):
    """Where manifests of a service are, when not beside its code."""

    repository: Text = Field(description="The repository that holds them.")
    paths: Globs = Field(
        default=(), description="Its paths that are of the service. Left out: all of them."
    )
    team: Text | None = Field(
        default=None,
        description="The team that has that repository. Left out: the team of the services in it.",
    )


class Architecture(Settings):
    """What of deployment architecture is read, and from when on something counts."""

    from_git: Flag = Field(
        default=True,
        description="Whether changed files of repositories are read: migrations, message schemas, "
        "topology, pipelines. Clones then hold trees, and the few files that are looked for.",
    )
    history_days: Annotated[Whole, Field(ge=1, le=36500)] = Field(
        default=548,
        description="How far back from the newest commit of the default branch they are read.",
    )
    window_days: Annotated[Whole, Field(ge=7, le=3650)] = Field(
        default=180,
        description="Shares and medians are those of so many days up to the latest event.",
    )
    paths: ArchitecturePaths = Field(
        default=ArchitecturePaths(), description="Paths that are looked for, beside known ones."
    )
    observation_hours: Annotated[Number, Field(ge=0)] = Field(
        default=1.0,
        description="A migration that is deployed alone is decoupled if nothing follows for so "
        "long.",
    )
    long_lived_days: Annotated[Number, Field(gt=0)] = Field(
        default=7.0, description="From when on an open branch is long-lived."
    )
    tests: Globs = Field(
        default=(),
        description="Workflow runs, pipelines and jobs that test what was merged, by name or by "
        "the file's path: CI, .github/workflows/ci.yml.",
    )


class Claim(Settings):
    """What people say of a service and nothing measures; always shown as claimed."""

    what: ClaimKind = Field(
        description="drill: a rollback was practised. runbook: it is written down. in_flight: "
        "work in flight across a switch is tested. shadow: a mirror covers the service."
    )
    service: Text = Field(description="The service.")
    says: Text = Field(description="What is claimed, in a sentence.")
    link: Text = Field(description="Where it can be read: a URL.")
    owner: Text = Field(description="The team that answers for it.")
    date: Day = Field(description="The day it was true.")
    expires: Day = Field(description="From this day on it is stale.")

    @model_validator(mode="after")
    def _ordered(self) -> "Claim":
        if self.expires <= self.date:
            raise ValueError("must expire after the day it was true")
        if not self.link.startswith(("https://", "http://")):
            raise ValueError("must have a link that begins with https://")
        return self

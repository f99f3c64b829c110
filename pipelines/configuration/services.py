"""The settings of services: what is deployed, whose it is, and what counts as its own."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipelines.configuration.architecture import Manifests
from pipelines.configuration.definitions import OwnDefinitions
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Country, Day, Flag, Globs, TagGlobs, Text, Whole

PRODUCTION = ("production", "production-*", "prod", "prod-*")
VERSION_TAGS = ("v[0-9]*", "[0-9]*")


class Membership(Settings):
    """Which team a service belongs to, and since when."""

    name: Text = Field(description="The team.")
    since: Day | None = Field(
        default=None,
        description="The team has the service from this day on. Only the first may leave it out.",
    )


def _memberships(value: object) -> object:
    return [{"name": value}] if isinstance(value, str) else value


Team = Annotated[
    tuple[Membership, ...],
    BeforeValidator(_memberships, json_schema_input_type=str | list[Membership]),
]


class Deployments(Settings):
    """What counts as a production deployment of a service."""

    source: Text | None = Field(
        default=None,
        description="Name of the one source that tells its deployments. "
        "Left out: the first source that has any.",
    )
    told_by: Literal["deployments", "runs", "releases", "tags"] | None = Field(
        default=None,
        alias="from",
        description="What of GitHub or GitLab tells its deployments. Left out: runs where `runs` "
        "says which, else the first of production deployments, releases and tags that its "
        "repository has.",
    )
    runs: Globs = Field(
        default=(),
        description="Workflow runs (GitHub), pipelines and jobs (GitLab) that deploy it, by name "
        "or by the file's path: Deploy*, .github/workflows/deploy.yml.",
    )
    tags: TagGlobs = Field(
        default=VERSION_TAGS,
        description="Tags of its repository that are its releases, where tags tell them. "
        "* stops at a slash, ** does not, [0-9] is one of a set: v*, api/v*.",
    )
    pre_releases: Flag = Field(
        default=False,
        description="Whether pre-releases such as v2.0.0-rc.1 or 2.0b1 count as releases.",
    )
    environments: Globs = Field(
        default=PRODUCTION,
        description="Environments that are production, by name or by GitLab's tier. "
        "Case does not count, * is any text.",
    )


class Incidents(Settings):
    """Which incidents are a service's own."""

    source: Text | None = Field(
        default=None,
        description="Name of the one source that tells its incidents. Left out: every source.",
    )
    services: Globs = Field(
        default=(),
        description="Names or ids that the service has at that source, as globs. "
        "Left out: its own name and aliases.",
    )
    labels: Globs = Field(
        default=(),
        description="Only incidents with one of these labels, as globs. Left out: all.",
    )
    blames: Globs = Field(
        default=(),
        description="Other services whose deployments its incidents may be due to, by name. "
        "Left out: none.",
    )


class Service(Settings):
    """One thing that is deployed on its own."""

    name: Text = Field(description="What the service is called everywhere.")
    team: Team = Field(
        default=(),
        description="The team that has it: a name, or a list of name and since, "
        "so that a move does not rewrite history.",
    )
    tier: Annotated[Whole, Field(ge=1, le=5)] | None = Field(
        default=None, description="How much depends on it: 1 is the most, 5 the least."
    )
    repository: Text | None = Field(
        default=None,
        description="The repository that its commits are in. "
        "Left out: that of the source it is deployed from, or the only one there is.",
    )
    paths: Globs = Field(
        default=(),
        description="Only commits that touch these paths are its changes: services/api/**. "
        "* stops at a slash, ** is any depth. Left out: the whole repository.",
    )
    country: Country = Field(
        default="",
        description="Whose public holidays its people have, a code of ISO 3166. "
        "Left out: that of the calendar.",
    )
    aliases: Globs = Field(default=(), description="Other names that sources know it by.")
    flags: Globs = Field(
        default=(),
        description="Feature flags that are its own, by key, project or tag, where what tells of "
        "a flag names no service: checkout-*, project:web, tag:area:shop. Case does not count, "
        "* is any text.",
    )
    manifests: tuple[Manifests, ...] = Field(
        default=(),
        description="Where its manifests are, when not beside its code. Left out: in its "
        "repository, and in others below a folder or file that has its name.",
    )
    retired_on: Day | None = Field(
        default=None,
        description="From this day on it is retired: its silence is no stall.",
    )
    deployments: Deployments = Field(
        default=Deployments(), description="What counts as its production deployments."
    )
    incidents: Incidents = Field(default=Incidents(), description="Which incidents are its own.")
    definitions: OwnDefinitions = Field(
        default=OwnDefinitions(),
        description="Rules in which it differs from `definitions` of the organisation.",
    )

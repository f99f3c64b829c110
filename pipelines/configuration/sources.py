"""The settings of sources: where records come from."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipelines.configuration import locations
from pipelines.configuration.clusters import AnyCluster
from pipelines.configuration.flag_tools import AnyFlagCode, AnyFlagTool
from pipelines.configuration.hosts import GitHubSource, GitLabSource
from pipelines.configuration.pagers import AnyPager
from pipelines.configuration.receiving import EventsSource
from pipelines.configuration.settings import Source, origin_of, plain_path, resolved_path
from pipelines.configuration.values import Day, Text, Whole


class GitSource(Source):
    """A git repository: its commits, tags and default branch."""

    kind: Literal["git"] = Field(description="A git repository, read with git itself.")
    location: Annotated[Text, Field(max_length=2000)] = Field(
        description="Path or URL of the repository or of any clone of it. "
        "A relative path starts at the configuration file; ~ is not expanded. "
        "A token goes in as ${NAME}: https://x:${GIT_TOKEN}@git.example.org/acme/shop.git.",
    )
    repository: Text = Field(
        default="",
        description="What services and other sources call this repository. "
        "Left out: the last part of the location, without .git.",
    )
    branch: Text | None = Field(
        default=None,
        description="The branch whose commits are changes. Left out: the remote's default branch.",
    )
    since: Day | None = Field(
        default=None,
        description="The first collection goes back to this day. Left out: all of the history.",
    )

    @model_validator(mode="before")
    @classmethod
    def _resolved(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("location"), str):
            return data
        location = data["location"]
        if location and not location.startswith(("~", "-")):
            location = locations.beside(origin_of(info).folder, location)
        derived = {"repository": locations.last_part(location)}
        return {**derived, **data, "location": location}

    @field_validator("location", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return plain_path(value)

    @property
    def is_remote(self) -> bool:
        """Tell whether the location is a URL rather than a path on this machine."""
        return locations.is_remote(self.location)


class FilesSource(Source):
    """A folder of CSV, NDJSON or Parquet files."""

    kind: Literal["files"] = Field(
        description="A folder of deployments, changes, commits and incidents as files."
    )
    path: Path = Field(description="The folder. A relative path starts at the configuration file.")

    @field_validator("path", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)


class DemoSource(Source):
    """A made-up organisation."""

    kind: Literal["demo"] = Field(description="A made-up organisation, the same for every seed.")
    seed: Annotated[Whole, Field(ge=0)] = Field(
        default=7, description="Another seed makes another organisation."
    )


AnySource = Annotated[
    GitSource
    | GitHubSource
    | GitLabSource
    | AnyPager
    | AnyFlagTool
    | AnyCluster
    | AnyFlagCode
    | EventsSource
    | FilesSource
    | DemoSource,
    Field(discriminator="kind"),
]

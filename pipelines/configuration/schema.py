"""Every setting there is: its type, its default and its meaning."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from pipelines.configuration.alerts import FILE_NAME, Alerts
from pipelines.configuration.annotations import Annotation
from pipelines.configuration.architecture import Architecture, Claim
from pipelines.configuration.definitions import Definitions
from pipelines.configuration.delivery import Delivery
from pipelines.configuration.flags import Flags
from pipelines.configuration.hosts import GitHubSource, GitLabSource
from pipelines.configuration.outlets import Dashboard, Publish
from pipelines.configuration.overrides import Override
from pipelines.configuration.reports import Report
from pipelines.configuration.services import Service
from pipelines.configuration.settings import Settings, resolved_path
from pipelines.configuration.sources import AnySource, GitSource
from pipelines.configuration.values import (
    Country,
    Day,
    Globs,
    Hours,
    Number,
    TeamNames,
    Text,
    TimeZone,
    Weekday,
    Whole,
)

Code = GitSource | GitHubSource | GitLabSource
# What is read with git alone tells no incidents and no failed pipelines.
IN_GIT = ("git", "flagd", "code_references")
Industry = Literal["technology", "financial", "retail", "healthcare", "government", "manufacturing"]
SPEED = ("deployment_frequency", "change_lead_time_hours")
STABILITY = ("change_fail_rate", "recovery_time_hours", "rework_rate")
BOTS = (
    "*[bot]",
    "*-bot",
    "*_bot",
    "* bot",
    "bot",
    "bot-*",
    "dependabot",
    "dependabot-*",
    "renovate",
    "renovate-*",
    "github-actions",
    "github actions",
)


class Freeze(Settings):
    """Days on which nobody is expected to deploy."""

    name: Text = Field(description="What the freeze is called.")
    first_on: Day = Field(alias="from", description="Its first day.")
    last_on: Day = Field(alias="to", description="Its last day, itself included.")
    services: tuple[Text, ...] = Field(
        default=(), description="Only these services. Left out: all."
    )


class Calendar(Settings):
    """When people work."""

    time_zone: TimeZone = Field(
        default="UTC", description="Days and weeks begin at midnight here: Europe/Berlin."
    )
    country: Country = Field(
        default="",
        description="Whose public holidays nobody works on: a code of ISO 3166. Left out: none.",
    )
    working_days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), description="Days people work."
    )
    working_hours: Hours = Field(
        default="09:00-17:00",
        description="When people work on such a day, first and last minute: 09:00-17:00.",
    )
    freezes: tuple[Freeze, ...] = Field(
        default=(), description="Spans in which nobody is expected to deploy."
    )


class Cadence(Settings):
    """From when on a silence is told as an alarm."""

    return_years: Annotated[Number, Field(ge=1)] = Field(
        default=5.0,
        description="A silence is an alarm if one like it happens by itself at most once in so "
        "many years.",
    )
    false_alarms: Annotated[Number, Field(gt=0)] | None = Field(
        default=None,
        description="Instead, for many services: so many false alarms a year, of all services "
        "together, are bearable.",
    )


class Team(Settings):
    """Who belongs to a team and what it owns, for numbers by author or by CODEOWNERS."""

    name: Text = Field(description="What the team is called.")
    members: Globs = Field(
        default=(),
        description="Names or logins of authors, as globs. Who is in none counts for the "
        "service's team.",
    )
    owners: TeamNames = Field(
        default=(),
        description="What CODEOWNERS calls the team: @acme/payments. "
        "Left out: any name whose last part is the team's.",
    )


class Targets(Settings):
    """What the organisation aims for; speed only together with stability."""

    deployment_frequency: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="At least this many deployments a week, per service."
    )
    change_lead_time_hours: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="At most this median lead time."
    )
    change_fail_rate: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        default=None, description="At most this share of deployments: 0.15 is 15 %."
    )
    recovery_time_hours: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="At most this median recovery time."
    )
    rework_rate: Annotated[Number, Field(ge=0, le=1)] | None = Field(
        default=None, description="At most this share of deployments: 0.15 is 15 %."
    )


class SourceRetention(Settings):
    """How long the records of one source are kept."""

    source: Text = Field(description="Name of the source.")
    days: Annotated[Whole, Field(ge=1)] = Field(description="Days that its records are kept.")


class Retention(Settings):
    """How long records are kept."""

    days: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None,
        description="A record goes when its newest version and its own time are both older than "
        "this many days. Left out: nothing goes.",
    )
    sources: tuple[SourceRetention, ...] = Field(
        default=(), description="Other limits for some sources."
    )


class Configuration(Settings):
    """One organisation: where its records come from and what its numbers mean."""

    organisation: Text = Field(
        default="organisation", description="What the organisation is called, as a title."
    )
    sources: Annotated[tuple[AnySource, ...], Field(min_length=1)] = Field(
        description="Where records come from; at least one."
    )
    services: tuple[Service, ...] = Field(
        default=(),
        description="What is deployed. Left out: every service that the data names is one, "
        "under its own name.",
    )
    calendar: Calendar = Field(default=Calendar(), description="When people work.")
    bots: Globs = Field(
        default=BOTS,
        description="Names of authors that are bots. The whole name, case does not count, "
        "* is any text, ? one character, brackets mean themselves.",
    )
    definitions: Definitions = Field(
        default=Definitions(), description="The rules that metrics are made by."
    )
    delivery: Delivery = Field(
        default=Delivery(), description="What analyses of progressive rollouts tell of."
    )
    cadence: Cadence = Field(
        default=Cadence(), description="From when on a silence is told as an alarm."
    )
    annotations: tuple[Annotation, ...] = Field(
        default=(), description="What happened, to be seen on charts."
    )
    architecture: Architecture = Field(
        default=Architecture(), description="What of deployment architecture is read from git."
    )
    claims: tuple[Claim, ...] = Field(
        default=(), description="What people say of services and nothing measures."
    )
    teams: tuple[Team, ...] = Field(
        default=(),
        description="Who is in which team, where `definitions.teams_by` is author, and what it is "
        "called, where that is codeowners.",
    )
    flags: Flags = Field(
        default=Flags(), description="What is said of feature flags, see docs/flags.md."
    )
    overrides: Path | None = Field(
        default=None,
        description="The file in which people overrule what counts as a failure. A relative path "
        "starts at the configuration file. Left out: overrides.yaml beside it, if there is one.",
    )
    targets: Targets = Field(
        default=Targets(),
        description="What the organisation aims for. A target for speed needs one for stability.",
    )
    retention: Retention = Field(
        default=Retention(), description="How long records are kept, see docs/privacy.md."
    )
    # Another one for each configuration, as what a command keeps is put there.
    alerts: Alerts = Field(
        default_factory=Alerts, description="Who is told when a service leaves its rhythm."
    )
    dashboard: Dashboard = Field(default=Dashboard(), description="The pages.")
    publish: Publish = Field(
        default=Publish(), description="What is written beside the published file."
    )
    # A mapping, so that the folder of the report is resolved like a written one.
    report: Report = Field(
        default_factory=dict, validate_default=True, description="The weekly report."
    )

    # What the file of overrides says; whoever reads the configuration puts it here.
    _overruled: tuple[Override, ...] = PrivateAttr(default=())
    # By the name of a source, what it lacks to be asked.
    _lacking: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("overrides", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)

    @property
    def overruled(self) -> tuple[Override, ...]:
        """What people have said of failures."""
        return self._overruled

    @property
    def confirmed_file(self) -> Path | None:
        """Where a command keeps silences that people know of."""
        folder = self._origin.folder
        return self.alerts.confirmed_file or (Path(folder) / FILE_NAME if folder else None)

    @property
    def lacking(self) -> Mapping[str, str]:
        """By the name of a source, which environment variable it lacks to be asked."""
        return self._lacking

    industry: Industry | None = Field(
        default=None,
        description="Whose answers to DORA's quick check stand beside a service's scores. "
        "Left out: those of everybody.",
    )

    @property
    def is_demo(self) -> bool:
        """Tell whether anything in it is made up."""
        return any(source.kind == "demo" for source in self.sources)

    @property
    def is_git_only(self) -> bool:
        """Tell whether git is all there is, so that failures are inferred."""
        return all(source.kind in IN_GIT for source in self.sources)

    def repository(self, service: Service) -> str | None:
        """Name the repository of a service: its own, its source's, or the only one there is."""
        found = {one.name: one.repository for one in self.sources if isinstance(one, Code)}
        only = next(iter(found.values())) if len(set(found.values())) == 1 else None
        return service.repository or found.get(service.deployments.source or "", only)

    def by_codeowners(self, names: Iterable[str]) -> bool:
        """Tell whether CODEOWNERS says whose the changes of a repository of these names are."""
        known = {name.lower() for name in names}
        ruled = [
            (service.definitions.over(self.definitions), self.repository(service))
            for service in self.services
        ] or [(self.definitions, None)]
        return any(
            rules.teams_by == "codeowners" and (repository is None or repository.lower() in known)
            for rules, repository in ruled
        )

    def hidden(self, text: str) -> str:
        """Put ``${NAME}`` in a text where the value of that variable stands, as logs need it."""
        return self._origin.hidden(text)

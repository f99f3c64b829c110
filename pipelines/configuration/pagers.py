"""The settings of pagers and incident tools: where they are, and which of their rows count."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from pipelines.configuration.globs import name_pattern
from pipelines.configuration.hosts import Address
from pipelines.configuration.incident_rules import Filter, Rule
from pipelines.configuration.receiving import Secrets
from pipelines.configuration.settings import Settings, Source, resolved_path
from pipelines.configuration.values import Day, Glob, Globs, Number, Secret, Text, listed

Words = Annotated[dict[Glob, Text], Field(default_factory=dict)]
Region = Literal["us", "eu"]
ADDRESSES: Mapping[str, Mapping[Region, str]] = {
    "pagerduty": {"us": "https://api.pagerduty.com", "eu": "https://api.eu.pagerduty.com"},
    "opsgenie": {"us": "https://api.opsgenie.com", "eu": "https://api.eu.opsgenie.com"},
}


class PagerSource(Source):
    """A pager or incident tool."""

    services: Words = Field(
        description="Which service an incident is of, by the name, id or label that the tool "
        "gives: {PX1A2B: checkout, team:search: search, web-*: shop}. The first that matches "
        "counts. Left out: services claim names and ids by themselves.",
    )
    severities: Words = Field(
        description="What severities are called here: {SEV1: critical, SEV-*: minor}. "
        "Left out: as the tool calls them.",
    )
    priorities: Words = Field(
        description="Which severity a priority stands for, where the tool tells none: "
        "{P1: critical}.",
    )
    only: Filter = Field(
        default=Filter(), description="Only what all of these match is an incident."
    )
    leave_out: Filter = Field(
        default=Filter(), description="What any of these matches is no incident."
    )
    since: Day | None = Field(
        default=None,
        description="The first collection goes back to this day. Left out: 18 months.",
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
    def address(self) -> str:
        """The address of the API."""
        return str(getattr(self, "url", None) or "")

    @property
    def host(self) -> str:
        """The name of the host, as in addresses."""
        return urlsplit(self.address).hostname or ""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What its rows mean, for SQL."""
        return (
            *self._called("service", self.services),
            *self._called("severity", self.severities),
            *self._called("priority", self.priorities),
            *self.only.rules(self.name, "only"),
            *self.leave_out.rules(self.name, "not"),
            *self._own(),
        )

    def _called(self, field: str, words: Mapping[str, str]) -> Iterator[Rule]:
        for place, (glob, word) in enumerate(words.items()):
            yield Rule(self.name, "call", field, None, place, name_pattern([glob]), word)

    def _own(self) -> Iterator[Rule]:
        """Yield the rules that this kind of source has besides."""
        yield from ()


class RegionalSource(PagerSource):
    """A tool with a service region, whose webhooks may be received too."""

    kind: str
    region: Region = Field(default="us", description="The service region of the account: us or eu.")
    url: Address | None = Field(
        default=None, description="Where its API is. Left out: that of the region."
    )
    webhook_secrets: Secrets = Field(
        default=(),
        description="What its webhooks to `drumbeat receive` are signed with, from the "
        "environment. Several count at once, so that one can be replaced without a gap.",
    )

    @property
    def address(self) -> str:
        """The address of the API."""
        return self.url or ADDRESSES[self.kind][self.region]


class PagerDutySource(RegionalSource):
    """PagerDuty."""

    kind: Literal["pagerduty"] = Field(
        description="PagerDuty: incidents, and change events as deployments."
    )
    token: Secret = Field(
        description="A read-only API key, from the environment: ${PAGERDUTY_TOKEN}."
    )
    urgencies: Globs = Field(
        default=("high",),
        description="Urgencies that count as incidents; [high, low] counts all.",
    )
    change_events: Globs = Field(
        default=("*",),
        description="Change events that are deployments, by their summary. [] for none.",
    )

    @field_validator("url")
    @classmethod
    def _encrypted(cls, value: str | None) -> str | None:
        if value and not value.startswith("https://"):
            raise ValueError("must begin with https://: PagerDuty's client takes nothing else")
        return value

    def _own(self) -> Iterator[Rule]:
        pattern = name_pattern(self.urgencies)
        yield Rule(self.name, "only", "urgency", None, 1, pattern, None)
        pattern = name_pattern(self.change_events)
        yield Rule(self.name, "only", "name", "deployment", 0, pattern, None)


class OpsgenieSource(RegionalSource):
    """Opsgenie."""

    kind: Literal["opsgenie"] = Field(description="Opsgenie: incidents and alerts.")
    token: Secret = Field(
        description="The key of an API integration that may read, from the environment: "
        "${OPSGENIE_TOKEN}."
    )
    read: Annotated[
        tuple[Literal["incidents", "alerts"], ...],
        Field(min_length=1),
        BeforeValidator(listed, json_schema_input_type=str | list[str]),
    ] = Field(default=("incidents", "alerts"), description="Which of the two are read.")
    alert_priorities: Globs = Field(
        default=("P1", "P2"), description="Alerts of these priorities count as incidents."
    )

    def _own(self) -> Iterator[Rule]:
        pattern = name_pattern(self.alert_priorities)
        yield Rule(self.name, "only", "priority", "alert", 0, pattern, None)


class JiraFields(Settings):
    """Fields of issues that tell more than Jira's own, by id or by name."""

    started: Text | None = Field(default=None, description="When it began. Left out: created.")
    acknowledged: Text | None = Field(
        default=None, description="When someone took it. Left out: first status in progress."
    )
    resolved: Text | None = Field(
        default=None, description="When it was over. Left out: last status that is done."
    )
    severity: Text = Field(default="Severity", description="How bad it was.")
    urgency: Text = Field(default="Urgency", description="How urgent it was.")
    services: Text = Field(
        default="Affected services",
        description="Which services it was of. Where it is empty, the components are.",
    )


class JiraSource(PagerSource):
    """Jira or Jira Service Management, cloud or data center."""

    kind: Literal["jira"] = Field(description="Issues of Jira that are incidents.")
    url: Address = Field(description="Where it is, as browsers open it.")
    user: Text | None = Field(
        default=None,
        description="E-mail address of the token's owner, for Jira Cloud. Left out: the token is "
        "a personal access token of a data center.",
    )
    token: Secret = Field(description="An API token, from the environment: ${JIRA_TOKEN}.")
    jql: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None,
        description="Which issues are incidents. Left out: those of the types Incident and "
        "[System] Incident.",
    )
    fields_: JiraFields = Field(
        default=JiraFields(),
        alias="fields",
        description="Fields that tell more than Jira's own, by id or by name.",
    )

    @field_validator("jql")
    @classmethod
    def _unordered(cls, value: str | None) -> str | None:
        if value and "order by" in " ".join(value.lower().split()):
            raise ValueError("must not have an ORDER BY: it is asked for in an order of its own")
        return value

    @property
    def fields(self) -> dict[str, str]:
        """The fields that are named."""
        return {key: value for key, value in self.fields_.model_dump().items() if value}


class IncidentIoSource(PagerSource):
    """incident.io."""

    kind: Literal["incident_io"] = Field(description="incident.io.")
    url: Address = Field(default="https://api.incident.io", description="Where its API is.")
    token: Secret = Field(description="An API key, from the environment: ${INCIDENT_IO_TOKEN}.")
    leave_out: Filter = Field(
        default=Filter(labels=("status:declined", "status:canceled")),
        description="What any of these matches is no incident.",
    )


class StatuspageSource(PagerSource):
    """Statuspage."""

    kind: Literal["statuspage"] = Field(description="A status page of Atlassian's Statuspage.")
    url: Address = Field(
        default="https://api.statuspage.io",
        description="The page itself, whose latest 50 incidents all may read; or, with token and "
        "page, the owner's API.",
    )
    token: Secret | None = Field(
        default=None, description="An API key, from the environment: ${STATUSPAGE_TOKEN}."
    )
    page: Text | None = Field(default=None, description="The page's id, where there is a token.")

    @model_validator(mode="after")
    def _whole(self) -> "StatuspageSource":
        if (self.token is None) != (self.page is None):
            raise ValueError("must have both `token` and `page`, or neither of them")
        if self.token is None and self.host == "api.statuspage.io":
            raise ValueError("must have `url`: the address of the page; or `token` and `page`")
        return self


class ServiceNowSource(PagerSource):
    """ServiceNow."""

    kind: Literal["servicenow"] = Field(description="The incident table of a ServiceNow.")
    url: Address = Field(description="Where it is, as browsers open it.")
    user: Text | None = Field(
        default=None, description="Who signs in. Left out: the token is one of OAuth."
    )
    token: Secret = Field(
        description="The user's password or a token of OAuth, from the environment: "
        "${SERVICENOW_TOKEN}."
    )
    table: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] = Field(
        default="incident", description="The table to read."
    )
    query: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="Which of its records are read, as an encoded query."
    )


class GrafanaIrmSource(PagerSource):
    """Grafana IRM."""

    kind: Literal["grafana_irm"] = Field(description="Incidents of Grafana IRM.")
    url: Address = Field(description="Where the Grafana is, as browsers open it.")
    token: Secret = Field(
        description="A token of a service account, from the environment: ${GRAFANA_TOKEN}."
    )


AnyPager = (
    PagerDutySource
    | JiraSource
    | OpsgenieSource
    | IncidentIoSource
    | StatuspageSource
    | ServiceNowSource
    | GrafanaIrmSource
)

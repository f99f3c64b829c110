"""The settings of the metrics: each choice that the field's tools make differently, as a key."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Globs, Number, Whole


class Definitions(Settings):
    """The rules that metrics are made by."""

    regions: Literal["once", "each"] = Field(
        default="once",
        description="Whether one version going to several production environments "
        "counts once, or each of them counts.",
    )
    counted_deployments: Literal["all", "with_changes"] = Field(
        default="all",
        description="Which successful production deployments count: all, or those that are the "
        "first to carry a change, and rollbacks.",
    )
    rollbacks: Literal["in", "out"] = Field(
        default="in", description="Whether a rollback is itself a deployment that counts."
    )
    failed_pipelines: Literal["out", "in"] = Field(
        default="out",
        description="Whether a production deployment that never succeeded counts in the change "
        "fail rate, as one that failed.",
    )
    lead_time_from: Literal["first_commit", "commit", "opened", "ready", "merged"] = Field(
        default="first_commit",
        description="Where lead time starts: author time of the first commit, or of the commit "
        "that landed the change; opened, ready for review or merged. What is unknown gives way to "
        "the one before it.",
    )
    lead_time_of: Literal["change", "commit"] = Field(
        default="change",
        description="What has a lead time: a change (a pull request, and each commit that belongs "
        "to none), or every commit on the default branch but merges.",
    )
    lead_time_value: Literal["median", "mean"] = Field(
        default="median", description="Which of the two is the metric's value. Both are kept."
    )
    clock: Literal["calendar", "working"] = Field(
        default="calendar",
        description="Which clock the lead time's value is told in: every hour, or the calendar's "
        "working hours. Both are kept.",
    )
    teams_by: Literal["service", "codeowners", "author"] = Field(
        default="service",
        description="Whose a change is in the numbers of teams: the team that has the service, "
        "the teams to which CODEOWNERS gives the paths that it touches, or the team of its author, "
        "by `teams`.",
    )
    bots_changes: Literal["out", "in"] = Field(
        default="out",
        description="Whether changes made by bots count. Deployments made by bots always do.",
    )
    rollback_blames: Literal["last", "first", "all"] = Field(
        default="last",
        description="Which deployments a rollback past several blames: the one that was live, "
        "the first after the version gone back to, or all of them.",
    )
    attribution_window_hours: Annotated[Number, Field(gt=0)] = Field(
        default=72.0,
        description="By service and time alone, an incident blames a deployment at most this long "
        "before it. Weeks younger than this are not settled.",
    )
    half_life_hours: Annotated[Number, Field(gt=0)] = Field(
        default=24.0,
        description="A link made by service and time alone loses half its confidence in this time.",
    )
    minimum_confidence: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.25, description="Links between deployment and incident count from here on."
    )
    hotfix_window_hours: Annotated[Number, Field(gt=0)] = Field(
        default=72.0,
        description="A hotfix mends what was deployed at most this long before it; with tags "
        "alone, a patch release this soon after a release of the same X.Y is a hotfix.",
    )
    lookback_days: Annotated[Number, Field(gt=0)] = Field(
        default=30.0,
        description="A revert, or a commit or version named in an incident, "
        "blames a deployment at most this old.",
    )
    hotfix_branches: Globs = Field(
        default=("hotfix/*", "hotfix-*"), description="Changes from such branches are hotfixes."
    )
    hotfix_labels: Globs = Field(
        default=("hotfix",), description="Changes with such a label are hotfixes."
    )
    hotfix_titles: Globs = Field(
        default=("hotfix:*", "hotfix *", "hotfix(*", "[hotfix]*"),
        description="Changes with such a title are hotfixes.",
    )
    flag_window_minutes: Annotated[Number, Field(gt=0)] = Field(
        default=60.0,
        description="A feature flag raised at most this long before an incident, and lowered "
        "before its end, is to blame.",
    )
    recovery_from: Literal["deployment", "incident", "earlier"] = Field(
        default="deployment",
        description="Where recovery starts: the end of the failed deployment, the start of its "
        "incident (the deployment's end where it has none), or the earlier of the two.",
    )
    recovery_by: Literal["any", "incident", "deployment"] = Field(
        default="any",
        description="What ends a failure: the earliest of a rollback, a fix deployed, a flag "
        "turned off and the incident's end; only the incident's end, where there is one; or "
        "all but that.",
    )
    minimum_count: Annotated[Whole, Field(ge=1)] = Field(
        default=10,
        description="With fewer deployments (of recovery: failed ones; of lead time: deployments "
        "that carry changes) a number is told, but too few to tell anything by.",
    )


def _without_defaults(schema: dict[str, Any]) -> None:
    schema["x-same-as"] = "definitions"
    for known in schema.get("properties", {}).values():
        known.pop("default", None)


class OwnDefinitions(Definitions):
    """The rules in which one service differs from its organisation."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    @model_serializer(mode="wrap")
    def _only_what_is_written(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in written(self).items() if key in self.model_fields_set}

    def over(self, organisation: Definitions) -> Definitions:
        """Return the organisation's rules with these in their place."""
        own = {key: getattr(self, key) for key in self.model_fields_set}
        return organisation.model_copy(update=own)

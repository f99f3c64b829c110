"""The settings of feature flags: whose they are, when they end, and who could be spared one."""

from typing import Annotated

from pydantic import Field

from pipelines.configuration.reports import GitHubRecipient, GitLabRecipient
from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Day, Glob, Globs, Text

Channel = GitHubRecipient | GitLabRecipient
AUDIENCE = (
    "customer*", "tenant*", "account*", "organisation*", "organization*", "company*", "region*",
    "country*",
)  # fmt: skip


class Flags(Settings):
    """What the organisation says of its feature flags, where no tool has a field for it."""

    audience: Globs = Field(
        default=AUDIENCE,
        description="Fields of a context that name a customer or a region, in any case: tenant*. "
        "A flag whose strategies can choose by one can be switched off for one customer.",
    )
    teams: dict[Glob, Text] = Field(
        default_factory=dict,
        description="Which team owns a flag, by its key, project or tag: {checkout-*: Payments, "
        "project:web: Shop, tag:area:search: Search}. The first that matches counts. Left out: as "
        "the tool or a tag team:NAME says.",
    )
    removals: dict[Glob, Day] = Field(
        default_factory=dict,
        description="By which day a flag is to be gone, by its key, project or tag: "
        "{new-basket: 2026-10-01}. Left out: as a tag or the description says.",
    )
    channels: tuple[Annotated[Channel, Field(discriminator="kind")], ...] = Field(
        default=(),
        description="Where `drumbeat flags --deliver` keeps an issue for each team, of the flags "
        "that wait for it: `of: team NAME`, or `of: organisation` for all teams without a channel "
        "of their own. Left out: nowhere.",
    )

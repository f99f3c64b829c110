"""Makes the connectors of flag tools from their settings."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.configuration.flag_tools import AnyFlagTool
from pipelines.hosts import first_day, revealed
from pipelines.project import Project, midnight

if TYPE_CHECKING:
    from connectors.flags import FlagTool


def flag_tool(project: Project, source: AnyFlagTool) -> "FlagTool":
    """Make the connector of one tool; clients are imported here, where they are needed."""
    from connectors.flags import FlagTool, flagsmith, launchdarkly, unleash

    shared: dict[str, Any] = {
        "url": source.url,
        "token": revealed(source.token),
        "projects": source.projects,
        "removal_words": source.removal_words,
        "since": midnight(source.since) or first_day(datetime.now(UTC)),
        "ca": source.ca,
        "reserve": source.reserve,
        "say": project.say,
    }
    tools = {"unleash": unleash, "launchdarkly": launchdarkly, "flagsmith": flagsmith}
    return FlagTool(tools[source.kind].connect(**shared))

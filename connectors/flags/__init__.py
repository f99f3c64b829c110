"""Flag tools: Unleash, LaunchDarkly, Flagsmith and flagd's files, and flags in code."""

from connectors.flags.source import FlagTool

__all__ = ["FlagTool"]

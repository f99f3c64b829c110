"""The configuration of one organisation: ``drumbeat.yaml``, read, checked, proposed, written."""

from pipelines.configuration.clusters import AnyCluster
from pipelines.configuration.definitions import Definitions, OwnDefinitions
from pipelines.configuration.description import json_schema
from pipelines.configuration.errors import ConfigurationError, Problem
from pipelines.configuration.flag_tools import AnyFlagCode, AnyFlagTool
from pipelines.configuration.globs import (
    NOTHING,
    PRE_RELEASE,
    bot_pattern,
    glob_pattern,
    name_pattern,
    owner_pattern,
    tag_pattern,
)
from pipelines.configuration.hosts import App, GitHubSource, GitLabSource, Host
from pipelines.configuration.loading import FILE_NAME, dump, find, load, parse, sign_in
from pipelines.configuration.pagers import AnyPager
from pipelines.configuration.proposing import propose_from_git
from pipelines.configuration.receiving import EventsSource
from pipelines.configuration.reports import Report
from pipelines.configuration.schema import (
    Cadence,
    Calendar,
    Configuration,
    Freeze,
    Targets,
    Team,
)
from pipelines.configuration.services import Deployments, Incidents, Membership, Service
from pipelines.configuration.settings import Source
from pipelines.configuration.sources import AnySource, DemoSource, FilesSource, GitSource

__all__ = [
    "FILE_NAME",
    "NOTHING",
    "PRE_RELEASE",
    "AnyCluster",
    "AnyFlagCode",
    "AnyFlagTool",
    "AnyPager",
    "AnySource",
    "App",
    "Cadence",
    "Calendar",
    "Configuration",
    "ConfigurationError",
    "Definitions",
    "DemoSource",
    "Deployments",
    "EventsSource",
    "FilesSource",
    "Freeze",
    "GitHubSource",
    "GitLabSource",
    "GitSource",
    "Host",
    "Incidents",
    "Membership",
    "OwnDefinitions",
    "Problem",
    "Report",
    "Service",
    "Source",
    "Targets",
    "Team",
    "bot_pattern",
    "dump",
    "find",
    "glob_pattern",
    "json_schema",
    "load",
    "name_pattern",
    "owner_pattern",
    "parse",
    "propose_from_git",
    "sign_in",
    "tag_pattern",
]

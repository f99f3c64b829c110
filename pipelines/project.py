"""Where one organisation's data lies, and the connectors that its configuration names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from connectors import Connector, SourceMisconfigured
from pipelines.configuration import (
    AnyCluster,
    AnyFlagCode,
    AnyFlagTool,
    AnyPager,
    AnySource,
    Configuration,
    EventsSource,
    FilesSource,
    GitHubSource,
    GitLabSource,
    GitSource,
)
from pipelines.landing import Landing
from pipelines.looking import looking


def quiet(text: str) -> None:
    """Keep to oneself what a connector has to say, such as that it waits for quota."""


@dataclass(frozen=True, slots=True)
class Project:
    """A configuration and the data directory that belongs to it."""

    configuration: Configuration
    data_dir: Path
    landing_url: str | None = None
    say: Callable[[str], None] = quiet

    @property
    def landing(self) -> Landing:
        """The landing zone."""
        return Landing(self.landing_url or str((self.data_dir / "landing").absolute()))

    @property
    def inbox(self) -> Path:
        """The folder that pushed events reach first; always on this machine."""
        return self.data_dir / "landing" / "_inbox"

    @property
    def warehouse(self) -> Path:
        """The private DuckDB file."""
        return self.data_dir / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        """The folder of published files."""
        return self.data_dir / "serving"

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kind of every source, by its name."""
        return {source.name: source.kind for source in self.configuration.sources}

    def default_as_of(self, now: datetime) -> datetime:
        """Return the moment a run tells of: now, or the day on which made-up data ends."""
        if not self.configuration.is_demo:
            return now.replace(microsecond=0)
        from connectors.demo import AS_OF

        return AS_OF

    def connector(self, source: AnySource) -> Connector:
        """Make the connector of ``source``; clients are imported here, where they are needed."""
        if lack := self.configuration.lacking.get(source.name):
            raise SourceMisconfigured(lack)
        if isinstance(source, GitSource):
            from connectors.git import Git

            return Git(
                location=source.location,
                repository=source.repository,
                clone=self.data_dir / "clones" / f"{source.name}.git",
                branch=source.branch,
                with_paths=self.wants_paths(source),
                with_owners=self.configuration.by_codeowners([source.repository]),
                since=midnight(source.since),
                looking=looking(self.configuration),
            )
        if isinstance(source, GitHubSource | GitLabSource):
            from pipelines.hosts import code_host

            return code_host(self, source)
        if isinstance(source, AnyFlagCode):
            from pipelines.flag_code import flag_code

            return flag_code(self, source)
        if isinstance(source, AnyFlagTool):
            from pipelines.flag_tools import flag_tool

            return flag_tool(self, source)
        if isinstance(source, AnyPager):
            from pipelines.pagers import pager

            return pager(self, source)
        if isinstance(source, AnyCluster):
            from pipelines.clusters import cluster

            return cluster(self, source)
        if isinstance(source, EventsSource):
            from pipelines.receiving.pushed import Pushed

            return Pushed()
        if isinstance(source, FilesSource):
            from connectors.files import Files

            return Files(source.path)
        from connectors.demo import Demo

        return Demo(source.seed)

    def wants_paths(self, source: GitSource) -> bool:
        """Tell whether a service of the repository, or whose a change is, is told by paths."""
        configuration = self.configuration
        return configuration.by_codeowners([source.repository]) or any(
            service.paths and configuration.repository(service) == source.repository
            for service in configuration.services
        )


def midnight(day: date | None) -> datetime | None:
    """Return the start of a day in UTC."""
    return datetime.combine(day, time(), UTC) if day else None

"""Makes the connectors of Git hosts from their settings."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from pipelines.configuration import Configuration, GitHubSource, GitLabSource
from pipelines.looking import looking
from pipelines.project import Project, midnight

if TYPE_CHECKING:
    from connectors.hosts.api import Api
    from connectors.hosts.source import CodeHost

HostSource = GitHubSource | GitLabSource
# 18 months: a year to compare with, and half of it to see where things go.
FIRST_DAYS = 548


def code_host(project: Project, source: HostSource) -> "CodeHost":
    """Make the connector of one host."""
    from connectors.hosts.source import CodeHost

    known = project.landing.cursors(source.name, "repositories")
    repositories = with_paths(project.configuration)

    def wants_owners(scope: str) -> bool:
        return project.configuration.by_codeowners(names(scope, known))

    def wants_paths(scope: str) -> bool:
        of_services = {name.lower() for name in names(scope, known)} & repositories
        return bool(of_services) or wants_owners(scope)

    return CodeHost(
        api(project, source),
        clones=project.data_dir / "clones" / source.name,
        known=known,
        with_paths=wants_paths,
        with_owners=wants_owners,
        is_gitlab=isinstance(source, GitLabSource),
        ca=source.ca,
        since=since(source),
        looking=looking(project.configuration),
    )


def api(project: Project, source: HostSource) -> "Api":
    """Make what asks the host itself."""
    shared: dict[str, Any] = {
        "url": source.url,
        "token": revealed(source.token),
        "ca": source.ca,
        "repositories": source.repositories,
        "since": since(source),
        "reserve": source.reserve,
        "incident_labels": source.incident_labels,
        "incident_types": source.incident_types,
        "runs": runs(project.configuration, source),
        "say": project.say,
    }
    if isinstance(source, GitHubSource):
        from connectors.github import connect as github

        return github(**shared, app=source.app)
    from connectors.gitlab import connect as gitlab

    return gitlab(**shared, job_token=revealed(source.job_token))


def since(source: HostSource) -> datetime:
    """Return how far back a first collection goes."""
    return midnight(source.since) or first_day(datetime.now(UTC))


def revealed(secret: SecretStr | None) -> str | None:
    """Return a secret as the client needs it."""
    return secret.get_secret_value() if secret else None


def first_day(now: datetime) -> datetime:
    """Return how far back a first collection goes where nothing is said."""
    return midnight((now - timedelta(days=FIRST_DAYS)).date()) or now


def runs(configuration: Configuration, source: HostSource) -> tuple[str, ...]:
    """Return the globs of the runs that deploy any service from this source, or that test."""
    found = [
        glob
        for service in configuration.services
        for glob in service.deployments.runs
        if service.deployments.source in (source.name, None)
        and service.deployments.told_by in ("runs", None)
    ]
    return tuple(dict.fromkeys([*found, *configuration.architecture.tests]))


def with_paths(configuration: Configuration) -> set[str]:
    """Return the repositories that hold several services, told apart by their paths."""
    return {
        repository.lower()
        for service in configuration.services
        if service.paths and (repository := configuration.repository(service))
    }


def names(scope: str, known: Any) -> list[str]:
    """Return every name that a repository is known to have had."""
    cursor = known.get(scope) or {}
    former = str(cursor.get("former_names", "")).split()
    return [scope, str(cursor.get("full_name", "")), *former]

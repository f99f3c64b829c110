"""Looks at GitHub and GitLab for doctor: what the token sees, and what no service claims."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from connectors import Failure, SourceError
from pipelines import hosts
from pipelines.claiming import Claimed, claims, without_service
from pipelines.configuration import Configuration, Service, tag_pattern
from pipelines.configuration.proposals.text import counted, few, short
from pipelines.findings import Finding
from pipelines.progress import Progress
from pipelines.surveying import surveyed

if TYPE_CHECKING:
    from connectors.hosts.api import Repository
    from connectors.hosts.source import CodeHost

# A survey takes several calls, and the quota is for collecting.
MOST_SURVEYED = 100
MOST_TOLD = 10
Found = Sequence[tuple[str, "Repository"]]


def examine_host(
    source: hosts.HostSource,
    configuration: Configuration,
    connector: "CodeHost",
    progress: Progress,
) -> Iterator[Finding]:
    """Yield what the host shows, each thing once; lands nothing."""
    told: set[str] = set()
    for finding in _findings(source, configuration, connector, progress):
        if finding.said not in told or finding.level == "ok":
            yield finding
        told.add(finding.said)


def _findings(
    source: hosts.HostSource,
    configuration: Configuration,
    connector: "CodeHost",
    progress: Progress,
) -> Iterator[Finding]:
    try:
        for access in connector.api.access():
            subject = f"{source.name}: {short(access.subject)}"
            yield Finding(subject, short(access.said), access.level)
        found, failures = connector.found()
    except SourceError as error:
        yield Finding(source.name, short(str(error)), "mend")
        return
    yield from _listed(source, found, failures)
    if found:
        yield from _claimed(source, configuration, connector, found, progress)


def _listed(
    source: hosts.HostSource, found: Found, failures: Sequence[Failure]
) -> Iterator[Finding]:
    archived = sum(repository.is_archived for _, repository in found)
    count = counted(len(found), "repository", "repositories")
    also = f", {archived} of them archived" if archived else ""
    if found:
        yield Finding(source.name, f"{count} by {', '.join(source.repositories)}{also}")
    for failure in failures:
        yield Finding(f"{source.name}: {short(failure.scope)}", short(str(failure.error)), "mend")
    failed = [f"{failure.scope.lower()}/" for failure in failures]
    for glob in source.repositories:
        pattern = re.compile(tag_pattern([glob]), re.IGNORECASE)
        named = [scope for scope, one in found if pattern.search(one.full_name)]
        is_told = any(f"{glob.lower()}/".startswith(scope) for scope in failed)
        if not named and not is_told:
            said = f"{glob} matches nothing that the token sees; mend the name, or let it see more"
            yield Finding(source.name, said, "mend")


def _claimed(
    source: hosts.HostSource,
    configuration: Configuration,
    connector: "CodeHost",
    found: Found,
    progress: Progress,
) -> Iterator[Finding]:
    owned = {
        one.id: _services(source, configuration, scope, one, connector.known)
        for scope, one in found
    }
    yield from _homeless(source, configuration, owned)
    order = [one for _, one in found if not one.is_archived]
    order.sort(key=lambda one: _rank(one, owned))
    looked_at = order[:MOST_SURVEYED]
    surveys, failed = surveyed(connector.api, looked_at, progress)
    by_id = {one.id: one for one in looked_at}
    for id, said in failed.items():
        name = short(by_id[id].full_name)
        yield Finding(f"{source.name}: {name}", short(said), "mend")
    for id, survey in surveys.items():
        if owned[id]:
            yield from claims(Claimed(survey, by_id[id].environments, owned[id]))
    free = [without_service(survey) for id, survey in surveys.items() if not owned[id]]
    yield from _free(source, [one for one in free if one])
    if len(order) > MOST_SURVEYED:
        left = counted(len(order) - MOST_SURVEYED, "more repository", "more repositories")
        yield Finding(
            source.name, f"{left} not looked at, to save quota; those of services came first"
        )


def _free(source: hosts.HostSource, free: Sequence[Finding]) -> Iterator[Finding]:
    yield from free[:MOST_TOLD]
    if len(free) > MOST_TOLD:
        rest = few([one.subject for one in free[MOST_TOLD:]])
        option = f"--{source.kind} {source.repositories[0].split('/')[0]}"
        said = (
            f"{len(free) - MOST_TOLD} more deploy and no service has them: {rest}; "
            f"`drumbeat init {option} --config proposed.yaml` proposes them"
        )
        yield Finding(source.name, said, "look")


def _homeless(
    source: hosts.HostSource,
    configuration: Configuration,
    owned: Mapping[str, Sequence[Service]],
) -> Iterator[Finding]:
    housed = {service.name for services in owned.values() for service in services}
    for service in configuration.services:
        if service.deployments.source == source.name and service.name not in housed:
            repository = configuration.repository(service)
            where = f"repository {repository} is not among those that the token sees"
            said = where if repository else "names no repository; add `repository:`"
            yield Finding(f"service {service.name}", said, "mend")


def _services(
    source: hosts.HostSource,
    configuration: Configuration,
    scope: str,
    repository: "Repository",
    known: Mapping[str, Any],
) -> tuple[Service, ...]:
    """Return the services of a repository, by any name that it ever had."""
    names = {name.lower() for name in (*hosts.names(scope, known), repository.full_name) if name}
    return tuple(
        service
        for service in configuration.services
        if service.deployments.source in (None, source.name)
        and (configuration.repository(service) or "").lower() in names
    )


def _rank(repository: "Repository", owned: Mapping[str, Sequence[Service]]) -> tuple[bool, float]:
    """Rank those of services first, then those in which most happened lately."""
    moments = [moment.timestamp() for moment in repository.newest.values() if moment]
    return not owned[repository.id], -max(moments, default=0.0)

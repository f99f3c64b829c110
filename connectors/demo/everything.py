"""The whole organisation played once: histories, commit graphs and the frames they make."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

import polars as pl

from connectors.demo import branching, declaring, guarding, rolling_out, rows, testing
from connectors.demo.changing import NOW
from connectors.demo.drills import drill
from connectors.demo.flags import event_rows, flag_rows, flags, reference_rows, state_rows
from connectors.demo.graph import Commit, Repository
from connectors.demo.history import Simulation
from connectors.demo.oddities import add_oddities
from connectors.demo.organisation import SERVICES, Service
from connectors.demo.things import Change, History
from connectors.demo.touching import manifests, touched

Histories = Mapping[str, History]


@lru_cache(maxsize=2)
def frames(seed: int) -> Mapping[str, pl.DataFrame]:
    """Return the records of every entity."""
    histories = played(seed)
    # What repositories grew is known from here on.
    repositories = list(grown_all(histories, seed))
    made = flags(histories, seed)
    found, files = touched((each for one in repositories for each in one.commits), seed)
    branches = branching.branches(repositories)
    unmerged = [each for many in branches.values() for commits in many for each in commits]
    return {
        "deployments": rows.frame(deployments(histories)),
        "changes": rows.frame(changes(histories)),
        "commits": rows.frame(rows.commits([*found, *unmerged])),
        "changed_files": rows.frame(files),
        "incidents": rows.frame(incidents(histories)),
        "progressive_rollouts": rows.frame(rolling_out.rollouts(histories)),
        "analyses": rows.frame(rolling_out.analyses(histories)),
        "traffic_weights": rows.frame(rolling_out.weights(histories)),
        "agent_syncs": rows.frame(declaring.syncs(histories)),
        "shadows": rows.frame(declaring.shadows(histories)),
        "flags": rows.frame(flag_rows(made)),
        "flag_states": rows.frame(state_rows(made)),
        "flag_references": rows.frame(reference_rows(made)),
        "flag_events": rows.frame(event_rows(made)),
        "heads": by_repository(branching.heads(repositories)),
        "head_files": by_repository(manifests(found)),
        "branches": by_repository(branching.tips(branches)),
        "runs": by_repository(testing.runs(histories, seed)),
        "settings": by_repository(guarding.settings(histories, found)),
    }


def by_repository(told: Iterable[tuple[str, rows.Row]]) -> pl.DataFrame:
    """Make a frame of rows that each belong to a repository, which is their scope."""
    found = list(told)
    frame = rows.frame(row for _, row in found)
    return frame.with_columns(pl.Series("scope", [name for name, _ in found], dtype=pl.String))


def played(seed: int) -> Histories:
    """Play every service by itself, add what happens once and put all in order."""
    histories = {service.name: Simulation(service, seed).play() for service in SERVICES}
    add_oddities(histories)
    for history in histories.values():
        history.changes = [each for each in history.changes if each.merged_at <= NOW]
        history.rollouts.sort(key=lambda rollout: rollout.finished_at)
        for number, rollout in enumerate(history.rollouts, start=1):
            rollout.number = number
        opened = [each for each in history.incidents if each.started_at <= NOW]
        history.incidents = sorted(opened, key=lambda incident: incident.started_at)
    return histories


def commits(histories: Histories, seed: int) -> list[Commit]:
    """Grow every repository; changes and rollouts learn their shas from it."""
    return [each for one in grown_all(histories, seed) for each in one.commits]


def grown_all(histories: Histories, seed: int) -> Iterator[Repository]:
    """Yield every repository, grown."""
    for name, group in groupby(SERVICES, key=lambda service: service.repository):
        yield grown(name, list(group), histories, seed)


def grown(name: str, services: list[Service], histories: Histories, seed: int) -> Repository:
    """Grow one repository from the changes of the services in it."""
    repository = Repository(name, services[0].style, seed, has_paths=len(services) > 1)
    repository.found(int(services[0].begins.timestamp()))
    made = [change for service in services for change in histories[service.name].changes]
    number(made)
    for change in sorted(made, key=lambda change: change.merged_at):
        if change.grows_from is None:
            repository.merge(change)
    for service in services:
        repository.resolve(histories[service.name].rollouts, service.has_dates_as_versions)
    return repository


def number(made: list[Change]) -> None:
    """Give the requests of a repository numbers in the order of their opening."""
    requests = [change for change in made if change.is_request]
    requests.sort(key=lambda each: each.opened_at)
    for count, change in enumerate(requests, start=1):
        change.number = count


def deployments(histories: Histories) -> Iterator[rows.Row]:
    """Yield the deployments of all services."""
    for service in SERVICES:
        rollouts = histories[service.name].rollouts
        practised = [drill(histories[service.name])] if service.name == "identity" else []
        yield from rows.deployments([*rollouts, *practised], service.repository)


def changes(histories: Histories) -> Iterator[rows.Row]:
    """Yield the requests of all services."""
    for service in SERVICES:
        yield from rows.changes(histories[service.name].changes, service.repository)


def incidents(histories: Histories) -> Iterator[rows.Row]:
    """Yield the incidents of all services, numbered by service."""
    for service in SERVICES:
        opened = histories[service.name].incidents
        named = (
            (f"inc-{service.name}-{number}", service.repository, incident)
            for number, incident in enumerate(opened, start=1)
        )
        yield from rows.incidents(named)

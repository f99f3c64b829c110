"""What must hold between settings, checked on plain data so that all problems show at once."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.configuration import alerts, annotations, locations
from pipelines.configuration.environment import Path
from pipelines.configuration.globs import name_pattern, tag_pattern
from pipelines.configuration.schema import SPEED, STABILITY

HOSTS = ("github", "gitlab")
LEDGER = "ledger"
Found = Iterator[tuple[Path, str]]
Data = Mapping[str, Any]


def conflicts(data: Data) -> Found:
    """Yield where settings contradict each other."""
    yield from _source_names(data)
    yield from _service_names(data)
    yield from _sources_of_services(data)
    yield from _services_of_pagers(data)
    yield from _kept_sources(data)
    yield from _repositories(data)
    yield from _runs(data)
    yield from _teams(data)
    yield from _members(data)
    yield from _blamed(data)
    yield from _freezes(data)
    yield from _claims(data)
    yield from _targets(data)
    yield from alerts.conflicts(data)
    services = {str(one.get("name")) for _, one in _items(data, "services")}
    yield from annotations.conflicts(_items(data, "annotations"), services)


def _items(data: Data, key: str) -> list[tuple[int, Data]]:
    values = data.get(key)
    if not isinstance(values, list | tuple):
        return []
    return [(index, value) for index, value in enumerate(values) if isinstance(value, dict)]


def _part(data: Data, key: str) -> Data:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[tuple[int, str]]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        return []
    return [(index, item) for index, item in enumerate(values) if isinstance(item, str)]


def _source_names(data: Data) -> Found:
    first: dict[str, int] = {}
    for index, source in _items(data, "sources"):
        name = locations.source_name(source)
        if name == LEDGER:
            said = f"is {LEDGER!r}, which is where reports are kept: give it another `name`"
            yield ("sources", index, "name"), said
        if name in first:
            is_given = "name" in source
            said = "is" if is_given else "is left out, which makes it"
            yield (
                ("sources", index, "name"),
                f"{said} {name!r} as that of sources[{first[name]}], must be unique: "
                "give one of them another `name`",
            )
        first.setdefault(name, index)


def _service_names(data: Data) -> Found:
    first: dict[str, str] = {}
    for index, service in _items(data, "services"):
        if isinstance(name := service.get("name"), str):
            yield from _taken(first, name, ("services", index, "name"), f"services[{index}].name")
    for index, service in _items(data, "services"):
        for place, alias in _texts(service.get("aliases")):
            said = f"services[{index}].aliases[{place}]"
            yield from _taken(first, alias, ("services", index, "aliases", place), said)


def _taken(first: dict[str, str], name: str, path: Path, said: str) -> Found:
    if name in first:
        yield path, f"is {name!r} as {first[name]} is, must be unique among names and aliases"
    first.setdefault(name, said)


def _sources_of_services(data: Data) -> Found:
    names = (locations.source_name(source) for _, source in _items(data, "sources"))
    known = list(dict.fromkeys(names))
    for index, service in _items(data, "services"):
        for key in ("deployments", "incidents"):
            named = _part(service, key).get("source")
            if isinstance(named, str) and named not in known:
                choice = f"one of the sources {', '.join(known)}" if known else "a source's name"
                yield ("services", index, key, "source"), f"is {named!r}, must be {choice}"


def _services_of_pagers(data: Data) -> Found:
    """Yield what pagers are to call services, where no service is called or claims that."""
    services = [service for _, service in _items(data, "services")]
    names = {service.get("name") for service in services}
    names |= {alias for service in services for _, alias in _texts(service.get("aliases"))}
    claims = [
        glob
        for service in services
        for _, glob in _texts(_part(service, "incidents").get("services"))
    ]
    claimed = re.compile(name_pattern(claims))
    for index, source in _items(data, "sources"):
        called = _part(source, "services") if services else {}
        for glob, word in called.items():
            if isinstance(word, str) and word not in names and not claimed.search(word):
                said = f"is {word!r}, must be the name or an alias of a service"
                yield ("sources", index, "services", glob), said


def _kept_sources(data: Data) -> Found:
    known = [locations.source_name(source) for _, source in _items(data, "sources")]
    seen: list[str] = []
    for index, kept in _items(_part(data, "retention"), "sources"):
        named = kept.get("source")
        if isinstance(named, str) and (named not in known or named in seen):
            said = "is there twice" if named in seen else f"is {named!r}"
            choice = f"one of the sources {', '.join(known)}"
            yield ("retention", "sources", index, "source"), f"{said}, must be {choice}, each once"
        seen.append(str(named))


def _repositories(data: Data) -> Found:
    sources = [source for _, source in _items(data, "sources")]
    if any(source.get("kind") not in ("git", *HOSTS) for source in sources):
        return
    known = list(dict.fromkeys(name for source in sources for name in _named(source)))
    pattern = re.compile(tag_pattern(known), re.IGNORECASE)
    for index, service in _items(data, "services"):
        named = service.get("repository")
        if isinstance(named, str) and not pattern.search(named):
            yield (
                ("services", index, "repository"),
                f"is {named!r}, must be a repository of a source: {', '.join(sorted(known))}",
            )


def _named(source: Data) -> list[str]:
    if source.get("kind") in HOSTS:
        return [name for _, name in _texts(source.get("repositories"))]
    return [str(source.get("repository") or locations.last_part(str(source.get("location"))))]


def _runs(data: Data) -> Found:
    for index, service in _items(data, "services"):
        deployments = _part(service, "deployments")
        if deployments.get("from") == "runs" and not deployments.get("runs"):
            yield (
                ("services", index, "deployments", "from"),
                "is 'runs' and none are named, must come with `runs`: names or paths of the "
                "workflow runs, pipelines or jobs that deploy",
            )


def _teams(data: Data) -> Found:
    for index, service in _items(data, "services"):
        previous = ""
        for place, team in _items(service, "team"):
            since = team.get("since")
            path = ("services", index, "team", place, "since")
            if place and since is None:
                yield path, "is missing, must be the day the service moved to this team"
            elif isinstance(since, str) and since <= previous:
                yield path, f"is {since!r}, must be later than the one before it"
            previous = since if isinstance(since, str) else previous


def _members(data: Data) -> Found:
    services = [service for _, service in _items(data, "services")]
    having = {
        name
        for service in services
        for name in [
            service.get("team"),
            *(team.get("name") for _, team in _items(service, "team")),
        ]
        if isinstance(name, str)
    }
    for index, team in _items(data, "teams"):
        name = team.get("name")
        if isinstance(name, str) and name not in having:
            choice = f"the team of a service: {', '.join(sorted(having))}" if having else ""
            said = choice or "the team of a service, and no service has one"
            yield ("teams", index, "name"), f"is {name!r}, must be {said}"


def _blamed(data: Data) -> Found:
    services = _items(data, "services")
    known = {name for _, service in services for name in _names(service)}
    for index, service in services:
        for place, name in _texts(_part(service, "incidents").get("blames")):
            if name not in known or name in _names(service):
                path = ("services", index, "incidents", "blames", place)
                yield path, f"is {name!r}, must be the name of another service"


def _freezes(data: Data) -> Found:
    services = _items(data, "services")
    known = {name for _, service in services for name in _names(service)}
    for index, freeze in _items(_part(data, "calendar"), "freezes"):
        path = ("calendar", "freezes", index)
        first, last = freeze.get("from"), freeze.get("to")
        if isinstance(first, str) and isinstance(last, str) and last < first:
            yield (*path, "to"), f"is {last!r}, must not be before `from`"
        for place, name in _texts(freeze.get("services")):
            if services and name not in known:
                yield (*path, "services", place), f"is {name!r}, must be the name of a service"


def _names(service: Data) -> set[str]:
    name = service.get("name")
    return {name} if isinstance(name, str) else set()


def _targets(data: Data) -> Found:
    targets = _part(data, "targets")
    speed = [key for key in SPEED if targets.get(key) is not None]
    if speed and not any(targets.get(key) is not None for key in STABILITY):
        yield (
            ("targets",),
            f"has a target for speed ({', '.join(speed)}) and none for stability, must have both: "
            f"add one of {', '.join(STABILITY)}, since speed alone is easily bought with failures",
        )


def _claims(data: Data) -> Found:
    services = _items(data, "services")
    known = {name for _, service in services for name in _names(service)}
    for index, claim in _items(data, "claims"):
        name = claim.get("service")
        if services and isinstance(name, str) and name not in known:
            yield ("claims", index, "service"), f"is {name!r}, must be the name of a service"

"""Compares what repositories really use with what services claim of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.hosts.survey import Survey, Use
from pipelines.configuration import Service, name_pattern, tag_pattern
from pipelines.configuration.proposals import recognising
from pipelines.configuration.proposals.evidence import ways
from pipelines.configuration.proposals.text import counted, few, short, text, texts
from pipelines.configuration.proposals.ways import KEYS, WHOLE, last_part, on, tally
from pipelines.findings import Finding

WHAT = {
    "deployments": "environment",
    "runs": "workflow, pipeline or job",
    "releases": "release",
    "tags": "tag",
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A repository as it is, with all of its environments, and the services that are told by it."""

    survey: Survey
    environments: tuple[str, ...]
    services: tuple[Service, ...]

    @property
    def name(self) -> str:
        """Give the repository's name, fit for a terminal."""
        return short(self.survey.full_name)


def told_by(service: Service, survey: Survey) -> str:
    """Say what tells a service's deployments, written down or by what there is."""
    deployments = service.deployments
    has = {"deployments": survey.deployments, "releases": survey.releases, "tags": survey.tags}
    first = next((kind for kind, found in has.items() if found), "deployments")
    return deployments.told_by or ("runs" if deployments.runs else first)


def claims(claimed: Claimed) -> Iterator[Finding]:
    """Yield what services ask for in vain, and what no service asks for."""
    for service in claimed.services:
        yield from _in_vain(service, claimed)
    told = {told_by(service, claimed.survey) for service in claimed.services}
    if "deployments" in told:
        yield from _environments(claimed)
    if "runs" in told:
        yield from _runs(claimed)
    if "tags" in told:
        yield from _tags(claimed)


def without_service(survey: Survey) -> Finding | None:
    """Say that a repository deploys something and no service has it."""
    found = None if survey.is_archived else _proposed(survey)
    if found is None:
        return None
    said, claim = found
    name, repository = text(last_part(survey.full_name)), text(survey.full_name)
    line = f"- {{name: {name}, repository: {repository}, deployments: {{{claim}}}}}"
    return Finding(
        short(survey.full_name), f"{said}, and no service has it; under services: `{line}`", "look"
    )


def _proposed(survey: Survey, name: str = WHOLE) -> tuple[str, str] | None:
    """Return what the repository shows best of a service, and the YAML that asks for it."""
    found = ways(survey, {})
    if not found:
        return None
    part = found[0].part(name)
    globs = f", {KEYS[found[0].told_by]}: {texts(part.globs)}" if part.globs else ""
    return short(part.said), f"from: {found[0].told_by}{globs}"


def _in_vain(service: Service, claimed: Claimed) -> Iterator[Finding]:
    kind, takes = told_by(service, claimed.survey), asked(service, claimed)
    every = _all(kind, claimed)
    if any(takes(one) for one in every):
        return
    wanted = () if kind == "releases" else getattr(service.deployments, KEYS[kind])
    called = f" called {', '.join(wanted)}" if wanted else ""
    names = few([one.name for one in every]) if kind in {"releases", "tags"} else tally(every)
    has = f"only {names}" if every else "none at all"
    found = _proposed(claimed.survey, service.name)
    remedy = (
        f"`deployments: {{{found[1]}}}` would find {found[0]}"
        if found
        else "nothing there looks like deployments to production"
    )
    said = f"finds no {WHAT[kind]}{called} in {claimed.name}, which has {has}; {remedy}"
    yield Finding(f"service {service.name}", said, "mend")


def asked(service: Service, claimed: Claimed) -> Callable[[Use], bool]:
    """Return what tells whether a service asks for an environment, run, release or tag."""
    deployments, kind = service.deployments, told_by(service, claimed.survey)
    tiers = set(claimed.survey.production_tiers)
    if kind == "releases":
        return lambda use: True
    if kind == "tags":
        tag = re.compile(tag_pattern(deployments.tags))
        return lambda use: bool(tag.search(use.name))
    pattern = re.compile(name_pattern(getattr(deployments, KEYS[kind])))
    if kind == "runs":
        return lambda use: bool(pattern.search(use.name) or pattern.search(use.path))
    has_tier = bool(pattern.search("production"))
    return lambda use: bool(pattern.search(use.name)) or (has_tier and use.name in tiers)


def _all(kind: str, claimed: Claimed) -> list[Use]:
    survey = claimed.survey
    if kind == "runs":
        return list(survey.runs)
    if kind == "releases":
        return list(survey.releases)
    if kind == "tags":
        return [Use(name, 1) for name in survey.tags]
    seen = {use.name for use in survey.deployments}
    rest = [Use(name, 0) for name in claimed.environments if name not in seen]
    return [*survey.deployments, *rest]


def _left(kind: str, claimed: Claimed) -> list[Use]:
    takes = [
        asked(service, claimed)
        for service in claimed.services
        if told_by(service, claimed.survey) == kind
    ]
    return [use for use in _all(kind, claimed) if not any(take(use) for take in takes)]


def _environments(claimed: Claimed) -> Iterator[Finding]:
    tiers, staged = claimed.survey.production_tiers, []
    for use in _left("deployments", claimed):
        if not use.count:
            continue
        one = recognising.environment(use.name, tiers)
        if one.is_production or not recognising.is_stage(use.name):
            count = f"{counted(use.count, 'deployment')} to {short(use.name)}{on(use.latest_at)}"
            yield _unclaimed(claimed, count, "environments", [use.name])
        else:
            staged.append(use)
    if staged:
        said = (
            f"environments that no service claims, by their names not production: {tally(staged)}"
        )
        yield Finding(claimed.name, said)


def _runs(claimed: Claimed) -> Iterator[Finding]:
    for use in _left("runs", claimed):
        if recognising.deploys(use.name, use.path):
            count = f"{counted(use.count, 'run')} of {short(use.name)}{on(use.latest_at)}"
            yield _unclaimed(claimed, count, "runs", [use.path or use.name])


def _tags(claimed: Claimed) -> Iterator[Finding]:
    names = tuple(use.name for use in _left("tags", claimed))
    survey = replace(claimed.survey, deployments=(), runs=(), releases=(), tags=names)
    for way in ways(survey, {}):
        for part in way.parts:
            yield _unclaimed(claimed, part.said, "tags", part.globs)


def _unclaimed(claimed: Claimed, what: str, key: str, globs: Sequence[str]) -> Finding:
    said = f"{what}: no service claims it; add to the deployments of one: `{key}: {texts(globs)}`"
    return Finding(claimed.name, said, "look")

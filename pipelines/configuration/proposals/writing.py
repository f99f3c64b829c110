"""Writes a proposed service of a host as YAML, with the reason beside each line."""

from collections.abc import Iterator

from connectors.hosts.survey import Survey
from pipelines.configuration.proposals.planning import Planned
from pipelines.configuration.proposals.text import (
    FEW,
    beside,
    commented,
    entry,
    few,
    fits,
    text,
    texts,
)
from pipelines.configuration.proposals.ways import KEYS, WHOLE, Part, Way, tally
from pipelines.configuration.values import Text


def service(one: Planned, source: str, unfit: str) -> Iterator[str]:
    """Write a service; whoever calls comments out what is unfit."""
    nothing = "" if one.ways else "nothing that deploys was found"
    why = "; ".join(reason for reason in (one.why, nothing, unfit) if reason)
    yield beside(f"  - name: {text(one.name)}", why)
    if fits(Text, one.owner.team):
        yield entry(2, "team", one.owner.team, one.owner.why)
    else:
        yield beside("    # team:", f"unknown: {one.owner.why}")
    yield entry(2, "repository", one.survey.full_name, "; ".join(one.notes))
    yield from _paths(one)
    yield from _retired(one.survey)
    yield "    deployments:"
    yield f"      source: {source}"
    yield from _ways(one) if one.ways else _choices(one.survey)


def _paths(one: Planned) -> Iterator[str]:
    globs = texts(f"{folder}/**" for folder in one.folders[:FEW])
    if len(one.folders) == 1:
        yield entry(2, "paths", None, "its folder", globs)
    elif one.folders:
        yield beside(f"    # paths: {globs}", "choose: several folders are called so")
    elif one.part != WHOLE:
        yield beside("    # paths: []", "no folder is called so, so all commits are its changes")


def _retired(survey: Survey) -> Iterator[str]:
    if not survey.is_archived:
        return
    why = "unknown when it was switched off"
    if survey.pushed_at:
        yield beside(f"    retired_on: {survey.pushed_at:%Y-%m-%d}", f"{why}; the last push")
    else:
        yield beside("    # retired_on:", why)


def _ways(one: Planned) -> Iterator[str]:
    chosen, *others = one.ways
    yield from _way(chosen, one)
    part = chosen.part(one.part)
    if chosen.told_by == "deployments" and len(part.globs) > 1:
        only = f"      environments: {texts(part.globs[:1])}"
        yield from commented(
            [beside(only, "or: only the one used most, if it is all users see")], 3
        )
    for other in others:
        yield from commented(_way(other, one, "or: "), 3)


def _way(way: Way, one: Planned, before: str = "") -> Iterator[str]:
    part = way.part(one.part)
    yield beside(f"      from: {way.told_by}", before + part.said)
    if part.globs:
        reason = "; ".join(_reasons(way, part, one))
        yield entry(3, KEYS[way.told_by], None, reason, texts(part.globs))
    if part.pre_releases:
        yield entry(3, "pre_releases", None, f"pre-releases only: {part.pre_releases}", "true")


def _reasons(way: Way, part: Part, one: Planned) -> Iterator[str]:
    if one.shared:
        yield f"the same for {few(one.shared)}, so each counts all of them"
    elif part.name != one.part and way.parts[0].name != WHOLE:
        yield "none is called so; choose"
    if part.doubt:
        yield part.doubt
    if way.told_by == "deployments" and part.name != WHOLE and not one.folders:
        yield "if it is a region, list all in one service"
    if way.aside:
        yield way.aside


def _choices(survey: Survey) -> Iterator[str]:
    """Write what might be chosen where nothing is sure."""
    uses, told_by, what = survey.runs, "runs", "one of the workflows deploys"
    names = [use.path or use.name for use in uses]
    if survey.deployments:
        uses, told_by, what = survey.deployments, "deployments", "an environment is production"
        names = [use.name for use in uses]
    if uses:
        yield beside(f"      from: {told_by}", f"if {what}")
        yield beside(f"      {KEYS[told_by]}: {texts(names[:FEW])}", f"choose: {tally(uses)}")
    else:
        yield beside(
            "      from: deployments", "no deployment, run, release or version tag was seen"
        )

"""What a repository's releases and tags tell of its deployments."""

from collections.abc import Sequence

from connectors.hosts.survey import Survey
from pipelines.configuration import tags
from pipelines.configuration.proposals import recognising
from pipelines.configuration.proposals.text import counted, few, fits
from pipelines.configuration.proposals.ways import WHOLE, Part, Way, last_part, latest, on
from pipelines.configuration.values import TagGlobs, Text

# Git allows none of these in the name of a tag.
FORBIDDEN = frozenset("*?[\\^~: ")


def by_releases(survey: Survey) -> Way | None:
    """Tell of a repository that publishes releases; their tags tell several parts apart."""
    if not survey.releases:
        return None
    parts = _lines([use.name for use in survey.releases], survey, "release")
    if len(parts) > 1:
        return Way("tags", parts, latest(survey.releases), "the tags of its releases")
    count = counted(sum(use.count for use in survey.releases), "release")
    pre_releases = parts[0].pre_releases if parts else ""
    part = Part(WHOLE, (), f"{count}{on(latest(survey.releases))}", pre_releases=pre_releases)
    return Way("releases", (part,), latest(survey.releases))


def by_tags(survey: Survey) -> Way | None:
    """Tell of a repository whose tags look like versions."""
    parts = _lines(survey.tags, survey, "tag")
    return Way("tags", parts) if parts else None


def _lines(names: Sequence[str], survey: Survey, what: str) -> tuple[Part, ...]:
    possible = {name for name in names if fits(Text, name) and not FORBIDDEN & set(name)}
    ordered = sorted(possible, key=_version)
    found, _ = tags.lines(ordered, last_part(survey.full_name))
    folders = {folder.rsplit("/", 1)[-1] for folder in survey.folders}
    groups: dict[str, list[tags.Line]] = {}
    for line in found:
        if line.is_sure or line.name.rsplit("/", 1)[-1] in folders:
            groups.setdefault(line.name, []).append(line)
    made = (_line(name, group, ordered, what) for name, group in groups.items())
    return tuple(part for part in made if part is not None)


def _line(name: str, group: Sequence[tags.Line], every: Sequence[str], what: str) -> Part | None:
    own = {tag for line in group for tag in line.tags}
    others = [tag for tag in every if tag not in own]
    globs = tuple(tags.glob(line, others) for line in group)
    if not fits(TagGlobs, globs):
        return None
    releases = [tag for line in group for tag in line.releases]
    pre = [tag for line in group for tag in line.pre_releases]
    said = f"{counted(len(own), what)}, the newest {group[0].newest}"
    return Part(name, globs, said, pre_releases="" if releases or not pre else few(pre))


def _version(tag: str) -> tuple[list[int], str]:
    numbers = [int(word) for word in recognising.words(tag) if word.isdecimal() and len(word) < 20]
    return numbers, tag

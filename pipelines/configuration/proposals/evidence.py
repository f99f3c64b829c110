"""What of a repository's survey tells deployments, the surest first."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.hosts.survey import Survey, Use
from pipelines.configuration.proposals import recognising
from pipelines.configuration.proposals.releases import by_releases, by_tags
from pipelines.configuration.proposals.text import counted, few, fits
from pipelines.configuration.proposals.ways import (
    WHOLE,
    Known,
    Part,
    Way,
    last_part,
    latest,
    on,
    tally,
)
from pipelines.configuration.values import Glob

# What was not used for so long after another way was is a habit of the past.
STALE = timedelta(days=180)


def ways(survey: Survey, known: Known) -> list[Way]:
    """List the ways that the repository shows, the one to choose first."""
    found = [
        way
        for way in (
            _deployments(survey, known),
            _runs(survey, known),
            by_releases(survey) or by_tags(survey),
        )
        if way is not None
    ]
    return sorted(found, key=lambda way: _is_stale(way, found))


def _is_stale(way: Way, every: Sequence[Way]) -> bool:
    newest = max((other.latest_at for other in every if other.latest_at), default=None)
    return bool(way.latest_at and newest and newest - way.latest_at > STALE)


def _deployments(survey: Survey, known: Known) -> Way | None:
    seen = {
        use.name: recognising.environment(use.name, survey.production_tiers)
        for use in survey.deployments
        if fits(Glob, use.name)
    }
    uses = [use for use in survey.deployments if use.name in seen and seen[use.name].is_production]
    if not uses:
        return None
    rest = [use for use in survey.deployments if use not in uses]
    named = _named([seen[use.name] for use in uses], known, survey.full_name)
    groups: dict[str, list[Use]] = {}
    for use in uses:
        groups.setdefault(named[use.name], []).append(use)
    parts = tuple(_environments(name, members) for name, members in groups.items())
    aside = f"not production, by their names: {tally(rest)}" if rest else "the only ones seen"
    return Way("deployments", parts, latest(uses), aside)


def _environments(name: str, uses: Sequence[Use]) -> Part:
    count = counted(sum(use.count for use in uses), "deployment")
    where = uses[0].name if len(uses) == 1 else tally(uses)
    doubt = "regions: one version in several of them counts once" if len(uses) > 1 else ""
    said = f"{count} to {where} lately{on(latest(uses))}"
    return Part(name, tuple(use.name for use in uses), said, doubt)


def _named(seen: Sequence[recognising.Environment], known: Known, full_name: str) -> dict[str, str]:
    """Say of each environment which part of the repository it belongs to.

    What stands before `production` is a part where several differ, or a folder or component is
    called so; what stands after it is taken for a region unless one is called so.
    """
    own = {one.lower() for one in (last_part(full_name), *full_name.split("/"))}
    found, guessed = {}, {}
    for one in seen:
        sides = [side for side in (one.before, one.after) if side and side.lower() not in own]
        sure = next((known[side.lower()] for side in sides if side.lower() in known), WHOLE)
        found[one.name] = sure
        if not sure and one.before in sides and not recognising.is_region(one.before):
            guessed[one.name] = one.before
    if len({*guessed.values(), *found.values()} - {WHOLE}) > 1:
        found |= guessed
    return found if len(set(found.values())) > 1 else dict.fromkeys(found, WHOLE)


def _runs(survey: Survey, known: Known) -> Way | None:
    sure = {use: recognising.deploys(use.name, use.path) for use in survey.runs}
    most = max(sure.values(), default=0)
    uses = [use for use in survey.runs if most and sure[use] == most and _glob(use)]
    if not uses:
        return None
    rest = [use for use in survey.runs if use not in uses and sure[use]]
    own = last_part(survey.full_name).lower()
    names = {key: set(recognising.words(key)) for key in known if key != own}
    groups: dict[str, list[Use]] = {}
    for use in uses:
        said = set(recognising.words(use.name))
        hits = [key for key, needed in names.items() if needed and needed <= said]
        longest = max(hits, key=len, default=None)
        groups.setdefault(known[longest] if longest else WHOLE, []).append(use)
    if len(groups) == 1:
        groups = {WHOLE: uses}
    parts = tuple(_workflows(name, members) for name, members in groups.items())
    return Way(
        "runs", parts, latest(uses), f"others that may deploy: {tally(rest)}" if rest else ""
    )


def _glob(use: Use) -> str:
    """Give what the configuration names a workflow by: its file, else its name."""
    return next((one for one in (use.path, use.name) if one and fits(Glob, one)), "")


def _workflows(name: str, uses: Sequence[Use]) -> Part:
    globs = tuple(dict.fromkeys(_glob(use) for use in uses))
    said = (
        f"{counted(sum(use.count for use in uses), 'run')} of {few([u.name for u in uses])} lately"
    )
    return Part(name, globs, f"{said}{on(latest(uses))}; the name says that it deploys")

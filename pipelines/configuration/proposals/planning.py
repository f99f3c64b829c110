"""Which services the repositories of a host would be, before anything is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.hosts.survey import Survey
from pipelines.configuration.proposals import recognising
from pipelines.configuration.proposals.catalog import Catalog, Component, catalog
from pipelines.configuration.proposals.evidence import ways
from pipelines.configuration.proposals.ownership import NOBODY, Owner, folders, owner
from pipelines.configuration.proposals.text import few, fits
from pipelines.configuration.proposals.ways import WHOLE, Known, Part, Way, last_part
from pipelines.configuration.values import Glob, Text


@dataclass(frozen=True, slots=True)
class Planned:
    """One service: its names to choose from, why it is one, and what tells its deployments.

    ``ways`` has the way to choose first and is empty where nothing deploys; ``shared`` names the
    services that have the same deployments; ``unfit`` says why it can only be a comment.
    """

    survey: Survey
    short: str
    why: str
    part: str = WHOLE
    ways: tuple[Way, ...] = ()
    folders: tuple[str, ...] = ()
    owner: Owner = NOBODY
    notes: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    unfit: str = ""
    name: str = ""

    @property
    def long(self) -> str:
        """Give the name that no other repository's service has."""
        full_name = self.survey.full_name
        return (
            full_name
            if self.part == WHOLE and self.short == last_part(full_name)
            else (f"{full_name}/{self.short}")
        )


def planned(surveys: Sequence[Survey]) -> list[Planned]:
    """Plan the services of all repositories, each with a name of its own."""
    catalogs = catalog(surveys)
    found = [one for survey in surveys for one in _services(_with_folders(survey), catalogs)]
    return list(_unique(found))


def _with_folders(survey: Survey) -> Survey:
    return replace(survey, folders=tuple(dict.fromkeys((*survey.folders, *folders(survey.files)))))


def _services(survey: Survey, catalogs: Catalog) -> Iterator[Planned]:
    every = catalogs.components.get(survey.full_name, ())
    components = [component for component in every if component.is_served]
    known = _known(survey, components)
    found = tuple(ways(survey, known))
    notes = [f"{said}: not read" for said in catalogs.unread.get(survey.full_name, ())]
    libraries = [one.name for one in every if not one.is_served]
    if libraries and not components:
        notes.append(f"catalog-info.yaml calls {few(libraries)} neither service nor website")
    parts = list(_parts(survey, components, found))
    planned_names = {component.name for _, _, _, component in parts if component}
    if idle := [one.name for one in components if one.name not in planned_names]:
        notes.append(f"catalog-info.yaml also names {few(idle)}, which nothing deploys by itself")
    for short, why, part, component in parts:
        places = _places(survey, short, component, is_part=len(parts) > 1)
        has = component.owner if component else ""
        same = tuple(other for other, _, its, _ in parts if its == part)
        yield Planned(
            survey=survey,
            short=short,
            why=why,
            part=part,
            ways=found,
            folders=places,
            owner=owner(survey.files, places[0] if len(places) == 1 else "", has),
            notes=(*notes, *_lifecycle(component)),
            shared=same if len(same) > 1 else (),
            unfit=_unfit(survey),
        )


def _lifecycle(component: Component | None) -> Iterator[str]:
    if component and component.lifecycle.lower() not in {"", "production"}:
        yield f"catalog-info.yaml: lifecycle {component.lifecycle}"


def _known(survey: Survey, components: Sequence[Component]) -> Known:
    """Return what parts of the repository are called, components before folders."""
    folders = {
        name.lower(): name
        for name in (folder.rsplit("/", 1)[-1] for folder in survey.folders)
        if not name.startswith(".")
        and not recognising.is_region(name)
        and not recognising.deploys(name)
        and not recognising.is_stage(name)
    }
    return folders | {component.name.lower(): component.name for component in components}


def _parts(
    survey: Survey, components: Sequence[Component], found: Sequence[Way]
) -> Iterator[tuple[str, str, str, Component | None]]:
    """Yield name, reason, part and component of each service in a repository."""
    own = last_part(survey.full_name)
    parts = found[0].parts if found else (Part(WHOLE, (), ""),)
    left = list(components)
    is_one = len(parts) == 1 and parts[0].name == WHOLE
    if is_one and components:
        for component in components:
            yield component.name, "catalog-info.yaml names it", WHOLE, component
        return
    for part in parts:
        match = next((one for one in left if _is_same(one.name, part.name or own)), None)
        if match:
            left.remove(match)
            yield match.name, "catalog-info.yaml names it", part.name, match
        elif part.name == WHOLE:
            yield own, "the repository", WHOLE, None
        else:
            yield _own_name(part.name), _why(found[0]), part.name, None


def _is_same(component: str, part: str) -> bool:
    return component.lower() in {part.lower(), _own_name(part).lower()}


def _own_name(part: str) -> str:
    return part.rsplit("/", 1)[-1] or part


def _why(way: Way) -> str:
    return {
        "deployments": "an environment is called so",
        "runs": "a workflow that deploys is called so",
    }.get(way.told_by, "the tags before the version")


def _places(
    survey: Survey, name: str, component: Component | None, *, is_part: bool
) -> tuple[str, ...]:
    if component and component.folder:
        return (component.folder,) if fits(Glob, f"{component.folder}/**") else ()
    if not is_part:
        return ()
    named = (one for one in survey.folders if one.rsplit("/", 1)[-1].lower() == name.lower())
    return tuple(folder for folder in named if fits(Glob, f"{folder}/**"))


def _unfit(survey: Survey) -> str:
    if survey.is_archived:
        pushed = f", last pushed to {survey.pushed_at:%Y-%m-%d}" if survey.pushed_at else ""
        return f"archived{pushed}"
    if not fits(Text, survey.full_name):
        return "a name that this file can not hold"
    return ""


def _unique(found: Sequence[Planned]) -> Iterator[Planned]:
    """Name each service by its short name where no other has it, in any case."""
    counts = Counter(one.short.lower() for one in found)
    taken: set[str] = set()
    for one in found:
        choices = [one.long, *(f"{one.long}~{number}" for number in range(2, len(found) + 2))]
        if counts[one.short.lower()] == 1:
            choices.insert(0, one.short)
        name = next(choice for choice in choices if choice.lower() not in taken)
        taken.add(name.lower())
        unfit = one.unfit or ("" if fits(Text, name) else "a name that this file can not hold")
        yield replace(one, name=name, unfit=unfit)

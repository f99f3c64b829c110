"""Whose a service is: the team that catalog-info.yaml or CODEOWNERS names, never a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache

from connectors import codeowners
from connectors.codeowners import PLACES, Rule

DEEPEST = 30
PROBE = "\0anything"


@dataclass(frozen=True, slots=True)
class Owner:
    """The team, empty where none is known, and why."""

    team: str
    why: str


NOBODY = Owner("", "")


def owner(files: Mapping[str, str], folder: str, catalog_owner: str) -> Owner:
    """Find the team of a folder, or of the repository where ``folder`` is empty."""
    place = next((place for place in PLACES if place in files), "")
    every = _rules(files[place]) if place else ()
    named = team(catalog_owner, is_reference=True)
    if named and f"@{named}" not in {one for rule in every for one in rule.owners}:
        return Owner(named, "catalog-info.yaml: spec.owner")
    if not place:
        said = "catalog-info.yaml names no team" if catalog_owner else "no catalog-info.yaml"
        return Owner("", f"{said}, no CODEOWNERS")
    return _by_rules(place, every, folder)


def folders(files: Mapping[str, str]) -> list[str]:
    """List the folders that CODEOWNERS names, which may lie deeper than anybody looked."""
    place = next((place for place in PLACES if place in files), "")
    named = (rule.pattern for rule in _rules(files[place])) if place else ()
    plain = (re.sub(r"/\*{0,2}$", "", one).strip("/") for one in named if one.startswith("/"))
    return [one for one in plain if one and not re.search(r"[*?.\\]", one)]


def team(name: str, *, is_reference: bool = False) -> str:
    """Give the team's plain name; empty for persons, roles and addresses.

    ``@acme/payments`` and Backstage's ``group:default/payments`` are payments; so is a bare
    name in Backstage, for owners are groups there unless they say otherwise.
    """
    if is_reference:
        found = re.fullmatch(r"(?:group:)?(?:[^:/@\s]+/)?([^:/@\s]+)", name.strip(), re.IGNORECASE)
        return found[1] if found else ""
    return codeowners.team(name)


def holds(pattern: str, path: str) -> bool:
    """Tell whether a rule's pattern holds for a file, as gitignore's patterns do."""
    is_anchored = "/" in pattern.rstrip("/")
    steps = tuple(part for part in pattern.split("/") if part)
    if not steps or len(steps) > DEEPEST:
        return False
    if pattern.endswith("/"):
        steps = (*steps, "**")
    parts = tuple(path.split("/"))
    begun = steps if is_anchored else ("**", *steps)
    return _fits(begun, parts) or (steps[-1] not in {"*", "**"} and _fits((*begun, "**"), parts))


def _fits(steps: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    @cache
    def from_here(step: int, part: int) -> bool:
        if step == len(steps):
            return part == len(parts)
        if steps[step] == "**":
            # At the end it is whatever lies inside, which is at least one thing.
            is_last = step == len(steps) - 1
            return any(from_here(step + 1, at) for at in range(part + is_last, len(parts) + 1))
        glob = steps[step].replace("[", "[[]")
        return (
            part < len(parts) and fnmatchcase(parts[part], glob) and from_here(step + 1, part + 1)
        )

    return from_here(0, 0)


@lru_cache(maxsize=8)
def _rules(text: str) -> tuple[Rule, ...]:
    return tuple(codeowners.rules(text))


def _by_rules(place: str, every: Sequence[Rule], folder: str) -> Owner:
    path = f"{folder}/{PROBE}" if folder else PROBE
    found = next((rule for rule in reversed(every) if holds(rule.pattern, path)), None)
    what = folder or "the whole repository"
    if found is None:
        return Owner("", f"{place} says nothing of {what}")
    teams = [named for named in map(team, found.owners) if named]
    if not teams:
        who = "names that may be persons', which are never written" if found.owners else "nobody"
        return Owner("", f"{place} gives {what} to {who}")
    also = f"; also {', '.join(teams[1:])}" if teams[1:] else ""
    return Owner(teams[0], f"{place} gives it {found.pattern}{also}")

"""Reads Backstage's catalog-info.yaml, trusting nothing in it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import yaml

from connectors.hosts.survey import Survey

NAMES = ("catalog-info.yaml", "catalog-info.yml")
LARGEST = 100_000
DEEPEST = 30
MOST_ALIASES = 10
MOST_DOCUMENTS = 200
SERVED = ("service", "website")
# Every scalar stays text, no tag means anything, and a node that holds itself is refused.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Unreadable(Exception):
    """The file is no YAML that can be read safely; the message says why."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that the catalog knows: what it is, whose, where."""

    name: str
    kind: str
    owner: str
    lifecycle: str
    repository: str
    folder: str

    @property
    def is_served(self) -> bool:
        """Tell whether it is deployed: a service or website, no library."""
        return self.kind.lower() in SERVED


@dataclass(frozen=True, slots=True)
class Catalog:
    """The components of every repository, and what could not be read where."""

    components: Mapping[str, Sequence[Component]]
    unread: Mapping[str, Sequence[str]]


def catalog(surveys: Iterable[Survey]) -> Catalog:
    """Read the catalog files of all repositories; one may describe another's components."""
    every = list(surveys)
    known = {survey.full_name.lower(): survey.full_name for survey in every}
    found: dict[str, list[Component]] = {}
    unread: dict[str, list[str]] = {}
    for survey in every:
        for path, text in survey.files.items():
            if path.rsplit("/", 1)[-1] not in NAMES:
                continue
            try:
                for component in components(text, path, survey):
                    home = known.get(component.repository.lower(), survey.full_name)
                    found.setdefault(home, []).append(component)
            except Unreadable as error:
                unread.setdefault(survey.full_name, []).append(f"{path} {error}")
    return Catalog(found, unread)


def components(text: str, path: str, survey: Survey) -> Iterator[Component]:
    """Yield the components of one file; raises Unreadable."""
    for document in documents(text):
        if _text(document, "kind").lower() != "component":
            continue
        name = _text(document, "metadata", "name")
        if name:
            slug, folder = _place(document, path, survey)
            yield Component(
                name=name,
                kind=_text(document, "spec", "type"),
                owner=_text(document, "spec", "owner"),
                lifecycle=_text(document, "spec", "lifecycle"),
                repository=slug or survey.full_name,
                folder=folder,
            )


def documents(text: str) -> list[Any]:
    """Load every document as text, lists and mappings; raises Unreadable."""
    if len(text) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST:,} characters")
    try:
        _bounded(text)
        return list(yaml.load_all(text, Loader=LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f" at line {mark.line + 1}" if mark else ""
        raise Unreadable(f"is not YAML{at}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("is not YAML") from error


def _bounded(text: str) -> None:
    """Look at the file as a stream first, for nesting can end a process and aliases multiply."""
    depth = aliases = begun = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        begun += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST or aliases > MOST_ALIASES or begun > MOST_DOCUMENTS:
            raise Unreadable("is nested too deeply, has too many aliases or too many documents")


def _text(document: object, *keys: str) -> str:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document.strip() if isinstance(document, str) else ""


def _place(document: object, path: str, survey: Survey) -> tuple[str, str]:
    """Give the repository and folder that annotations name, else the file's own folder."""
    notes = ("metadata", "annotations")
    slug = _text(document, *notes, "github.com/project-slug") or _text(
        document, *notes, "gitlab.com/project-slug"
    )
    source = _text(document, *notes, "backstage.io/source-location")
    own = path.rsplit("/", 1)[0] if "/" in path else ""
    return slug, _folder(source, survey.default_branch or "") or own


def _folder(source: str, branch: str) -> str:
    """Give the folder in ``url:https://host/acme/shop/tree/main/api/`` or ``dir:./api``."""
    kind, _, location = source.partition(":")
    if kind == "dir":
        return location.removeprefix("./").strip("/")
    found = re.search(r"/(?:-/)?(?:tree|blob)/(.+)$", re.split(r"[?#]", location, maxsplit=1)[0])
    if not found:
        return ""
    inside = unquote(found[1]).strip("/") + "/"
    if branch and inside.startswith(f"{branch}/"):
        return inside[len(branch) + 1 :].strip("/")
    return inside.partition("/")[2].strip("/")

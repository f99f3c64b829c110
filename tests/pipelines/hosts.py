"""A made-up connector of many repositories, and the refresh of a project that has it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from connectors import Batch, Connector, Cursor, Failure, Record
from pipelines.configuration import AnySource
from pipelines.project import Project
from pipelines.settings import Run
from tests import support
from tests.support import Silent, at

NOW = at("2026-03-09 09:00")
RUN = Run(NOW, NOW)

Hook = Callable[[str, str, int], Failure | None]
"""Called before each page: (entity, scope, page); may fail it or raise."""


def passing(entity: str, scope: str, page: int) -> Failure | None:
    """Let every page pass."""


@dataclass
class Pages:
    """Repositories with three pages of two deployments each, newest first, and as many changes.

    The cursor of a scope tells how many pages are read, and how far back that is.
    """

    entities: ClassVar[tuple[str, ...]] = ("repositories", "deployments", "changes")
    scopes: tuple[str, ...]
    hook: Hook = passing
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def collect(self, entity: str, cursors: Mapping[str, Cursor]) -> Iterator[Batch | Failure]:
        """Yield the pages of each scope that its cursor has not."""
        for scope in self.scopes:
            if entity == "repositories":
                yield Batch(entity, scope, [Record(entity, scope, {"name": scope})], {"id": scope})
            else:
                yield from self.pages(entity, scope, (cursors.get(scope) or {}).get("read", 0))

    def pages(self, entity: str, scope: str, read: int) -> Iterator[Batch | Failure]:
        """Yield the pages of one scope from ``read`` on, up to one that fails."""
        for page in range(read, 3):
            failure = self.hook(entity, scope, page)
            if failure:
                yield failure
                return
            self.asked.append((entity, scope, page))
            days = (28 - 2 * page, 27 - 2 * page)
            cursor: dict[str, Any] = {"read": page + 1}
            if page < 2:
                cursor["history_since"] = f"2026-02-{days[-1]:02}T12:00:00Z"
            yield Batch(entity, scope, [told(entity, scope, day) for day in days], cursor)


def told(entity: str, scope: str, day: int) -> Record:
    """Return what happened on a day of February."""
    moment = f"2026-02-{day:02}T12:00:00Z"
    number = f"{scope}#{day}"
    if entity == "changes":
        change = {"change_id": number, "repository": scope, "merged_at": moment}
        return Record(entity, number, change)
    deployment = {"deployment_id": number, "service": scope.split("/")[1], "finished_at": moment}
    return Record(entity, number, {**deployment, "status": "success"})


@dataclass(frozen=True, slots=True)
class Made(Project):
    """A project whose one source is a made-up connector; its kind is that of files."""

    pages: Pages = field(default_factory=lambda: Pages(()))

    def connector(self, source: AnySource) -> Connector:
        """Return the made-up connector."""
        return self.pages


def project(folder: Path, pages: Pages) -> Made:
    """Return the project of a made-up connector."""
    found = support.project(folder)
    return Made(found.configuration, found.data_dir, pages=pages)


class Heard(Silent):
    """Progress that remembers what was said, and tells who wants to know."""

    def __init__(self, tell: Callable[[str], None] = lambda text: None) -> None:
        super().__init__(is_terminal=False)
        self.lines: list[str] = []
        self.tell = tell

    def say(self, text: str) -> None:
        """Keep the line."""
        self.lines.append(text)
        self.tell(text)

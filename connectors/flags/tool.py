"""What flag tools have in common: how they are asked, listed and walked through their logs."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from connectors.errors import SourceError
from connectors.flags import payloads
from connectors.hosts.api import Access
from connectors.hosts.walking import Page, Walk, parsed
from connectors.pagers.client import Client, connected
from connectors.pagers.judging import Body
from connectors.pagers.paging import Key, by_id, every, offsets
from connectors.records import Batch, Cursor, Record

PAGE: Final = 100
MOST: Final = 1_000_000


@dataclass(slots=True)
class Tool:
    """Reads one tool; ``projects`` are globs of the projects to read."""

    client: Client
    host: str
    since: datetime | None
    projects: tuple[str, ...] = ("*",)
    removal_words: tuple[str, ...] = payloads.WORDS

    name: ClassVar[str]
    needs: ClassVar[str]
    home: ClassVar[str] = ""
    prefix: ClassVar[str]
    signs: ClassVar[str] = "{token}"
    is_numbered: ClassVar[bool] = True
    probes: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]]
    """What doctor looks at: path and query by subject."""

    def flags(self, project: str) -> Iterator[Record]:
        """Yield every flag of a project."""
        raise NotImplementedError

    def states(self, project: str) -> Iterator[Record]:
        """Yield what every flag does in each environment."""
        raise NotImplementedError

    def strategies(self, project: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield how flags choose, where their states do not say."""
        raise NotImplementedError

    def log(self, project: str, token: str | None, until: datetime | None) -> Page:
        """Return one page of what was done, the latest first; what is before ``until`` is known."""
        raise NotImplementedError

    def batches(self, entity: str, scope: str, cursor: Cursor) -> Iterator[Batch]:
        """Yield what one project has."""
        if entity == "flags":
            yield Batch(entity, scope, list(self.flags(scope)), is_whole=True)
        elif entity == "flag_states":
            yield Batch(entity, scope, list(self.states(scope)), is_whole=True)
        elif entity == "strategies":
            yield from self.strategies(scope, cursor)
        else:
            until = parsed((cursor or {}).get("until"))
            yield from Walk(
                entity,
                scope,
                lambda token: self.log(scope, token, until),
                dict(cursor or {}),
                self.since,
                is_numbered=self.is_numbered,
            ).batches()

    def access(self) -> Iterator[Access]:
        """Yield what the token reads."""
        for subject, (path, query) in self.probes.items():
            try:
                self.get(path, subject, query)
            except SourceError as error:
                yield Access(subject, str(error), "mend")
            else:
                yield Access(subject, "can be read")

    def get(self, path: str, what: str, query: Body | None = None, *, holds: str = "") -> Any:
        """Return what a path holds; ``holds`` names the list that must be in it."""
        return self.client.get(f"{self.prefix}{path}", what, query, holds=holds)

    def whole(
        self,
        ask: Callable[[int], tuple[Sequence[Body], bool]],
        what: str,
        key: Key = by_id,
        *,
        overlaps: bool = False,
    ) -> list[Body]:
        """Return a whole listing; ``ask`` returns rows from an offset on, and if there are more."""
        pages = offsets(ask, page=PAGE, most=MOST)
        return every(pages, f"{self.name}, {what}", key, overlaps=overlaps)

    def wanted(self, names: Iterable[str]) -> list[str]:
        """Return the projects that the globs name."""
        return [name for name in names if any(fnmatchcase(name, one) for one in self.projects)]

    @classmethod
    def connect(
        cls,
        *,
        token: str,
        url: str = "",
        projects: Sequence[str] = ("*",),
        removal_words: Sequence[str] = payloads.WORDS,
        since: datetime | None = None,
        ca: Path | None = None,
        reserve: float = 0.1,
        say: Callable[[str], None] = lambda text: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Return what reads one tool; nothing is asked yet."""
        asking = {"reserve": reserve, "say": say, "sleep": sleep, "clock": clock}
        url = url or cls.home
        signed = cls.signs.format(token=token)
        client = connected(url, cls.name, cls.needs, signed, ca=ca, **asking)
        host = urlsplit(url).hostname or ""
        return cls(client, host, since, tuple(projects), tuple(removal_words))

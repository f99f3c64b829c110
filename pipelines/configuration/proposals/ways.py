"""How a repository's deployments can be told, and of which of its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.hosts.survey import Use
from pipelines.configuration.proposals.text import few

WHOLE = ""
Known = Mapping[str, str]
"""Names of components and folders, by the same in small letters."""
KEYS = {"deployments": "environments", "runs": "runs", "releases": "tags", "tags": "tags"}
"""Where the configuration says which of them are a service's."""


@dataclass(frozen=True, slots=True)
class Part:
    """What deploys a part of the repository, or the whole of it where ``name`` is empty."""

    name: str
    globs: tuple[str, ...]
    said: str
    doubt: str = ""
    pre_releases: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which deployments are told: by whom, of which parts, what it leaves aside."""

    told_by: Literal["deployments", "runs", "releases", "tags"]
    parts: tuple[Part, ...]
    latest_at: datetime | None = None
    aside: str = ""

    def part(self, name: str) -> Part:
        """Give the part of that name, else the one that stands for all."""
        return next((part for part in self.parts if part.name == name), self.parts[0])


def last_part(full_name: str) -> str:
    """Give a repository's own name."""
    return full_name.rsplit("/", 1)[-1]


def latest(uses: Iterable[Use]) -> datetime | None:
    """Give when any of them was last seen."""
    return max((use.latest_at for use in uses if use.latest_at), default=None)


def on(moment: datetime | None) -> str:
    """Say when the newest was."""
    return f", the newest {moment:%Y-%m-%d}" if moment else ""


def tally(uses: Sequence[Use]) -> str:
    """Name the most used with their counts; those with a slash, such as review apps, as one."""
    sums: dict[str, int] = {}
    for use in uses:
        name = f"{use.name.split('/', 1)[0]}/*" if "/" in use.name else use.name
        sums[name] = sums.get(name, 0) + use.count
    most = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return few([f"{name} ({count:,})" for name, count in most])

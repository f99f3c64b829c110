"""Finds the release lines in a repository's tag names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.configuration.globs import PRE_RELEASE, tag_pattern

DOTTED = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:[._]\d+)+")
LAST_NUMBER = re.compile(r"\d+(?=\D*$)")
WHOLE = frozenset(
    """
    v r rel release releases ver version versions tag tags
    build builds deploy deployed deployment prod production live
    """.split()  # noqa: SIM905 - a table reads better than quoted words
) | {""}
CHANNELS = frozenset(
    ["nightly", "canary", "snapshot", "latest", "dev", "test", "backup", "archive", "pr", "ci"]
)


@dataclass(frozen=True, slots=True)
class Line:
    """Releases whose tags begin alike; ``name`` is empty for those of the whole repository.

    ``is_sure`` says that the tags alone make a service, whether or not a folder is called so.
    """

    name: str
    prefix: str
    releases: tuple[str, ...]
    pre_releases: tuple[str, ...]
    is_sure: bool

    @property
    def tags(self) -> tuple[str, ...]:
        """Give every tag of the line."""
        return self.releases + self.pre_releases

    @property
    def newest(self) -> str:
        """Give the release made last, else the pre-release."""
        return (self.releases or self.pre_releases)[-1]


def lines(tags: Iterable[str], repository: str) -> tuple[list[Line], list[str]]:
    """Sort tags (oldest first) into release lines, the longest first; also give the rest."""
    found: dict[str, list[str]] = {}
    rest = []
    for tag in tags:
        prefix = _prefix(tag)
        if prefix is None:
            rest.append(tag)
        else:
            found.setdefault(prefix, []).append(tag)
    made = [_line(prefix, members, repository) for prefix, members in found.items()]
    return sorted(made, key=lambda line: (-len(line.tags), line.prefix)), rest


def glob(line: Line, others: Iterable[str]) -> str:
    """Choose the plainest glob that claims the line's tags and none of the others."""
    short = f"{line.prefix}*"
    pattern = re.compile(tag_pattern([short]))
    if line.prefix and not any(pattern.search(tag) for tag in others):
        return short
    return f"{line.prefix}[0-9]*"


def _prefix(tag: str) -> str | None:
    base = tag.rsplit("/", 1)[-1]
    match = DOTTED.search(base)
    if match is None:
        # The number of a release candidate is not the number of the release.
        pre = re.search(PRE_RELEASE, base)
        match = LAST_NUMBER.search(base[: pre.start() + 1] if pre else base)
    return tag[: len(tag) - len(base) + match.start()] if match else None


def _line(prefix: str, members: list[str], repository: str) -> Line:
    stem = re.sub(r"(?:^|(?<=[/@_-]))[vV]$", "", prefix).rstrip("/@_-")
    is_whole = stem.lower() in WHOLE | {repository.lower()}
    dotted = [tag for tag in members if DOTTED.search(tag, len(prefix))]
    pre = re.compile(PRE_RELEASE)
    return Line(
        name="" if is_whole else stem,
        prefix=prefix,
        releases=tuple(tag for tag in members if not pre.search(tag)),
        pre_releases=tuple(tag for tag in members if pre.search(tag)),
        is_sure=is_whole or (len(dotted) > 1 and stem.lower() not in CHANNELS),
    )

"""Reads CODEOWNERS as GitHub and GitLab do: which names own which paths, rule by rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
# GitHub leaves larger files alone, too.
LARGEST = 3_000_000
SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?(?=\s|$)")
TEAM = re.compile(r"@[^@/\s]+(?:/[^@/\s]+)*/([^@/\s]+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line; of those of one section that hold for a path, the last one counts."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""


def rules(text: str) -> Iterator[Rule]:
    """Read the lines, with GitLab's sections, whose owners hold where a line names none."""
    section = ""
    usual: tuple[str, ...] = ()
    for line in text[:LARGEST].splitlines():
        said = re.sub(r"(?:^|\s)#.*", "", line.strip())
        if found := SECTION.match(said):
            # Sections of one name are one section, in any case.
            section, usual = found[1].strip().lower(), tuple(said[found.end() :].split())
        elif said and not said.startswith("!"):
            pattern, *owners = re.split(r"(?<!\\)\s+", said)
            plain = pattern.replace("\\ ", " ").replace("\\#", "#")
            yield Rule(plain, tuple(owners) or usual, section)


def team(name: str) -> str:
    """Give the plain name of a team, as ``@acme/payments``; empty for persons and roles."""
    found = TEAM.fullmatch(name)
    return found[1] if found else ""

"""Reads CODEOWNERS as GitHub and GitLab do, each in its way: which names own which paths."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
# GitHub leaves larger files alone, too.
LARGEST = 3_000_000
SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?(?=\s|$)")
TEAM = re.compile(r"@[^@/\s]+(?:/[^@/\s]+)*/([^@/\s]+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line; of those of one section that hold for a path, the last one counts.

    A pattern that begins with ``!`` takes its paths out of the section, whatever else holds.
    """

    pattern: str
    owners: tuple[str, ...]
    section: str = ""


def place(files: Container[str], *, is_gitlab: bool) -> str | None:
    """Return which of the files counts: each host knows three places."""
    foreign = ".github/" if is_gitlab else ".gitlab/"
    own = [one for one in PLACES if not one.startswith(foreign)]
    # A clone of which nobody says where it is from may have the other host's.
    return next((one for one in [*own, *PLACES] if one in files), None)


def rules(text: str, *, is_gitlab: bool = False) -> Iterator[Rule]:
    """Read the lines, with GitLab's sections, whose owners hold where a line names none.

    A line that begins with ``!`` says nothing to GitHub.
    """
    section = ""
    usual: tuple[str, ...] = ()
    for line in text[:LARGEST].splitlines():
        said = re.sub(r"(?:^|\s)#.*", "", line.strip())
        if found := SECTION.match(said):
            # Sections of one name are one section, in any case.
            section, usual = found[1].strip().lower(), tuple(said[found.end() :].split())
        elif said and (is_gitlab or not said.startswith("!")):
            written, *owners = re.split(r"(?<!\\)\s+", said)
            plain = written.replace("\\ ", " ").replace("\\#", "#")
            yield Rule(anywhere(plain) if is_gitlab else plain, tuple(owners) or usual, section)


def anywhere(pattern: str) -> str:
    """Write as gitignore does that GitLab ties a path to the root by its first slash alone."""
    path = pattern.removeprefix("!")
    is_inside = "/" in path.rstrip("/") and not path.startswith("/")
    return pattern.replace(path, f"**/{path}") if is_inside else pattern


def team(name: str, namespace: str = "") -> str:
    """Give the plain name of a team, as ``@acme/payments``; empty for persons and roles.

    The GitLab group in whose ``namespace`` the project is may stand alone: ``@payments``.
    """
    if namespace and name.lower() == f"@{namespace.lower()}":
        return namespace
    found = TEAM.fullmatch(name)
    return found[1] if found else ""

"""Proposes a first configuration for a git clone, with the reason beside each line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.configuration import tags
from pipelines.configuration.clone import Clone
from pipelines.configuration.locations import source_name
from pipelines.configuration.proposals.text import FEW, beside, entry, few, safe, text


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a service would be: its release lines, its folder, or the folders it might be."""

    name: str
    lines: tuple[tags.Line, ...]
    globs: tuple[str, ...]
    folders: tuple[str, ...]


def propose_from_git(path: Path) -> str:
    """Give the text of a first configuration for the clone at a path.

    Raises ConfigurationError where there is no git repository.
    """
    clone = Clone(path.resolve())
    clone.git("rev-parse", "--git-dir")
    clone = Clone(clone.top())
    repository = clone.repository()
    return "\n".join([*_head(clone, repository), *_services(clone, repository), ""])


def _head(clone: Clone, repository: str) -> Iterator[str]:
    yield "# Proposed by `drumbeat init --from-git`; docs/configuration.md explains every key."
    yield entry(0, "organisation", repository, "the title of pages and reports")
    yield ""
    yield "sources:"
    yield "  - kind: git"
    yield entry(2, "location", str(clone.path), "the clone itself; a URL works too")
    yield entry(2, "repository", repository, "the name that origin has, or the folder's")
    branch, reason = clone.branch()
    if branch:
        yield entry(2, "branch", branch, reason)
    else:
        yield f"    # branch: main    # {reason}"
    if clone.is_shallow():
        yield "    # This clone is shallow and lacks early changes: git fetch --unshallow --tags"
    if not clone.has_commits():
        yield "    # This clone has no commit checked out yet, so no folders could be looked at."
    yield ""


def _services(clone: Clone, repository: str) -> Iterator[str]:
    names = clone.tags()
    found, rest = tags.lines(names, repository)
    folders = clone.folders() if found else []
    claimed = [line for line in found if line.is_sure or _folders(line.name, folders)]
    if not claimed:
        yield from _without_releases(names, repository, source_name({"name": repository}))
        return
    yield "services:"
    for proposal in _proposals(claimed, names, repository, folders):
        yield from _service(proposal, repository)
    unclaimed = [tag for line in found if line not in claimed for tag in line.tags] + rest
    if unclaimed:
        yield f"  # Tags of no service, for no version or no folder stands out: {few(unclaimed)}"


def _proposals(
    lines: list[tags.Line], names: list[str], repository: str, folders: list[str]
) -> Iterator[Proposal]:
    grouped: dict[str, list[tags.Line]] = {}
    for line in lines:
        grouped.setdefault(line.name or repository, []).append(line)
    for name, group in grouped.items():
        own = {tag for line in group for tag in line.tags}
        others = [tag for tag in names if tag not in own]
        globs = tuple(tags.glob(line, others) for line in group)
        yield Proposal(name, tuple(group), globs, _folders(group[0].name, folders))


def _folders(name: str, folders: list[str]) -> tuple[str, ...]:
    if not name or name in folders:
        return (name,) if name else ()
    last = name.rsplit("/", 1)[-1]
    return tuple(folder for folder in folders if folder.rsplit("/", 1)[-1] == last)


def _service(proposal: Proposal, repository: str) -> Iterator[str]:
    is_part = bool(proposal.lines[0].name)
    why = "the tags before the version" if is_part else "the repository, for its tags name no part"
    yield beside(f"  - name: {text(proposal.name)}", why)
    yield entry(2, "repository", repository, "the source above")
    yield from _paths(proposal, is_part=is_part)
    yield "    deployments:"
    yield "      tags:"
    for line, glob in zip(proposal.lines, proposal.globs, strict=True):
        count = f"{len(line.tags)} tag{'s' * (len(line.tags) > 1)}"
        reason = f"{count}, the newest {safe(line.newest)}"
        yield beside(f"        - {text(glob)}", reason)
    releases = sum(len(line.releases) for line in proposal.lines)
    pre = [tag for line in proposal.lines for tag in line.pre_releases]
    if pre and not releases:
        yield entry(3, "pre_releases", None, "it has pre-releases only", "true")
    else:
        said = f"{len(pre)} left out: {few(pre[::-1], 2)}" if pre else "none found so far"
        yield entry(3, "pre_releases", None, said, "false")


def _paths(proposal: Proposal, *, is_part: bool) -> Iterator[str]:
    if len(proposal.folders) == 1:
        glob = text(f"{proposal.folders[0]}/**")
        yield entry(2, "paths", None, "the folder of that name", f"[{glob}]")
    elif proposal.folders:
        candidates = ", ".join(text(f"{folder}/**") for folder in proposal.folders[:FEW])
        more = len(proposal.folders) - FEW
        tail = f", and {more} more" if more > 0 else ""
        yield f"    # paths: [{candidates}]    # choose: several folders have that name{tail}"
    elif is_part:
        yield "    # paths: []    # no folder has that name, so all commits are its changes"


def _without_releases(names: list[str], repository: str, source: str) -> Iterator[str]:
    if names:
        yield f"# None of the clone's {len(names)} tags looks like a version: {few(names)}"
        yield "# If some of them are releases, name them below and take the # away."
    else:
        yield "# This clone has no tags, and tags are what counts as a release of a git clone."
        yield "# If the remote has tags: git fetch --tags, then run this again."
    yield "# If releases are told elsewhere, bring them with a source of kind files."
    yield "# services:"
    yield f"#   - name: {text(repository)}"
    yield f"#     repository: {text(repository)}"
    yield "#     deployments:"
    yield f"#       source: {text(source)}"
    yield '#       tags: ["v*"]'

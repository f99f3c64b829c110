"""What a repository's branches and tags point to, and which branch is its main line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.errors import SourceMisconfigured
from connectors.git.command import Repository

FIELDS = (
    "refname",
    "objecttype",
    "objectname",
    "type",
    "object",
    "taggerdate:unix",
    "committerdate:unix",
    "symref",
    "HEAD",
)
# Some clones fetch every pull request too, merged or not, under names like these.
PROPOSED = re.compile(r"refs/remotes/origin/(pr|pull|pulls|merge-requests)/")
REMOTE, LOCAL = "refs/remotes/origin/", "refs/heads/"


@dataclass(frozen=True, slots=True)
class Ref:
    """A name for a commit; ``at`` is the tagger's date, else the commit's, where known."""

    name: str
    sha: str
    is_annotated: bool
    at: datetime | None
    symref: str = ""
    is_checked_out: bool = False


def listing(repository: Repository) -> dict[str, Ref]:
    """Return every branch and tag that leads to a commit, by its full name."""
    names = ("--format=" + "%00".join(f"%({field})" for field in FIELDS), "--sort=refname")
    answer = repository.ask("for-each-ref", *names, LOCAL, "refs/tags/", REMOTE)
    rows = [line.split("\0") for line in answer.splitlines() if not PROPOSED.match(line)]
    # A tag of a tag says only which tag is next; git follows the rest.
    nested = [row[2] for row in rows if row[3] == "tag"]
    commits = dict(zip(nested, _peeled(repository, nested), strict=True))
    found = (_ref(row, commits.get(row[2])) for row in rows)
    return {ref.name: ref for ref in _dated(repository, [ref for ref in found if ref])}


def main_line(repository: Repository, refs: dict[str, Ref], branch: str | None) -> Ref:
    """Return ``branch``, or the default one, named without `refs/heads/`.

    In a clone with a work tree the remote's default branch counts; where the branch of that name
    here has everything the remote has, and more, it is the one that is read.
    """
    name = branch or _default(refs)
    here, there = refs.get(LOCAL + name), refs.get(REMOTE + name)
    if here and there and here.sha != there.sha:
        is_ahead = repository.allows("merge-base", "--is-ancestor", there.sha, here.sha)
        found: Ref | None = here if is_ahead else there
    else:
        found = here or there
    if found is None:
        raise _unknown(repository, refs, name)
    return Ref(name, found.sha, False, found.at)


def tags(refs: dict[str, Ref]) -> Iterator[Ref]:
    """Yield the tags, named without `refs/tags/`."""
    for name, ref in refs.items():
        if name.startswith("refs/tags/"):
            yield Ref(name.removeprefix("refs/tags/"), ref.sha, ref.is_annotated, ref.at)


def branches(refs: dict[str, Ref], main: Ref) -> Iterator[Ref]:
    """Yield the branches but the main line; where there are any of the remote, those alone."""
    prefix = REMOTE if any(name.startswith(REMOTE) for name in refs) else LOCAL
    for name, ref in refs.items():
        short = name.removeprefix(prefix)
        if name.startswith(prefix) and short not in (main.name, "HEAD"):
            yield Ref(short, ref.sha, ref.is_annotated, ref.at)


def existing(repository: Repository, shas: Sequence[str]) -> list[str]:
    """Return those of ``shas`` that the repository has."""
    answer = repository.ask("cat-file", "--batch-check=%(objectname)", stdin="\n".join(shas))
    return [line for line in answer.splitlines() if not line.endswith("missing")]


def _peeled(repository: Repository, shas: Sequence[str]) -> list[str | None]:
    if not shas:
        return []
    asked = "\n".join(f"{sha}^{{commit}}" for sha in shas)
    answer = repository.ask("cat-file", "--batch-check=%(objectname)", stdin=asked).splitlines()
    return [None if line.endswith("missing") else line for line in answer]


def _ref(row: Sequence[str], peeled: str | None) -> Ref | None:
    name, kind, sha, inner, target, tagged, committed, symref, head = row
    if kind == "commit":
        return Ref(name, sha, False, _moment(committed), symref, head == "*")
    commit = target if inner == "commit" else peeled
    return Ref(name, commit, True, _moment(tagged)) if kind == "tag" and commit else None


def _dated(repository: Repository, refs: Sequence[Ref]) -> Iterator[Ref]:
    """Yield ``refs``, those of old tags without a tagger under the date of their commit."""
    undated = sorted({ref.sha for ref in refs if ref.is_annotated and ref.at is None})
    dates = {}
    if undated:
        asking = ("log", "--no-walk=unsorted", "--stdin", "--format=%H %ct")
        answer = repository.ask(*asking, stdin="\n".join(undated))
        dates = dict(line.split(" ", 1) for line in answer.splitlines())
    for ref in refs:
        yield replace(ref, at=ref.at or _moment(dates.get(ref.sha, "")))


def _moment(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _default(refs: dict[str, Ref]) -> str:
    remote = refs.get(REMOTE + "HEAD")
    if remote and remote.symref.startswith(REMOTE):
        return remote.symref.removeprefix(REMOTE)
    for name, ref in refs.items():
        if ref.is_checked_out:
            return name.removeprefix(LOCAL)
    # HEAD names no branch: a build's detached checkout, or a remote that never set it.
    names = _branches(refs)
    usual = [name for name in ("main", "master", "trunk") if name in names]
    return (usual or names)[0] if usual or len(names) == 1 else ""


def _branches(refs: dict[str, Ref]) -> list[str]:
    short = (re.sub(f"^({LOCAL}|{REMOTE})", "", name) for name in refs)
    return sorted({name for name in short if name != "HEAD" and not name.startswith("refs/")})


def _unknown(repository: Repository, refs: dict[str, Ref], name: str) -> SourceMisconfigured:
    if not refs:
        return SourceMisconfigured(
            f"git repository {repository.scope} has no commits yet: commit and push something, "
            "or check that this is the repository you mean"
        )
    lack = f"has no branch {name!r}" if name else "does not say which branch is its default"
    return SourceMisconfigured(
        f"git repository {repository.scope} {lack}: set `branch` to one of "
        f"{', '.join(_branches(refs)[:5]) or 'its branches'}"
    )

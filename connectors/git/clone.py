"""Keeping a bare clone of a remote repository: branches and tags, as few objects as will do."""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.errors import SourceError, SourceMisconfigured
from connectors.git.command import TRANSPORTS, MissingObjects, mask, run

REFS: Final = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
# Commits alone; with the trees that changed paths are found by, which a clone without trees would
# fetch one at a time; everything. The later ones are for remotes with tags of trees or of files,
# which git can not clone without.
FILTERS: Final = ("tree:0", "blob:none", "")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is read; ``ca`` is the certificate of a company's own authority."""

    location: str
    ca: Path | None = None

    def variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return what tells git of it: never on disk, nor in the list of processes."""
        settings = {"remote.origin.url": self.location, **(more or {})}
        if self.ca:
            settings["http.sslCAInfo"] = str(self.ca)
        count = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
        told = {"GIT_CONFIG_COUNT": str(count + len(settings))}
        for place, (key, value) in enumerate(settings.items(), start=count):
            told |= {f"GIT_CONFIG_KEY_{place}": key, f"GIT_CONFIG_VALUE_{place}": value}
        return told


def is_remote(location: str) -> bool:
    """Return whether ``location`` is a URL or ssh's `user@host:path`, not a path on disk."""
    if "://" in location or "::" in location:
        return True
    return bool(re.match(r"[\w.-]+@[\w.-]+:", location)) and not Path(location).exists()


def update(remote: Remote, folder: Path, scope: str, *, with_paths: bool) -> None:
    """Make ``folder`` a bare clone of what is at ``remote`` now.

    A clone is made beside its place and then moved there, so that a folder that is there is
    whole; one that will not be updated (locks left behind, damage) is made again.
    """
    _check(remote.location, scope)
    folder.parent.mkdir(parents=True, exist_ok=True)
    head = _remote_head(remote, folder.parent, scope)
    if _is_clone(folder, remote.location, scope, with_paths):
        try:
            return _fetch(remote, folder, scope, head)
        except SourceError:
            # The remote has just answered, so it is the clone that is at fault.
            pass
    for objects in FILTERS[1 if with_paths else 0 : -1]:
        try:
            return _clone(remote, folder, scope, head, objects)
        except MissingObjects:
            continue
    return _clone(remote, folder, scope, head, FILTERS[-1])


def _check(location: str, scope: str) -> None:
    named = re.match(r"([\w+.-]*)(::|://)", location)
    if named and (named[2] == "::" or named[1].lower() not in TRANSPORTS.split(":")):
        raise SourceMisconfigured(
            f"git repository {scope}: transport {named[1]!r} is not allowed: use https, ssh, "
            "git, http or file"
        )


def _clone(remote: Remote, folder: Path, scope: str, head: str | None, objects: str) -> None:
    for leftover in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = Path(
        tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent)
    )
    try:
        run(["init", "--quiet", "--bare", "--template=", str(partial)], scope, {})
        for key, value in _settings(remote.location, objects).items():
            run(["-C", str(partial), "config", key, value], scope, {})
        _fetch(remote, partial, scope, head)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _settings(location: str, objects: str) -> dict[str, str]:
    kept = {"drumbeat.location": mask(location), "drumbeat.objects": objects}
    if not objects:
        return kept
    return kept | {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.partialCloneFilter": objects,
    }


def _fetch(remote: Remote, folder: Path, scope: str, head: str | None) -> None:
    fetching = ["fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head"]
    # A shallow remote makes a shallow clone, which is refused later. Left to itself, git would
    # fork fetch after fetch for parents that are nowhere.
    fetching.append("--update-shallow")
    variables = {**remote.variables(), "GIT_NO_LAZY_FETCH": "1"}
    run(["-C", str(folder), *fetching, "origin", *REFS], scope, variables)
    if head:
        run(["-C", str(folder), "symbolic-ref", "HEAD", head], scope, {})


def _remote_head(remote: Remote, beside: Path, scope: str) -> str | None:
    """Return the full name of the remote's default branch; null where its HEAD is detached."""
    asking = ["-C", str(beside), "ls-remote", "--quiet", "--symref", "origin", "HEAD"]
    # Whatever repository the data folder may lie in has remotes and settings of its own.
    variables = {**remote.variables(), "GIT_CEILING_DIRECTORIES": str(beside.resolve().parent)}
    answer = run(asking, scope, variables).stdout
    found = re.search(r"^ref: (refs/heads/\S+)\tHEAD$", answer, re.MULTILINE)
    return found[1] if found else None


def _is_clone(folder: Path, location: str, scope: str, with_paths: bool) -> bool:
    """Return whether ``folder`` is a whole clone of ``location`` with the objects wanted."""
    config = folder / "config"
    if not config.is_file() or not (folder / "HEAD").is_file():
        return False
    reading = ["config", "--file", str(config), "--list"]
    lines = set(run(reading, scope, {}).stdout.splitlines())
    lacks_trees = f"drumbeat.objects={FILTERS[0]}" in lines
    return f"drumbeat.location={mask(location)}" in lines and not (with_paths and lacks_trees)

"""Takes a source or a scope out of the landing zone, cursors and all."""

from pathlib import Path

import polars as pl

from pipelines import rewriting
from pipelines.landing import CACHE, Landing, sync_folder
from pipelines.raw import OWN
from pipelines.rewriting import Rewritten


def without_source(landing: Landing, name: str, *, is_dry: bool) -> Rewritten:
    """Remove a source's folder, cursors and all: nothing tells that it ever was."""
    found = Rewritten()
    files = landing.files(name)
    for file in files:
        found.add(len(rewriting.read(landing, file)))
    if not is_dry and landing.fs.exists(f"{landing.folder}/{name}"):
        landing.fs.rm(f"{landing.folder}/{name}", recursive=True)
        if landing.is_local:
            sync_folder(Path(landing.folder))
    return found


def without_scope(landing: Landing, scope: str, *, is_dry: bool) -> Rewritten:
    """Remove a scope's rows and cursors from every file; reports that were delivered stay."""
    found = Rewritten()
    for file in (one for one in landing.files() if one.source not in OWN):
        frame, cursors = rewriting.read(landing, file), landing.cursors_in(file)
        left = frame.filter(pl.col("scope") != scope)
        kept = {name: cursor for name, cursor in cursors.items() if name != scope}
        if len(left) == len(frame) and len(kept) == len(cursors):
            continue
        found.add(len(frame) - len(left))
        if not is_dry:
            rewriting.rewrite(landing, file, left, kept)
            uncache(landing, file.source, file.entity)
    return found


def uncache(landing: Landing, source: str, entity: str) -> None:
    """Remove the cache of cursors, which the files have as well."""
    path = f"{landing.folder}/{source}/{entity}/{CACHE}"
    if landing.fs.exists(path):
        landing.fs.rm_file(path)


def scopes(landing: Landing) -> set[str]:
    """Return every scope that has rows or a cursor."""
    found: set[str] = set()
    for file in (one for one in landing.files() if one.source not in OWN):
        with landing.reading(file) as opened:
            found.update(pl.read_parquet(opened, columns=["scope"])["scope"].unique().to_list())
        found.update(landing.cursors_in(file))
    return found

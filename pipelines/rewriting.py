"""Rewrites files of the landing zone in place: the exceptions to its being append-only.

Each file is replaced in one step by what is left of it, so whoever is killed leaves whole files,
some changed and some not; the same change made again changes the rest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from connectors import Cursor
from pipelines.landing import Landing, LandingFile, sync_folder

Change = Callable[[pl.DataFrame], tuple[pl.DataFrame, int]]
"""Takes the rows of a file; returns what is left of them, and how many are not as they were."""


@dataclass(slots=True)
class Rewritten:
    """How much was changed."""

    records: int = 0
    files: int = 0

    def add(self, records: int, files: int = 1) -> None:
        """Count what became of a file."""
        self.records += records
        self.files += files


def read(landing: Landing, file: LandingFile) -> pl.DataFrame:
    """Return all rows of a file."""
    with landing.reading(file) as opened:
        return pl.read_parquet(opened)


def rewrite(
    landing: Landing, file: LandingFile, frame: pl.DataFrame, cursors: Mapping[str, Cursor]
) -> None:
    """Replace a file by what is left of it; one without rows stays for its cursors alone."""
    if frame.is_empty() and not cursors:
        remove(landing, file)
    else:
        landing.write(file, frame, cursors)


def remove(landing: Landing, file: LandingFile) -> None:
    """Remove a file."""
    path = f"{landing.folder}/{file.path}"
    landing.fs.rm_file(path)
    if landing.is_local:
        sync_folder(Path(path).parent)


def changed(
    landing: Landing, files: list[LandingFile], change: Change, *, is_dry: bool = False
) -> Rewritten:
    """Change the rows of files, cursors kept; a dry run only counts."""
    found = Rewritten()
    for file in files:
        frame, records = change(read(landing, file))
        if records:
            found.add(records)
            if not is_dry:
                is_newest = file == landing.files(file.source, file.entity)[-1]
                kept = landing.cursors_in(file) if is_newest or not frame.is_empty() else {}
                rewrite(landing, file, frame, kept)
    return found

"""Makes one landing file of all that an entity's files of a month hold, every version kept."""

from collections.abc import Iterator
from itertools import groupby

import polars as pl

from pipelines import rewriting
from pipelines.landing import Landing, LandingFile
from pipelines.raw import OWN
from pipelines.rewriting import Rewritten


def compacted(landing: Landing) -> Rewritten:
    """Compact the zone; return how many versions were there twice, and how many files went.

    The first file of a month takes over what the later ones hold, cursors included, and only then
    these go: whoever is killed in between leaves versions that are there twice, which is once.
    """
    found = Rewritten()
    for files in months(landing.files()):
        # The ledger may be written to meanwhile, by a report that waits for nobody.
        if len(files) > 1 and files[0].source not in OWN:
            found.add(merged(landing, files), len(files) - 1)
    return found


def months(files: list[LandingFile]) -> Iterator[list[LandingFile]]:
    """Yield the files of each source, entity and month, in the order of their writing."""
    for _, group in groupby(files, key=lambda file: (file.source, file.entity, file.name[:6])):
        yield list(group)


def merged(landing: Landing, files: list[LandingFile]) -> int:
    """Make one file of several; return how many versions were there twice."""
    first, *later = files
    newest = landing.files(first.source, first.entity)[-1]
    # What cursors moved past nothing new is kept beside the newest file, which may be one of these.
    is_newest = files[-1] == newest
    cursors = (
        landing.cursors(first.source, first.entity) if is_newest else landing.cursors_in(files[-1])
    )
    frames = [rewriting.read(landing, file) for file in files]
    every = pl.concat(frames, how="diagonal_relaxed")
    left = every.unique(maintain_order=True)
    landing.write(first, left, cursors)
    for file in later:
        rewriting.remove(landing, file)
    return len(every) - len(left)

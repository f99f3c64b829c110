"""Sealing: segments of the inbox become Parquet files of the landing zone, and then go."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipelines import forgotten
from pipelines.landing import Landing, LandingFile, run_names
from pipelines.receiving.inbox import locked, taken_over
from pipelines.receiving.lines import ENTITY, read

DAMAGED = ".damaged"
Say = Callable[[str], None]


def sealed(folder: Path, landing: Landing, say: Say) -> None:
    """Land what the inbox holds; what can not be landed now stays there, and that is told."""
    try:
        seal(folder, landing, say)
    except Exception as error:
        # Nothing is lost by it, and whoever calls has more to do than this.
        say(f"the inbox could not be sealed, and will be later: {error}")


def seal(folder: Path, landing: Landing, say: Say) -> int:
    """Land what the inbox ``folder`` holds, whoever writes to it now; return the events.

    A crash between the file and the end of its segment lands some events twice; they merge.
    """
    if not folder.is_dir():
        return 0
    with locked(folder, "sealing"):
        return sum(land(path, landing, say) for path in taken_over(folder))


def land(path: Path, landing: Landing, say: Say) -> int:
    """Land one closed segment, then remove it; return its events."""
    content = path.read_bytes()
    frame, damaged = read(content)
    if torn := len(content) - content.rfind(b"\n") - 1:
        say(f"{path.name}: left out {torn} bytes of a line that was never acknowledged")
    masks = forgotten.known(landing)
    for file, rows in files(landing, frame):
        masked, _ = masks.frame(rows)
        landing.write(file, masked, {})
    if damaged:
        kept = path.rename(path.with_suffix(DAMAGED))
        say(f"{kept}: {len(damaged)} lines can not be read and are kept there; the rest is landed")
    else:
        path.unlink()
    return len(frame)


def files(landing: Landing, frame: pl.DataFrame) -> Iterator[tuple[LandingFile, pl.DataFrame]]:
    """Yield a file for the events of each source."""
    for (source,), rows in frame.group_by("source", maintain_order=True):
        names = run_names(landing, str(source), datetime.now(UTC))
        yield LandingFile(str(source), ENTITY, next(names)), rows

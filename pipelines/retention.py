"""What is too old to be kept: records whose newest version and own time are both past the limit."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import polars as pl

from pipelines.configuration import Configuration
from pipelines.landing import KEY, Landing, LandingFile
from pipelines.rewriting import Rewritten, changed

STATES = frozenset({"heads", "owners", "repositories"})
"""Entities that tell how things are now, however long they have been so."""
STAMP = "%Y%m%dT%H%M%S%f"
TIMES = ("fetched_at", "updated_at")


def limits(configuration: Configuration, now: datetime) -> dict[str, datetime]:
    """Return for each source from which moment on records are kept; the start of a day, UTC."""
    asked = configuration.retention
    own = {one.source: one.days for one in asked.sources}
    days = {source.name: own.get(source.name, asked.days) for source in configuration.sources}
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {name: today - timedelta(days=kept) for name, kept in days.items() if kept}


def limit(found: Mapping[str, datetime], source: str, entity: str) -> datetime | None:
    """Return the limit of one entity of a source; none where all of it is kept."""
    return None if entity in STATES else found.get(source)


def without_old(
    landing: Landing, found: Mapping[str, datetime], *, is_dry: bool = False
) -> Rewritten:
    """Remove every version of the records that are past their source's limit."""
    total = Rewritten()
    files: dict[tuple[str, str], list[LandingFile]] = {}
    for file in landing.files():
        files.setdefault((file.source, file.entity), []).append(file)
    for (source, entity), group in files.items():
        until = limit(found, source, entity)
        if until and begun(group[0]) < f"{until + timedelta(days=2):{STAMP}}":
            old = past(landing, group, until)
            if len(old):
                made = changed(landing, group, partial(without, old), is_dry=is_dry)
                total.add(made.records, made.files)
    return total


def begun(file: LandingFile) -> str:
    """Return when the run began that wrote a file; nothing in it is much older."""
    return file.name.split("-")[0]


def past(landing: Landing, files: list[LandingFile], until: datetime) -> pl.DataFrame:
    """Return the keys of the records past a limit."""
    frames = []
    for file in files:
        with landing.reading(file) as opened:
            frames.append(pl.read_parquet(opened, columns=[*KEY, *TIMES]).select(*KEY, *TIMES))
    newest = pl.concat(frames, how="diagonal_relaxed").group_by(KEY).agg(pl.col(TIMES).max())
    told = pl.coalesce("updated_at", "fetched_at")
    return newest.filter((pl.col("fetched_at") < until) & (told < until)).select(KEY)


def without(old: pl.DataFrame, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the rows of all other records, and how many are gone."""
    left = frame.join(old, on=KEY, how="anti", maintain_order="left")
    return left, len(frame) - len(left)

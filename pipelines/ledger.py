"""The ledger: what reports told and by which rules, landed as a source of our own.

A report does not wait for the lock of the data directory: a first collection may hold it for
hours, and Dagster's run holds it while it reports. What is landed is a file of its own, seen whole
or not at all, so a lock for the ledger alone is enough: it keeps the numbers of entries apart.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import polars as pl

from pipelines.landing import RECORD_COLUMNS, Landing, LandingFile, run_names
from pipelines.locking import locked
from pipelines.project import Project

SOURCE = "ledger"
LOCK = ".ledger"
NUMBER = "number"
TRIES = 3

Entry = Mapping[str, Any]
"""What one record says; its ``number`` tells the order of writing, whatever a clock says."""


def enter(
    project: Project,
    entity: str,
    scope: str,
    fresh: Callable[[Sequence[Entry]], Iterable[tuple[str, Entry]]],
    now: datetime,
) -> int:
    """Land what ``fresh`` makes of the scope's entries so far; return how many that is.

    It yields an id and an entry for each. All are one file with one number: a killed process
    leaves all of them or none.
    """
    with locked(project.data_dir / LOCK, wait=True, say=project.say):
        landing = project.landing
        held = records(landing, entity)
        number = 1 + max(map(number_of, held["record_id"]), default=0)
        known = map(json.loads, held.filter(pl.col("scope") == scope)["payload"])
        found = [
            (f"{number:06d}/{name}", {**entry, NUMBER: number})
            for name, entry in fresh(sorted(known, key=lambda entry: int(entry[NUMBER])))
        ]
        if found:
            write(landing, entity, frame(entity, scope, found, now), now)
        return len(found)


def number_of(record_id: str) -> int:
    """Return the number that an id begins with."""
    return int(record_id.split("/")[0])


def entries(landing: Landing, entity: str) -> list[Entry]:
    """Return what is written of an entity, in the order of writing."""
    found = map(json.loads, records(landing, entity)["payload"])
    return sorted(found, key=lambda entry: int(entry[NUMBER]))


def records(landing: Landing, entity: str) -> pl.DataFrame:
    """Return scope, record_id and payload of every entry that is not taken back."""
    columns = ["scope", "record_id", "payload"]
    frames = [pl.DataFrame(schema=dict.fromkeys(columns, pl.String))]
    for file in landing.files(SOURCE, entity):
        with landing.reading(file) as opened:
            frames.append(pl.read_parquet(opened).filter(~pl.col("is_deleted")).select(columns))
    # Compacting may leave an entry in two files for a while.
    return pl.concat(frames).unique(["scope", "record_id"], maintain_order=True)


def frame(
    entity: str, scope: str, found: Sequence[tuple[str, Entry]], now: datetime
) -> pl.DataFrame:
    """Return entries with the columns of the landing zone."""
    made = [
        {
            "record_id": record_id,
            "updated_at": now,
            "is_deleted": False,
            "payload": json.dumps(entry, sort_keys=True, ensure_ascii=False),
        }
        for record_id, entry in found
    ]
    return pl.DataFrame(made, schema=RECORD_COLUMNS).with_columns(
        source=pl.lit(SOURCE),
        scope=pl.lit(scope),
        entity=pl.lit(entity),
        fetched_at=pl.lit(now, dtype=pl.Datetime("us", "UTC")),
    )


def write(landing: Landing, entity: str, content: pl.DataFrame, now: datetime) -> None:
    """Write one file of the ledger."""
    file = LandingFile(SOURCE, entity, next(run_names(landing, SOURCE, now)))
    for _ in range(TRIES - 1):
        # A refresh that begins sweeps away what is half written, ours too.
        with suppress(FileNotFoundError):
            landing.write(file, content, {})
            return
    landing.write(file, content, {})

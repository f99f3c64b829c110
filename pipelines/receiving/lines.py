"""How an event stands in the inbox: one line of JSON, and back again as rows of landing."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from connectors import Record

ENTITY = "events"
NEEDED = ("source", "scope", "record_id", "payload", "fetched_at")
TIMES = ("updated_at", "fetched_at")
SCHEMA = dict.fromkeys((*NEEDED, "updated_at"), pl.String)


def line(source: str, record: Record, received_at: datetime) -> bytes:
    """Write one record of a source; raises ValueError where it is no text that files can hold."""
    payload = json.dumps(record.payload, sort_keys=True, ensure_ascii=False, allow_nan=False)
    row = {
        "source": source,
        "scope": record.scope,
        "record_id": record.record_id,
        "updated_at": told(record.updated_at),
        "fetched_at": told(received_at),
        "payload": payload,
    }
    return f"{json.dumps(row, ensure_ascii=False)}\n".encode()


def told(moment: datetime | None) -> str | None:
    """Write a moment in UTC, always at the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None


def read(content: bytes) -> tuple[pl.DataFrame, list[bytes]]:
    """Return the whole lines as rows of landing, each once, and those that can not be read.

    What follows the last line break was torn off, and so was never acknowledged.
    """
    whole = content[: content.rfind(b"\n") + 1]
    try:
        frame, damaged = typed(pl.read_ndjson(whole, schema=SCHEMA)), list[bytes]()
        is_sound = not sum(frame.select(pl.col(NEEDED).null_count()).row(0))
    except pl.exceptions.PolarsError:
        is_sound = False
    if not is_sound:
        rows = [(text, parsed(text)) for text in whole.split(b"\n")[:-1]]
        damaged = [text for text, row in rows if row is None]
        frame = typed(pl.DataFrame([row for _, row in rows if row], schema=SCHEMA))
    return frame.unique(("source", "scope", "record_id", "payload"), maintain_order=True), damaged


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the rows the types and columns of the landing zone."""
    times = [pl.col(name).str.to_datetime("%+", time_unit="us", time_zone="UTC") for name in TIMES]
    return frame.with_columns(*times, entity=pl.lit(ENTITY), is_deleted=pl.lit(value=False))


def parsed(text: bytes) -> Mapping[str, Any] | None:
    """Return the row that a line holds; none where it is damaged."""
    try:
        row = {key: value for key, value in json.loads(text).items() if key in SCHEMA}
        moments = [datetime.fromisoformat(row[name]) for name in TIMES if row[name] is not None]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    is_whole = all(isinstance(row.get(name), str) for name in NEEDED)
    return row if is_whole and all(moment.tzinfo for moment in moments) else None

"""Payloads as they were landed, every version of a record, with nobody's name in them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from connectors.neutral import MASK
from pipelines.forgotten import KEPT, PERSONS, Forgotten
from pipelines.landing import Landing, LandingFile
from pipelines.raw import protocols

Payload = dict[str, Any]
TEXTS = frozenset({"branch", "labels", "reason", "subject", "title", "value"})
REVIEW = re.compile(r"@[^@ ]+(?= |$)")
VERSIONS = """
select * from read_parquet($files, union_by_name = true)
where list_contains($ids, record_id)
    or list_contains(
        $ids,
        concat(
            $host, '/', scope, case entity when 'releases' then '/releases/' else '/' end, record_id
        )
    )
    or list_contains($ids, concat(scope, '#', record_id))
    or list_contains($ids, concat(scope, '!', record_id))
    {pushed}
order by fetched_at, entity, scope, record_id
"""
PUSHED = "or list_contains($ids, json_extract_string(payload, '$.subject_id'))"
HEAD = ("source", "scope", "entity", "record_id", "updated_at", "fetched_at", "is_deleted")


def landed(
    data_dir: Path, ids: list[str], entities: tuple[str, ...], hosts: Mapping[str, str | None]
) -> tuple[list[Payload], Forgotten]:
    """Return every landed version of the records that have one of the ids, and whom to mask.

    ``hosts`` names the sources to look in, and the host that leads their ids. The landing zone
    is only read, so a refresh may run meanwhile.
    """
    landing = Landing(str((data_dir / "landing").absolute()))
    found: list[Payload] = []
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        if not landing.is_local and not set(con.list_filesystems()) & protocols(landing):
            con.register_filesystem(landing.fs)
        for source, host in hosts.items():
            for entity in entities:
                found += versions(con, landing, landing.files(source, entity), ids, host or source)
    return distinct(found)


def versions(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    files: list[LandingFile],
    ids: list[str],
    host: str,
) -> Iterator[Payload]:
    """Yield the versions that some files hold."""
    if not files:
        return
    pushed = PUSHED if files[0].entity == "events" else ""
    rows = con.sql(
        VERSIONS.format(pushed=pushed),
        params={"files": list(map(landing.url, files)), "ids": ids, "host": host},
    )
    names = rows.columns
    for row in rows.fetchall():
        yield version(dict(zip(names, row, strict=True)))


def version(row: Payload) -> Payload:
    """Return one version: what is known of it, and its payload; typed columns are one too."""
    if "payload" in row:
        payload = json.loads(row["payload"]) if row["payload"] else None
    else:
        payload = {key: value for key, value in row.items() if key not in HEAD}
    return {**{key: row[key] for key in HEAD}, "payload": payload}


def distinct(found: list[Payload]) -> tuple[list[Payload], Forgotten]:
    """Leave out what was landed twice, and mask persons in the rest; return these too."""
    seen: dict[str, Payload] = {}
    for one in sorted(found, key=lambda one: one["fetched_at"]):
        said = {key: one[key] for key in HEAD if key not in ("fetched_at", "updated_at")}
        seen.setdefault(json.dumps([said, one["payload"]], default=str), one)
    known = Forgotten(b"shown")
    for name in {name for one in seen.values() for name in names(one["payload"] or {})}:
        known = known.with_one(name)
    return [{**one, "payload": masked(one["payload"], known)} for one in seen.values()], known


def names(payload: Payload) -> Iterator[str]:
    """Yield the names of persons that a payload tells as such."""
    yield from (str(payload[key]) for key in PERSONS & payload.keys() if payload[key])
    for review in str(payload.get("reviews", "")).split():
        yield review.rpartition("@")[2]


def masked(payload: Payload | None, known: Forgotten) -> Payload | None:
    """Return a payload that shows no person: neither where one is told nor inside a text."""
    if payload is None:
        return None
    return {key: shown(key, value, known) for key, value in payload.items() if value is not None}


def shown(key: str, value: Any, known: Forgotten) -> Any:
    """Return one value; of a field that is not known to be without persons only the mask."""
    if key == "reviews":
        return REVIEW.sub(f"@{MASK}", str(value))
    if key in TEXTS:
        return known.text(str(value))
    is_plain = key in KEPT or isinstance(value, bool | int | float)
    return value if is_plain else MASK

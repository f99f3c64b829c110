"""Merges landing files into ``raw``: the latest version of each record."""

from collections.abc import Mapping
from datetime import datetime

import duckdb

from pipelines.landing import Landing, LandingFile
from pipelines.warehouse import (
    empty,
    known,
    quoted,
    record,
    transaction,
    write_down,
    written,
)

RECORD = (
    "source text, scope text, entity text, record_id text, updated_at timestamptz, "
    "fetched_at timestamptz, is_deleted boolean"
)
PAYLOAD = f"{RECORD}, payload text"
COMMIT = (
    f"{RECORD}, parents text, authored_at timestamptz, committed_at timestamptz, author text, "
    "subject text, reverts text, paths text[]"
)
TABLES: Mapping[str, str] = {
    "files__deployments": PAYLOAD,
    "files__changes": PAYLOAD,
    "files__commits": PAYLOAD,
    "files__incidents": PAYLOAD,
    "files__flag_events": PAYLOAD,
    "files__flags": PAYLOAD,
    "files__flag_states": PAYLOAD,
    "files__flag_references": PAYLOAD,
    "files__changed_files": PAYLOAD,
    "files__owners": PAYLOAD,
    "files__rejected": PAYLOAD,
    "git__commits": COMMIT,
    "git__tags": PAYLOAD,
    "git__heads": PAYLOAD,
    "git__branches": PAYLOAD,
    "git__changed_files": PAYLOAD,
    "git__head_files": PAYLOAD,
    "git__owners": PAYLOAD,
    "hosts__repositories": PAYLOAD,
    "hosts__changes": PAYLOAD,
    "hosts__deployments": PAYLOAD,
    "hosts__runs": PAYLOAD,
    "hosts__releases": PAYLOAD,
    "hosts__issues": PAYLOAD,
    "hosts__settings": PAYLOAD,
    "events__events": PAYLOAD,
    "pagers__incidents": PAYLOAD,
    "pagers__deployments": PAYLOAD,
    "delivery__progressive_rollouts": PAYLOAD,
    "delivery__analyses": PAYLOAD,
    "delivery__traffic_weights": PAYLOAD,
    "delivery__agent_syncs": PAYLOAD,
    "delivery__shadows": PAYLOAD,
    "flags__changes": PAYLOAD,
    "flags__strategies": PAYLOAD,
    "ledger__rows": PAYLOAD,
    "ledger__answers": PAYLOAD,
    "ledger__definitions": PAYLOAD,
}
OWN: Mapping[str, str] = {"ledger": "ledger"}
"""The source that we write ourselves: nobody configures it, and nothing collects it."""
PAGERS = (
    "pagerduty", "jira", "opsgenie", "incident_io", "statuspage", "servicenow", "grafana_irm",
)  # fmt: skip
FLAG_TOOLS = ("unleash", "launchdarkly", "flagd", "flagsmith", "code_references")
FAMILIES = {
    "demo": "files",
    # What tools say of flags has the shape of the neutral tables.
    **dict.fromkeys(FLAG_TOOLS, "files"),
    "github": "hosts",
    "gitlab": "hosts",
    **dict.fromkeys(PAGERS, "pagers"),
}
"""A kind whose records have the shape of another kind's lands in that kind's tables."""
HOSTED = {
    "heads": "git__heads", "head_files": "git__head_files", "branches": "git__branches",
    "runs": "hosts__runs", "settings": "hosts__settings",
}  # fmt: skip
"""What the demo makes up of a code host lands where that of a real one does."""


def table_of(kind: str, entity: str) -> str:
    """Return the raw table of an entity of a source of ``kind``."""
    if entity == "events":
        # Whatever is pushed has one shape, whosoever webhook it is.
        return "events__events"
    if kind in FLAG_TOOLS and f"flags__{entity}" in TABLES:
        # Steps of a tool's log, and how it chooses who gets a flag, are in no file.
        return f"flags__{entity}"
    if kind == "demo" and entity in HOSTED:
        return HOSTED[entity]
    family = FAMILIES.get(kind, kind)
    if f"delivery__{entity}" in TABLES:
        # How a version is rolled out has one shape, whoever tells it.
        family = "delivery"
    if family == "hosts" and f"git__{entity}" in TABLES:
        # What a code host's repositories hold is read with git.
        family = "git"
    return f"{family}__{entity}"


def merge(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    kinds: Mapping[str, str],
    known_at: datetime | None = None,
    tables: tuple[str, ...] = tuple(TABLES),
) -> None:
    """Bring every raw table up to the landing zone.

    ``kinds`` maps a source's name to its kind; files of other sources are left out. ``known_at``
    leaves out what was fetched later, for the week as it was seen then.
    """
    if not landing.is_local and not set(con.list_filesystems()) & protocols(landing):
        con.register_filesystem(landing.fs)
    con.execute(
        "create table if not exists raw.landed_files (table_name text, path text, known_at text)"
    )
    kinds = {**kinds, **OWN}
    wanted: dict[str, list[LandingFile]] = {table: [] for table in tables}
    for file in landing.files():
        if file.source in kinds:
            wanted.get(table_of(kinds[file.source], file.entity), []).append(file)
    merged = con.execute("select distinct table_name from raw.landed_files").fetchall()
    idle = [table for table, files in wanted.items() if not files and (table,) not in merged]
    for table, files in wanted.items():
        if table not in idle:
            merge_table(con, landing, table, files, known_at)
    make_empty(con, idle)


def make_empty(con: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Make those of the tables, of which nothing was ever landed, that are not there yet."""
    there = written(con)
    new = [table for table in tables if f"raw.{table}" not in there]
    with transaction(con):
        for table in new:
            con.execute(f"create or replace table raw.{table} ({TABLES[table]})")
        write_down(con, {f"raw.{table}": empty("landing") for table in new})


def merge_table(
    con: duckdb.DuckDBPyConnection,
    landing: Landing,
    table: str,
    wanted: list[LandingFile],
    known_at: datetime | None,
) -> None:
    """Merge the files that ``raw.<table>`` lacks; make it anew where it holds others."""
    con.execute(f"create table if not exists raw.{table} ({TABLES[table]})")
    paths = {file.path: landing.url(file) for file in wanted}
    until = known_at.isoformat() if known_at else ""
    merged = con.execute(
        "select path, known_at from raw.landed_files where table_name = $table",
        {"table": table},
    ).fetchall()
    new = [url for path, url in paths.items() if (path, until) not in set(merged)]
    is_stale = any(path not in paths or cut != until for path, cut in merged)
    if not new and not is_stale and known(con, f"raw.{table}"):
        return
    with_old = "" if is_stale else f"select * from raw.{table} union all by name"
    try:
        with transaction(con):
            load(con, table, list(paths.values()) if is_stale else new, known_at)
            versions = f"{with_old} select * from landed"
            kept = latest(versions, table) if has_choice(con, versions) else versions
            con.execute(f"create or replace table raw.{table} as {kept}")
            con.execute("drop view landed")
            record(con, f"raw.{table}", "landing")
            note(con, table, [(table, path, until) for path in paths])
    except duckdb.Error:
        landing.check(wanted)
        raise


def load(
    con: duckdb.DuckDBPyConnection, table: str, files: list[str], known_at: datetime | None
) -> None:
    """Make the versions that the files hold readable as ``landed``, with the table's types."""
    wanted = con.execute(f"select column_name, column_type from (describe raw.{table})").fetchall()
    if not files:
        con.execute(f"create or replace temp view landed as from raw.{table} limit 0")
        return
    # A view, since a copy of a million rows costs more than reading their keys twice.
    told = ", ".join(map(quoted, files))
    read = f"read_parquet([{told}], union_by_name = true)"
    there = {name for name, *_ in con.execute(f"describe from {read}").fetchall()}
    listed = ", ".join(
        f"cast({name if name in there else 'null'} as {kind}) as {name}" for name, kind in wanted
    )
    until = "" if known_at is None else f"where fetched_at <= {quoted(known_at.isoformat())}"
    con.execute(f"create or replace temp view landed as select {listed} from {read} {until}")


def note(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[str, str, str]]) -> None:
    """Write down which files the table holds now."""
    con.execute("delete from raw.landed_files where table_name = $table", {"table": table})
    if rows:
        con.executemany("insert into raw.landed_files values ($1, $2, $3)", rows)


def protocols(landing: Landing) -> set[str]:
    """Return the names by which DuckDB knows the zone's file system."""
    found = landing.fs.protocol
    return {found} if isinstance(found, str) else set(found)


def has_choice(con: duckdb.DuckDBPyConnection, versions: str) -> bool:
    """Tell whether any record has two versions; where none has, choosing would only cost."""
    repeated = f"select 1 from ({versions}) group by source, scope, record_id having count(*) > 1"
    return bool(con.execute(f"{repeated} limit 1").fetchall())


def latest(versions: str, table: str) -> str:
    """Return the query that keeps the latest of the versions: what ``raw`` is by definition."""
    tie = "paths is null" if TABLES[table] == COMMIT else "md5(payload) desc"
    return (
        f"select * from ({versions}) qualify row_number() over (partition by source, scope, "
        f"record_id order by fetched_at desc, updated_at desc nulls last, {tie}) = 1"
    )

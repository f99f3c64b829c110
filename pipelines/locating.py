"""Whether a commit or pull request is live: since when, where, and else when it is expected."""

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import DrumbeatError
from sql import cadence_words, words

SHA = re.compile(r"[0-9a-fA-F]{7,64}")
CHANGES = """
select
    changes.service, changes.change_id, changes.kind, changes.title, changes.url,
    changes.merged_at, carried.deployment_id, carried.is_before_history,
    rollouts.finished_at, rollouts.version, rollouts.url as deployment_url,
    cadence.next_from, cadence.next_to
from facts.changes as changes
left join facts.deployment_changes as carried using (service, change_id)
left join facts.deployments as deployments
    on carried.deployment_id = deployments.deployment_id
left join facts.rollouts as rollouts on deployments.rollout_id = rollouts.rollout_id
left join marts.cadence as cadence on changes.service = cadence.service
where {which}
order by changes.service, changes.change_id
"""
REGIONS = """
select environment, finished_at from facts.deployments
where rollout_id = (select rollout_id from facts.deployments where deployment_id = $1)
order by finished_at, environment
"""
Row = dict[str, Any]


def locate(con: duckdb.DuckDBPyConnection, asked: str, warehouse: Path) -> list[Row]:
    """Return the changes that ``asked`` names, a row each service, with where they are live.

    ``asked`` is a sha of at least seven digits, the id of a pull request (``shop#12``, ``#12``) or
    the address of its page. A commit inside a pull request is found through the warehouse's graph.
    """
    found = named(con, asked)
    if not found and SHA.fullmatch(asked):
        landed = landings(warehouse, asked.lower())
        found = [row for sha in landed for row in of(con, "changes.merge_sha = $1", sha)]
    if not found:
        raise DrumbeatError(
            f"no change is called {asked!r}: give a sha of at least 7 digits, the number of a "
            "pull request such as #12 or shop#12, or the address of its page"
        )
    for row in found:
        told = con.sql(REGIONS, params=[row["deployment_id"]]).fetchall()
        row["regions"] = [{"environment": place, "live_since": at} for place, at in told]
    return found


def named(con: duckdb.DuckDBPyConnection, asked: str) -> list[Row]:
    """Return the changes of this sha, id or address."""
    if asked.startswith(("http://", "https://")):
        return of(con, "rtrim(changes.url, '/') = rtrim($1, '/')", asked)
    if SHA.fullmatch(asked) and (
        found := of(con, "starts_with(changes.merge_sha, lower($1))", asked)
    ):
        return found
    if asked.startswith(("#", "!")):
        return of(con, "ends_with(changes.change_id, $1)", asked)
    return of(con, "lower(changes.change_id) = lower($1)", asked)


def of(con: duckdb.DuckDBPyConnection, which: str, asked: str) -> list[Row]:
    """Return the changes that a condition holds for."""
    found: list[Row] = con.sql(CHANGES.format(which=which), params=[asked]).pl().to_dicts()
    return found


def landings(warehouse: Path, sha: str) -> list[str]:
    """Return the commits that brought a commit to the default branch, where the graph is there.

    A refresh may hold the warehouse; then nothing is known beyond what is published.
    """
    try:
        con = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.Error:
        return []
    with closing(con):
        rows = con.sql(
            "select distinct landed_by from facts.commit_landings where starts_with(sha, $1)",
            params=[sha],
        ).fetchall()
    return [landed for (landed,) in rows]


def as_text(rows: Sequence[Row], zone: str) -> str:
    """Return a paragraph for each service."""
    return "\n".join(told(row, zone) for row in rows)


def told(row: Row, zone: str) -> str:
    """Say where one change is."""
    name = row["change_id"][:12] if row["kind"] == "commit" else row["change_id"]
    head = f"{row['service']}: {name} {row['title'] or ''}".rstrip()
    return f"{head}\n  {state(row, zone)}"


def state(row: Row, zone: str) -> str:
    """Say whether it is live, since when and where; else what it waits for."""
    if row["is_before_history"]:
        return "live since before the first deployment that is known"
    if row["regions"]:
        since = [
            f"{region['environment']} since {words.moment(region['live_since'], zone)}"
            for region in row["regions"]
        ]
        where = f" ({row['deployment_url']})" if row["deployment_url"] else ""
        return f"live in {', '.join(since)}{where}"
    if row["merged_at"] is None:
        return "not merged yet"
    merged = f"merged {words.moment(row['merged_at'], zone)}, not deployed"
    if row["next_from"] is None:
        return merged
    return f"{merged}; {cadence_words.expected(row['next_from'], row['next_to'])}"

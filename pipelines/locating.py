"""Whether a commit or pull request is live: asked of the published file and of the graph."""

from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import DrumbeatError
from sql.locating import CHANGES, HELP, REGIONS, SHA, placed, which

Row = dict[str, Any]


def locate(con: duckdb.DuckDBPyConnection, asked: str, warehouse: Path) -> list[Row]:
    """Return the changes that ``asked`` names, a row each service, with where they are live.

    ``asked`` is a sha of at least seven digits, the id of a pull request (``shop#12``, ``!12``) or
    the address of its page. A commit inside a pull request is found through the warehouse's graph.
    """
    asked = asked.strip()
    found = of(con, *which(asked))
    if not found and SHA.fullmatch(asked):
        landed = landings(warehouse, asked.lower())
        found = [row for sha in landed for row in of(con, "changes.merge_sha = $1", sha)]
    if not found:
        raise DrumbeatError(f"no change is called {asked!r}: give {HELP}")
    return found


def one(con: duckdb.DuckDBPyConnection, service: str, change_id: str) -> Row | None:
    """Return a change of a service with where it is live, or none that is not known any more."""
    which = "changes.service = $1 and changes.change_id = $2"
    return next(iter(of(con, which, service, change_id)), None)


def of(con: duckdb.DuckDBPyConnection, which: str, *asked: str) -> list[Row]:
    """Return the changes that a condition holds for, with where they are live."""
    found: list[Row] = con.sql(CHANGES.format(which=which), params=[*asked]).pl().to_dicts()
    return [placed(row, regions(con, row)) for row in found]


def regions(con: duckdb.DuckDBPyConnection, row: Row) -> list[Row]:
    """Return the regions that ever had a change."""
    found: list[Row] = con.sql(REGIONS, params=[row["service"], row["change_id"]]).pl().to_dicts()
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
        rows = con.execute(
            "select distinct landed_by from facts.commit_landings where starts_with(sha, $1)",
            [sha],
        ).fetchall()
    return [landed for (landed,) in rows]

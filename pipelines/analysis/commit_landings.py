"""One row per commit that is on its repository's default branch, and the commit that landed it.

A merge lands what it brings in; a commit of the main line lands itself. Where no branch is told,
the default branch is taken to be the childless commit with the longest line of first parents.
"""

from collections.abc import Mapping

import duckdb
import polars as pl

from pipelines.analysis.first_deployments import first_carriers, main_line
from pipelines.analysis.graphs import Repository, repositories

TABLE = "facts.commit_landings"
INPUTS = (
    "facts.commits", "staging.files__commits", "staging.git__commits", "staging.git__heads",
)  # fmt: skip
GRAIN = ("repository", "sha")
COLUMNS = {
    "repository": "Repository.",
    "sha": "Commit.",
    "landed_by": "Commit of the main line that brought it to the default branch.",
    "landed_at": "Committer time of that commit, UTC.",
}


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the landings of every repository."""
    frames = [landings(con, found) for found in repositories(con)]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def landings(con: duckdb.DuckDBPyConnection, found: Repository) -> pl.DataFrame:
    """Return the landings of one repository."""
    line = main_line(found.graph, head(con, found))
    landed = pl.Series(first_carriers(found.graph, line))
    is_landed = landed >= 0
    by = pl.Series(line, dtype=pl.Int64).gather(landed.filter(is_landed))
    return pl.DataFrame(
        {
            "repository": found.name,
            "sha": found.shas.filter(is_landed),
            "landed_by": found.shas.gather(by),
            "landed_at": found.commits["committed_at"].gather(by),
        },
        schema=SCHEMA,
    )


def head(con: duckdb.DuckDBPyConnection, found: Repository) -> int:
    """Return the number of the default branch's tip as it was at the cut, -1 for none."""
    told = con.execute(
        "select sha from staging.git__heads where repository = $1 and is_default order by source",
        [found.name],
    ).fetchall()
    if not told:
        return longest_line(found)
    sha = told[0][0]
    tip = found.numbers(pl.Series([sha]))[0]
    return tip if tip >= 0 else earlier_tip(con, found, sha)


def earlier_tip(con: duckdb.DuckDBPyConnection, found: Repository, sha: str) -> int:
    """Walk first parents back from a tip that is later than the cut."""
    rows = con.execute(
        "select sha, split_part(parents, ' ', 1) from (select * from staging.git__commits "
        "union all by name select * from staging.files__commits) where repository = $1",
        [found.name],
    ).fetchall()
    first_parents: dict[str, str] = dict(rows)
    kept: dict[str, int] = dict(zip(found.shas, range(len(found.shas)), strict=True))
    while sha and sha not in kept:
        sha = first_parents.get(sha, "")
    return kept.get(sha, -1)


def longest_line(found: Repository) -> int:
    """Return the childless commit with the longest line of first parents, -1 without commits."""
    graph = found.graph
    count = len(graph.step)
    first = [step if step >= -1 else graph.merged[graph.bounds[-2 - step]] for step in graph.step]
    has_child = set(first) | set(graph.merged)
    lengths = [0] * count
    for commit in range(count):
        walk = []
        while commit >= 0 and not lengths[commit]:
            walk.append(commit)
            commit = first[commit]
        length = lengths[commit] if commit >= 0 else 0
        for passed in reversed(walk):
            length += 1
            lengths[passed] = length
    tips = [commit for commit in range(count) if commit not in has_child]
    return max(tips, key=lambda tip: (lengths[tip], found.shas[tip]), default=-1)


SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "repository": pl.String,
    "sha": pl.String,
    "landed_by": pl.String,
    "landed_at": pl.Datetime("us", "UTC"),
}

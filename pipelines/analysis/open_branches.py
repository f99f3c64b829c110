"""One row per tip of a branch that holds commits which are not on the default branch.

Of branches that end in one another only the outermost is told.
"""

import duckdb
import polars as pl

from pipelines.analysis.graphs import Repository, repositories

TABLE = "facts.open_branches"
INPUTS = ("facts.commits", "facts.commit_landings", "staging.git__branches")
GRAIN = ("repository", "sha")
COLUMNS = {
    "repository": "Repository.",
    "sha": "Commit at the tip of the branch.",
    "commit_count": "Commits that it holds and the default branch does not, merges left out.",
    "first_commit_at": "Author time of the earliest of them, UTC.",
    "last_commit_at": "Committer time of the tip, UTC.",
    "first_subject": "First line of the message of the earliest.",
}
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "repository": pl.String, "sha": pl.String, "commit_count": pl.Int64,
    "first_commit_at": pl.Datetime("us", "UTC"), "last_commit_at": pl.Datetime("us", "UTC"),
    "first_subject": pl.String,
}  # fmt: skip
UNLANDED = """
create or replace temp view unlanded_commits as
from facts.commits anti join facts.commit_landings using (repository, sha)
"""
TIPS = "select distinct repository, sha from staging.git__branches order by all"
MOST = 100_000
"""A branch that holds more is told with so many: it has another history."""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the open branches of every repository."""
    con.execute(UNLANDED)
    tips: pl.DataFrame = con.sql(TIPS).pl()
    found = [pl.DataFrame(schema=SCHEMA)]
    for one in repositories(con, "authored_at", "subject", table="unlanded_commits"):
        wanted = tips.filter(pl.col("repository") == one.name)["sha"]
        found += branches(one, one.numbers(wanted))
    return pl.concat(found)


def branches(one: Repository, tips: list[int]) -> list[pl.DataFrame]:
    """Return the branches of one repository that hold something; its landed commits are not in."""
    held = {tip: holds(one, tip) for tip in tips if tip >= 0}
    inner = {
        tip for tip in held for other, commits in held.items() if other != tip and tip in commits
    }
    return [told(one, tip, sorted(held[tip])) for tip in held if tip not in inner]


def holds(one: Repository, tip: int) -> set[int]:
    """Return the commits that a tip reaches."""
    graph, seen, waiting = one.graph, {tip}, [tip]
    while waiting and len(seen) < MOST:
        step = graph.step[waiting.pop()]
        parents = [step]
        if step < -1:
            parents = graph.merged[graph.bounds[-2 - step] : graph.bounds[-1 - step]]
        new = [each for each in parents if each >= 0 and each not in seen]
        seen.update(new)
        waiting += new
    return seen


def told(one: Repository, tip: int, commits: list[int]) -> pl.DataFrame:
    """Return the row of one branch."""
    rows = one.commits[commits].filter(~pl.col("parents").str.contains(" "))
    first = rows.sort("authored_at", "sha", nulls_last=True).head(1)
    return pl.DataFrame(
        {
            "repository": [one.name],
            "sha": [one.shas[tip]],
            "commit_count": [len(rows)],
            "first_commit_at": [first["authored_at"].first() if len(first) else None],
            "last_commit_at": [one.commits["committed_at"][tip]],
            "first_subject": [first["subject"].first() if len(first) else None],
        },
        schema=SCHEMA,
    )

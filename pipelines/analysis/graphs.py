"""Reads a repository's commits from the warehouse as a graph of integers."""

from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.analysis.first_deployments import Graph


@dataclass(frozen=True, slots=True)
class Repository:
    """The commits of one repository, numbered in the order of ``shas``."""

    name: str
    shas: pl.Series
    graph: Graph

    def numbers(self, shas: pl.Series) -> list[int]:
        """Return the number of each sha, -1 where the repository lacks it."""
        known = pl.DataFrame({"sha": self.shas}).with_row_index("number")
        wanted = pl.DataFrame({"sha": shas.cast(pl.String)})
        found = wanted.join(known, on="sha", how="left", maintain_order="left")
        return found["number"].cast(pl.Int64).fill_null(-1).to_list()


def names(con: duckdb.DuckDBPyConnection) -> list[str]:
    """List the repositories that have commits."""
    found = con.sql("select distinct repository from facts.commits order by repository")
    return [name for (name,) in found.fetchall()]


def repository(con: duckdb.DuckDBPyConnection, name: str) -> Repository:
    """Read one repository's graph; a parent that it lacks is none."""
    commits = con.sql(
        "select sha, parents from facts.commits where repository = $1 order by sha", params=[name]
    ).pl()
    numbered = commits.with_row_index("child")
    edges = (
        numbered.filter(pl.col("parents") != "")
        .select("child", parent=pl.col("parents").str.split(" "))
        .explode("parent")
        .join(
            numbered.select("sha", number="child"),
            left_on="parent",
            right_on="sha",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("number").cast(pl.Int64).fill_null(-1))
    )
    graph = Graph.of_edges(edges["child"].to_numpy(), edges["number"].to_numpy(), len(commits))
    return Repository(name, commits["sha"], graph)

"""Reads the repositories' commits from the warehouse as graphs of integers."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.analysis.first_deployments import Graph

COMMITS = ("repository", "sha", "parents", "committed_at")


@dataclass(frozen=True, slots=True)
class Repository:
    """The commits of one repository, numbered in the order of the frame's rows."""

    name: str
    commits: pl.DataFrame
    graph: Graph

    @property
    def shas(self) -> pl.Series:
        """The sha of each commit."""
        return self.commits["sha"]

    def numbers(self, shas: pl.Series) -> list[int]:
        """Return the number of each sha, -1 where the repository lacks it."""
        return numbered(pl.DataFrame({"sha": shas.cast(pl.String)}), self.commits).to_list()


def repositories(
    con: duckdb.DuckDBPyConnection, *more: str, table: str = "facts.commits"
) -> Iterator[Repository]:
    """Yield every repository that has commits, with ``more`` columns; a parent it lacks is none."""
    commits = con.sql(f"select {', '.join((*COMMITS, *more))} from {table}").pl()
    for part in commits.partition_by("repository"):
        yield Repository(part["repository"][0], part, graph(part))


def graph(commits: pl.DataFrame) -> Graph:
    """Return the graph of the commits of one repository."""
    edges = (
        commits.with_row_index("child")
        .filter(pl.col("parents") != "")
        .select("child", sha=pl.col("parents").str.split(" "))
        .explode("sha")
    )
    parents = numbered(edges, commits)
    return Graph.of_edges(edges["child"].to_numpy(), parents.to_numpy(), len(commits))


def numbered(wanted: pl.DataFrame, commits: pl.DataFrame) -> pl.Series:
    """Return the row of ``commits`` that each sha of ``wanted`` names, -1 for none."""
    known = commits.select("sha").with_row_index("number")
    found = wanted.join(known, on="sha", how="left", maintain_order="left")
    return found["number"].cast(pl.Int64).fill_null(-1)

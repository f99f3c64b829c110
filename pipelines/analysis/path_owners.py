"""One row per changed path and section of CODEOWNERS, with the last of its rules that holds.

A file without sections is one section. A path for which no rule holds has no row, and neither has
one that a rule of GitLab's takes out of the section: its pattern begins with an exclamation mark.
"""

from collections.abc import Iterator, Mapping

import duckdb
import polars as pl

from pipelines.configuration import owner_pattern

TABLE = "facts.path_owners"
INPUTS = ("facts.touched_paths", "facts.owner_rules")
GRAIN = ("repository", "path", "section")
COLUMNS = {
    "repository": "Repository.",
    "path": "Path.",
    "section": "GitLab's section, lower case; empty without one.",
    "place": "Place of the rule in the file.",
}
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "repository": pl.String,
    "path": pl.String,
    "section": pl.String,
    "place": pl.Int64,
}
RULES = """
select repository, section, place, pattern from facts.owner_rules order by repository, place
"""
PATHS = """
select distinct path from facts.touched_paths where repository = $1 order by path
"""


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return which rule each path comes under."""
    found = [pl.DataFrame(schema=SCHEMA)]
    every = con.sql(RULES).pl()
    for (repository, section), lines in every.group_by("repository", "section"):
        paths = con.sql(PATHS, params=[repository]).pl()["path"]
        found += [
            pl.select(
                repository=pl.lit(repository),
                path=some,
                section=pl.lit(section),
                place=pl.lit(place, dtype=pl.Int64),
            )
            for place, some in owned(paths, lines)
        ]
    return pl.concat(found)


def owned(paths: pl.Series, lines: pl.DataFrame) -> Iterator[tuple[int, pl.Series]]:
    """Yield the rules of one section, last first, with the paths that come under them."""
    excludes = pl.col("pattern").str.starts_with("!")
    left = paths
    for pattern in lines.filter(excludes)["pattern"]:
        left = left.filter(~held(left, pattern[1:]))
    every = lines.filter(~excludes).sort("place", descending=True)
    for place, pattern in every.select("place", "pattern").iter_rows():
        if left.is_empty():
            return
        holds = held(left, pattern)
        yield place, left.filter(holds)
        left = left.filter(~holds)


def held(paths: pl.Series, pattern: str) -> pl.Series:
    """Tell for which paths a pattern holds; one that is too large for the engine for none."""
    return paths.str.contains(owner_pattern(pattern), strict=False).fill_null(value=False)

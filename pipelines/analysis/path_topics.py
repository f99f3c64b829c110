"""One row per changed path of commits whose files were not read: what its name says it is.

Patterns that are no literals are matched here, over distinct paths: DuckDB would compile each for
every path.
"""

import duckdb
import polars as pl

from connectors.looking import CODE, Rule, by_path

TABLE = "facts.path_topics"
INPUTS = ("facts.commits", "staging.git__changed_commits", "config.path_rules")
GRAIN = ("path",)
COLUMNS = {
    "path": "Path in some repository.",
    "topic": "migration, message, topology, pipeline, code, or empty for tests and words.",
    "tool": "Tool that the file is of; null for code.",
}
SCHEMA = {"path": pl.String, "topic": pl.String, "tool": pl.String}
PATHS = """
select distinct touched.path
from facts.commits as commits
cross join unnest(commits.paths) as touched (path)
left join staging.git__changed_commits as changed
    on commits.repository = changed.repository and commits.sha = changed.sha
where changed.sha is null
"""
RULES = "select topic, tool, pattern from config.path_rules order by place"


def analyse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the topic of every such path."""
    paths: pl.DataFrame = con.sql(PATHS).pl()
    rules = [
        Rule(topic, tool, pattern, has_contents=False)
        for topic, tool, pattern in con.execute(RULES).fetchall()
    ]
    named = pl.DataFrame(
        {
            "rule": [CODE, *range(len(rules))],
            "topic": ["code", *(rule.topic for rule in rules)],
            "tool": [None, *(rule.tool for rule in rules)],
        }
    )
    found = by_path(paths["path"].cast(pl.String), rules).join(named, on="rule")
    return found.select("path", "topic", "tool").cast(SCHEMA)  # type: ignore[arg-type]
